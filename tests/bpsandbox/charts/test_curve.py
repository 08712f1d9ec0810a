"""Curve drawings, parsed as XML."""

import math
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest

from bpsandbox import messages
from bpsandbox.charts import curve, curve_table, readings, series
from bpsandbox.charts.frame import spread
from bpsandbox.charts.paths import line, simplified, thinned
from bpsandbox.document import Evidence, Finding, Progress

from .documents import document, falling, flat, progress

SIZES = ("fluid", "wide", "narrow")


def read(drawing):
    return ET.fromstring(drawing)


def by_class(drawing, name):
    return [node for node in read(drawing).iter() if node.get("class") == name]


def words(drawing):
    return ["".join(node.itertext()) for node in read(drawing).iter() if node.tag.endswith("text")]


@pytest.mark.parametrize("size", SIZES)
def test_each_seed_is_one_line_and_stuck_ones_stand_apart(size):
    drawing = curve(document(falling(), falling(0.4), flat(), stuck=(2,)), size=size)
    assert drawing.startswith('<svg class="curve" role="img"')
    assert drawing.count('class="seed"') == 3
    assert len(by_class(drawing, "stuck")[0]) == 1
    assert "1 stuck" in words(drawing)


def test_seeds_that_a_finding_speaks_of_stand_apart_unless_most_have_it():
    def drawing(*seeds):
        finding = Finding("dead", seeds, 0, 10, Evidence(type="Linear", share=0.5))
        return curve(replace(document(*[falling()] * 4), findings=(finding,)))

    assert len(by_class(drawing(1, 3), "found")[0]) == 2
    assert len(by_class(drawing(1, 3), "seed")) == 4 and not by_class(drawing(0, 1, 3), "found")


def test_a_drawing_names_and_describes_itself_with_ids_of_its_own():
    root = read(curve(document(falling(), flat(), stuck=(1,)), prefix="card-7"))
    assert root.get("aria-labelledby") == "card-7-title"
    assert root[0].text == "Training loss over 100 epochs, seeds: 2"
    assert root[1].text == "The median goes from 0.375 to 0.125. Stuck seeds: 1 of 2."
    assert {node.get("id") for node in root.iter()} - {None} == {"card-7-title", "card-7-desc"}


def test_a_drawing_speaks_the_hosts_language():
    with messages.speaking({"Training loss": "训练损失", "{count} stuck": "{count} 个卡住"}.get):
        pass
    with messages.speaking(lambda text: {"{count} stuck": "{count} 个卡住"}.get(text, text)):
        assert "1 个卡住" in words(curve(document(falling(), flat(), stuck=(1,))))


def test_the_median_stands_over_a_band_when_there_are_three_seeds():
    assert len(by_class(curve(document(falling(), falling(), falling())), "band")) == 1
    assert not by_class(curve(document(falling(), falling())), "band")


def test_no_point_draws_nothing():
    assert curve(Progress(points=(), epochs=10)) == ""
    assert curve(document([None, None])) == ""
    assert curve_table(document([None])) is None


def test_what_grew_beyond_every_axis_is_neither_drawn_nor_labelled():
    grown = [1.0, 1e100, 1e200, 1e302, 1e306, None]
    line = series(document(grown, grown[:2] + [1e250] + [None] * 3, reasons=("diverged",) * 2), "train_loss")
    assert line.seeds[0] == (1.0, 1e100, 1e200, None, None, None) and line.median[3:] == (None,) * 3
    assert "300" not in words(curve(document(grown, reasons=("diverged",))))


@pytest.mark.parametrize("size", (*SIZES, "spark"))
@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize(
    "made",
    [
        document([0.3]),
        document(flat()),
        document([0.0, 0.0]),
        document([0.5, 0.0, 0.0]),
        document([1.0, -1.0, -2.0]),
        document([1.0, 1e100, 1e300, None], reasons=("diverged",)),
        document([math.nan, 0.1]),
        document([5e-324, 1e-320]),
        document(falling(), [1e150] * 11, reasons=("epochs", "diverged")),
        progress([0.3]),
        progress(falling(), flat()),
        document([1e308, -1e308]),
    ],
)
def test_hard_cases_are_drawn_with_finite_numbers(made, log, size):
    drawing = curve(made, log=log, size=size)
    read(drawing)
    assert drawing and not re.search(r"nan|inf|e[+-]?\d", re.sub(r"<(title|desc|text).*?</\1>", "", drawing), re.I)


def test_negative_values_turn_a_log_axis_into_a_straight_one():
    assert "Training loss" in words(curve(document([1.0, -1.0])))
    assert "Training loss, log scale" in words(curve(document([1.0, 0.5])))


