"""Pictures of all settings of a sweep."""

import itertools
import json
import re
from dataclasses import replace

import pytest

from bpsandbox import charts, core, explain, spec
from bpsandbox.charts import sweep
from bpsandbox.numbers import short

SWEEP = """\
seeds: {start: 0, count: 3}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
training: {epochs: 20, batch_size: full}
sweep: {parameters: %s}
"""


def trained(parameters: str, *, epochs: int = 20):
    text = (SWEEP % parameters).replace("epochs: 20", f"epochs: {epochs}")
    *_, last = core.train(spec.build(spec.parse(text)))
    return explain.finished(last.result)


@pytest.fixture(scope="module")
def rates():
    """Eight learning rates, more than one drawing can distinguish; the last one diverges."""
    return trained("{optimizer.lr: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 1.0e+150]}")


@pytest.fixture(scope="module")
def pairs():
    return trained("{optimizer.lr: [0.3, 0.1], 'model.layers[0].out_features': [2, 4, 8]}")


def test_every_setting_has_a_small_drawing_in_the_order_of_the_config(rates):
    made = charts.multiples(rates).settings
    assert [each.setting.number for each in made] == list(range(1, 9))
    assert all('class="median"' in each.drawing for each in made)
    assert "is-diverged" in made[7].drawing and sum("is-best" in each.drawing for each in made) == 1


def test_small_drawings_have_the_same_axes(rates):
    starts = {
        re.search(r'class="median" d="M(\d+ \d+)', each.drawing)[1] for each in charts.multiples(rates).settings[:7]
    }
    assert len(starts) == 1  # the same seeds start with the same loss


def test_a_setting_that_rises_does_not_flatten_the_others_and_the_axes_are_in_words():
    document = trained("{optimizer.lr: [0.3, 30.0]}")
    made = charts.multiples(document)
    steady = charts.multiples(trained("{optimizer.lr: [0.3, 0.1]}"))
    heights = [[float(y) for y in re.findall(r"[ML ](?:[0-9.]+) (-?[0-9.]+)", each.settings[0].drawing)]
               for each in (made, steady)]  # fmt: skip
    assert max(v for line in document.curves["train_loss"] for v in line if v is not None) > 10
    assert max(heights[0]) - min(heights[0]) > 0.4 * (max(heights[1]) - min(heights[1])) > 0
    assert (
        "leave at the top" in made.axes
        and "shows epoch 0 to 20 and values" in steady.axes
        and "leave" not in steady.axes
    )


def test_every_setting_is_read_along_its_own_axis(rates):
    for each in charts.multiples(rates).settings[:7]:
        readings, line = json.loads(each.readings), each.setting.line
        assert [reading[:2] for reading in readings] == [[round(x / 20, 4), str(x)] for x in range(21)]
        assert [reading[2:] for reading in readings] == [
            [short(value, 4) for value in values]
            for values in zip(line.median, line.quantile(0.25), line.quantile(0.75), strict=True)
        ]


def test_a_setting_that_diverged_is_read_as_far_as_it_has_numbers(rates):
    diverged = charts.multiples(rates).settings[7]
    known = [value for value in diverged.setting.line.median if value is not None]
    assert len(json.loads(diverged.readings)) == len(known) < 21


def test_of_a_long_training_a_small_drawing_has_few_readings_with_both_ends():
    for each in charts.multiples(trained("{optimizer.lr: [0.1, 0.3]}", epochs=400)).settings:
        readings = json.loads(each.readings)
        assert len(readings) <= 40 and (readings[0][1], readings[-1][1]) == ("0", "400")


def test_two_fields_make_a_heat_map_with_every_pair(pairs):
    found = charts.heat_map(pairs)
    assert (found.row_name, found.column_name) == ("out_features", "lr")
    assert found.columns == ("0.1", "0.3") and [label for label, _cells in found.rows] == ["2", "4", "8"]
    cells = [cell for _label, row in found.rows for cell in row]
    assert sorted(cell.number for cell in cells) == [1, 2, 3, 4, 5, 6]
    assert max(cell.shade for cell in cells) == 9 and min(cell.shade for cell in cells) == 0
    best = charts.best_setting(pairs)
    assert next(cell for cell in cells if cell.number == best.number).shade == 9


def test_one_field_or_three_make_no_heat_map(rates):
    assert charts.heat_map(rates) is None


@pytest.mark.parametrize("way", [0, 1], ids=["across", "down"])
def test_parallel_coordinates_have_a_line_for_every_setting(rates, pairs, way):
    """The best ends at the high end of the last axis: at the top, or at the right."""
    for document, count, fields in ((rates, 8, 1), (pairs, 6, 2)):
        drawing = charts.parallel(document)[way].drawing
        lines = re.findall(r'<polyline class="setting is-(\w+)" points="([^"]+)"', drawing)
        assert len(lines) == count and all(len(points.split()) == fields + 1 for _fate, points in lines)
        ends = [(fate, [float(each) for each in points.split()[-1].split(",")]) for fate, points in lines]
        (best,) = [end for fate, end in ends if fate == "best"]
        assert best == (max if way else min)((end for _fate, end in ends), key=lambda end: end[0 if way else 1])


def test_parallel_coordinates_fit_a_phone_and_their_labels_do_not_touch():
    document = trained("{optimizer.lr: [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.01]}")
    down = charts.parallel(document)[1].drawing
    assert float(re.search(r'viewBox="0 0 (\d+)', down)[1]) <= 300
    labels = re.findall(r'<text x="([\d.]+)" y="47"(?: text-anchor="(\w+)")?>([\d.]+)</text>', down)
    assert [words for *_place, words in labels][:2] == ["0.001", "0.01"] and 4 <= len(labels) < 10
    starts = sorted(float(x) - 33 * {"start": 0, "middle": 0.5, "end": 1}[anchor] for x, anchor, _words in labels)
    assert all(after - before > 33 for before, after in itertools.pairwise(starts))


def test_a_loss_that_grew_far_does_not_press_the_others_together():
    document = trained("{optimizer.lr: [0.01, 0.1, 0.3, 10.0]}")
    _across, down = charts.parallel(document)
    ends = sorted(spot[0] * 280 for spot in json.loads(down.spots))
    assert charts.settings(document)[3].final > 1e6 and ends[0] == pytest.approx(8, abs=0.5)
    assert ends[-1] - ends[1] > 100
    assert re.search(r'text-anchor="start">&gt; \d', down.drawing)


def test_the_ends_of_parallel_coordinates_are_read_in_words_the_best_first(rates):
    for each in charts.parallel(rates):
        spots = json.loads(each.spots)
        assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y, _words in spots)
        assert spots[0][2].startswith(f"Setting {charts.best_setting(rates).number}: lr ")
        assert spots[-1][2] == "Setting 7: lr 1, final median 36 · Setting 8: lr 1e+150, final median –"


def test_a_run_without_a_sweep_has_none_of_them():
    document = trained("{optimizer.lr: [0.1, 0.2]}")
    single = replace(document, members=None)
    assert charts.multiples(single) is None and charts.heat_map(single) is None and charts.parallel(single) == ()


def test_settings_that_differ_by_rounding_alone_have_one_shade():
    assert sweep._shades([0.25, 0.25 * (1 + 3e-16), None], lower_is_better=True) == [9, 9, None]
    assert len(set(sweep._shades([0.25, 0.2501], lower_is_better=True))) == 2
