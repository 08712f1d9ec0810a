"""Learning rates, gradients, activations, weights, statistics and confusion matrices on a page."""

import json
import xml.etree.ElementTree as ET

import pytest

from bpsandbox import charts
from tests.bpsandbox.documents import DATA, changed

from .documents import document, falling

COUNT = 11


def recorded(parts=None, **records):
    return document(falling(), falling(0.4), falling(0.3), parts={"records": records, **(parts or {})})


def test_a_learning_rate_that_changes_is_drawn_and_another_is_not():
    picture = charts.learning_rate(recorded(learning_rate=[0.1 * 0.5**i for i in range(COUNT)]))
    ET.fromstring(picture.drawing)
    assert "From 0.1 to 0.000098." in picture.drawing.replace("9.8×10⁻⁵", "0.000098")
    assert charts.learning_rate(recorded()) is None


def test_rates_of_several_seeds_have_a_band():
    picture = charts.learning_rate(recorded(learning_rate=[[0.1, 0.05, None]] * COUNT))
    assert 'class="band"' in picture.drawing


def test_gradient_norms_are_medians_by_layer_on_a_log_axis():
    norms = [[[1.0, 2.0, 4.0], [10.0, None, 30.0]] for _ in range(COUNT - 1)] + [[[None] * 3, [None] * 3]]
    layers = [{"index": 0, "type": "Conv2d"}, {"index": 3, "type": "Linear"}]
    picture = charts.gradient_norms(recorded(gradients={"layers": layers, "norms": norms}))
    assert [(line.key, line.word, line.values[0]) for line in picture.lines] == [
        ("0", "Conv2d", 2.0),
        ("3", "Linear", 20.0),
    ]
    assert "log scale" in picture.drawing and picture.drawing.count('class="band"') == 2


def test_gradients_of_a_sweep_are_those_of_its_first_setting():
    made = recorded(gradients={"layers": [{"index": 0, "type": "Linear"}], "norms": [[[1.0, 2.0, 4.0]]] * COUNT})
    swept = changed(made, members=[{"values": {}, "rows": [0]}, {"values": {}, "rows": [1, 2]}])
    assert charts.gradient_norms(swept).lines[0].values[0] == 1.0


def test_of_activations_only_what_there_is_to_see_is_drawn():
    rows, nothing = [[0.5, 0.2]] * COUNT, [[0.0, 0.0]] * COUNT
    layers = [{"index": 0, "type": "Linear"}, {"index": 1, "type": "relu"}]
    record = {
        "seed": 0,
        "examples": 4,
        "layers": layers,
        "mean": rows,
        "std": rows,
        "zero": rows,
        "saturated": nothing,
        "dead": nothing,
    }
    pictures = charts.activation_pictures(recorded(activations=record))
    assert [picture.title for picture in pictures] == ["Standard deviation of the outputs", "Share of zeros"]


def kept(value, name="layers.0.weight"):
    return [
        {"epoch": 0, "seed": 3, "weights": [{"name": "layers.0.bias", "value": [1.0]}, {"name": name, "value": value}]}
    ]


@pytest.mark.parametrize(
    "value, shape, tiles",
    [
        ([[[[1.0, -1.0], [0.0, 0.5]]]] * 5, [1, 8, 8], 5),
        ([[0.1 * (i - 32) for i in range(64)]] * 20, [1, 8, 8], 16),
        ([[1.0, -2.0], [0.0, 3.0], [1.0, 1.0]], [2], 1),
    ],
    ids=["kernels", "units over an image", "a matrix"],
)
def test_first_weights_are_pictures(value, shape, tiles):
    [picture] = charts.kernels(recorded({"data": {**DATA, "shape": shape}}, weights=kept(value)))
    root = ET.fromstring(picture.drawing)
    assert sum(node.get("class") == "tile" for node in root) == tiles
    assert "".join(root[0].itertext()) == "layers.0.weight at epoch 0"
    assert any((node.get("class") or "").startswith("minus") for node in root)


def test_a_matrix_too_large_to_see_and_no_weights_are_not_drawn():
    assert charts.kernels(recorded({"data": {**DATA, "shape": [100]}}, weights=kept([[0.5] * 100] * 100))) == ()
    assert charts.kernels(recorded()) == ()