def test_a_diverged_seed_does_not_flatten_the_others():
    drawing = curve(document(falling(1.0), [1.0] + [1e80] * 10, reasons=("epochs", "diverged")), log=False)
    assert "1 diverged" in words(drawing) and "1.0" in words(drawing)


def test_other_parts_of_the_data_are_drawn_beside_the_training_loss():
    drawing = curve(document(falling(), val_loss=[[0.3]] * 11, test_loss=[[None]] * 11))
    assert [node.get("data-part") for node in by_class(drawing, "companion")] == ["val"]
    assert "train 0.00049" in words(drawing) and "val 0.3" in words(drawing)


def test_a_narrow_curve_names_its_dashed_line():
    assert "val 0.3" in words(curve(document(falling(), val_loss=[[0.3]] * 11), size="narrow"))


def test_validation_alone_can_be_drawn():
    drawing = curve(document(falling(), val_loss=[[0.3]] * 11), name="val_loss")
    assert "Validation loss, log scale" in words(drawing) and not by_class(drawing, "companion")


def test_a_live_curve_leaves_room_for_what_comes():
    path = by_class(curve(progress(falling(count=3), epochs=1000), size="wide"), "median")[0].get("d")
    steps = [int(number) for number in re.findall(r"-?\d+", path)]
    assert sum(steps[0::2]) == pytest.approx(0.02 * (720 - 48 - 116) * 10, abs=2)


def test_a_file_of_its_own_carries_both_themes_and_asks_nothing_of_anyone():
    drawing = curve(document(falling(), flat()), standalone=True)
    assert "prefers-color-scheme:dark" in drawing and 'xmlns="http://www.w3.org/2000/svg"' in drawing
    assert not re.search(r"(href|src|@import|url\()", drawing)
    assert read(drawing).get("viewBox") == "0 0 720 280"


def test_noise_of_many_points_stays_small():
    noise = random.Random(1)
    columns = [[math.exp(noise.gauss(0, 1)) for _ in range(2000)] for _ in range(16)]
    assert len(curve(document(*columns))) < 120_000


def test_labels_move_apart_and_stay_inside():
    assert spread([50, 52, 51], 15, 0, 100) == [50, 80, 65]
    assert spread([98, 99], 15, 0, 100) == [85, 100]


def test_simplifying_moves_no_point_by_more_than_the_tolerance():
    points = [(float(x), 100 * math.exp(-x / 80) + 2 * math.sin(x / 3)) for x in range(400)]
    kept = simplified(points, 0.5)
    assert len(kept) < len(points) / 2
    for x, y in points:
        (x0, y0), (x1, y1) = next((a, b) for a, b in pairwise(kept) if a[0] <= x <= b[0])
        assert abs(y0 + (y1 - y0) * (x - x0) / (x1 - x0) - y) <= 0.5 + 1e-9


def test_thinning_keeps_the_extremes():
    points = [(float(x), 0.0) for x in range(1000)]
    points[517], points[33] = (517.0, 9.0), (33.0, -9.0)
    kept = thinned(points, 20, 1000)
    assert {points[0], points[517], points[33], points[999]} <= set(kept) and len(kept) <= 80


def test_a_path_is_written_in_relative_steps():
    assert line([(0, 10), (5, 8), (3, 12), (3, 12)]) == "M0 10l5-2-2 4"
    assert line([(1, 1)]) == "M1 1h0"


def test_the_table_samples_first_last_and_extremes():
    column = falling(count=400, factor=0.99)
    column[123] = 7.0
    table = curve_table(document(column, column))
    assert table.headers == ("Epoch", "Median", "Lower quartile", "Upper quartile")
    assert len(table.rows) <= 30
    assert table.rows[0][:2] == ("0", "0.5") and table.rows[-1][0] == "3,990" and ("1,230", "7", "7", "7") in table.rows


def test_a_spark_is_marked_when_half_of_the_seeds_are_off():
    assert 'class="spark is-off"' in curve(document(falling(), flat(), stuck=(1,)), size="spark")
    assert 'class="spark"' in curve(document(falling(), falling(), flat(), stuck=(2,)), size="spark")


def test_a_pointer_reads_the_median_and_quartiles_of_every_point():
    found = readings(document([4.0, 2.0, None], [6.0, 5.0, 1.0], [8.0, 5.0, 1.0]))
    assert found == [[0.0, "0", "6", "5", "7"], [0.5, "10", "5", "3.5", "5"], [1.0, "20", "1", "1", "1.5"]]
    assert readings(document([0.5, 0.25]))[1] == [1.0, "10", "0.25"]
    assert readings(document([None])) == []
