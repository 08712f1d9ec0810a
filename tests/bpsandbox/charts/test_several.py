"""Several lines in one chart, each with its key."""

import re

from bpsandbox.charts.several import Line, Subject, several
from bpsandbox.charts.ticks import linear_axis

XS = (0.0, 1.0, 2.0, 3.0, 4.0)


def keys(*columns) -> dict[str, tuple[float, float]]:
    """Return where the key of each line is: from the left in percent, from the top in pixels."""
    lines = [Line(key, "", values) for key, values in zip("ABC", columns, strict=False)]
    drawn = several(XS, lines, Subject("Loss", "", "loss"), axis=linear_axis(0.0, 1.0))
    texts = re.findall(r"<text([^>]*)>([ABC][^<]*)<", drawn)
    return {key: tuple(float(re.search(rf' {name}="([\d.]+)', at)[1]) for name in "xy") for at, key in texts}


def test_a_key_is_at_the_end_of_its_line():
    found = keys((0.5, 0.4, 0.3, 0.2, 0.1), (0.5, 0.5, 0.5, None, None))
    assert found["A"][0] == 100 and found["B"][0] == 50 and found["A"][1] > found["B"][1]


def test_a_line_that_leaves_at_the_top_has_its_key_where_it_leaves():
    found = keys((0.5, 0.9, 30.0, 900.0, None), (0.5, 0.4, 0.3, 0.2, 0.1), (9.0, 99.0, 999.0, None, None))
    assert found.keys() == {"A ↑", "B", "C ↑"}
    assert found["A ↑"][0] == 25 and found["C ↑"][0] == 0 and found["B"][0] == 100
    assert found["A ↑"][1] < found["B"][1]


def test_a_line_that_comes_back_ends_where_it_ends():
    assert keys((0.5, 30.0, 0.5, 0.4, 0.3)).keys() == {"A"}