def test_statistics_tell_worst_and_best_by_what_is_better():
    final = {"train_loss": [0.1, 0.3], "train_accuracy": [0.9, 0.5]}
    best = {"train_loss": [0.1, None], "train_accuracy": [0.9, 0.6]}
    made = document(falling(), falling(), parts={"final": final, "best": best})
    rows = {(row.name, row.when): row for row in charts.statistics(made)}
    assert (rows["train_loss", "final"].worst, rows["train_loss", "final"].best) == ("0.3", "0.1")
    assert (rows["train_accuracy", "best"].worst, rows["train_accuracy", "best"].best) == ("0.6", "0.9")
    assert rows["train_loss", "best"].missing == 1
    assert charts.statistics(document(falling())) == ()


def test_a_confusion_matrix_has_shares_of_each_class():
    record = {"labels": ["a", "b"], "counts": [[8, 2], [0, 0]], "split": "test", "seed": 0}
    found = charts.confusion(recorded(confusion_matrix=record).records.confusion_matrix)
    assert [(cell.kind, cell.percent, cell.level) for cell in found.rows[0].cells] == [
        ("hit", "80", 8),
        ("miss", "20", 2),
    ]
    assert (found.right, found.total, found.percent) == (8, 10, "80.0")
    assert charts.confusion(None) is None


@pytest.mark.parametrize(("part", "name"), [("test", "Test"), ("val", "Validation"), ("train", "Training")])
def test_a_misclassified_example_is_named_by_its_part_of_the_data(part, name):
    """Its number counts within that part; that of a worked step is one of the training part."""
    wrong = {"index": 12, "truth": 0, "predicted": 1, "x": [0.5] * 4}
    record = {"labels": ["a", "b"], "counts": [[8, 2], [0, 0]], "split": part, "seed": 0, "mistakes": [wrong]}
    [told] = charts.mistakes(recorded(confusion_matrix=record | {"shape": [4]}).records.confusion_matrix)
    [drawn] = charts.mistakes(recorded(confusion_matrix=record | {"shape": [1, 2, 2]}).records.confusion_matrix)
    assert told.name == f"{name} example 12" and f'"{name} example 12: class a, predicted b"' in drawn.drawing


def deviations(*columns, mean=0.5, dtype="float64"):
    std = [list(row) for row in zip(*columns, strict=True)]
    same, nothing = [[mean] * len(columns)] * COUNT, [[0.0] * len(columns)] * COUNT
    layers = [{"index": i, "type": "Linear"} for i in range(len(columns))]
    shares = {"zero": nothing, "saturated": nothing, "dead": nothing}
    record = {"seed": 0, "examples": 4, "layers": layers, "mean": same, "std": std, **shares}
    made = recorded(activations=record)
    return charts.activation_pictures(changed(made, provenance={"dtype": dtype}))[0]


def test_a_deviation_that_is_rounding_is_drawn_as_zero():
    assert deviations([1e-17] * COUNT, [0.3] * COUNT).lines[0].values == (0.0,) * COUNT
    assert deviations([1e-9] * COUNT, [0.3] * COUNT).lines[0].values == (1e-9,) * COUNT
    assert deviations([1e-8] * COUNT, [0.3] * COUNT, dtype="float32").lines[0].values == (0.0,) * COUNT


def test_deviations_of_many_decades_lie_on_a_log_axis():
    assert "log scale" in deviations([10.0 ** (30 * i) for i in range(COUNT)]).drawing
    assert "log scale" not in deviations([0.1 * (i + 1) for i in range(COUNT)]).drawing


def test_a_range_of_what_was_recorded_is_cut_before_it_is_thinned():
    norms = [[[10.0**-i] * 3, [1.0] * 3] for i in range(COUNT)]
    layers = [{"index": 0, "type": "Linear"}, {"index": 1, "type": "Linear"}]
    made = recorded(gradients={"layers": layers, "norms": norms})
    picture = charts.gradient_norms(made, look=charts.Look(start=20, end=50, at=30))
    assert picture.lines[0].values == (1e-2, 1e-3, 1e-4, 1e-5) and picture.span == "20 50"
    assert [row[:2] for row in json.loads(picture.readings)] == [[0, "20"], [0.3333, "30"], [0.6667, "40"], [1, "50"]]
    assert 'class="moment"' in picture.drawing and ">100<" not in picture.drawing
    alone = charts.gradient_norms(made, look=charts.Look(start=41, end=49))
    assert alone.span == "0 100"  # no two points are in it


def test_the_moment_is_none_outside_of_the_range():
    made = recorded(learning_rate=[0.1 * 0.5**i for i in range(COUNT)])
    assert 'class="moment"' in charts.learning_rate(made, look=charts.Look(at=30)).drawing
    assert 'class="moment"' not in charts.learning_rate(made, look=charts.Look(at=30, start=40)).drawing
