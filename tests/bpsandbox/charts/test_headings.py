"""Column headings for swept fields."""

from bpsandbox import charts


def test_fields_of_equal_last_name_are_told_apart():
    first, second, rate = "model.layers[0].out_features", "model.layers[1].out_features", "optimizer.lr"
    assert charts.headings([first, rate]) == ["out_features", "lr"]
    assert charts.headings([first, second, rate]) == ["layers[0].out_features", "layers[1].out_features", "lr"]
    assert charts.headings(["lr", rate]) == ["lr", "optimizer.lr"]
