"""The pictures of one seed at one epoch, and what a reader chose to see of a curve."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from bpsandbox import charts, core
from bpsandbox.charts.boundary import boundary_spots
from bpsandbox.charts.fit import fit, is_outside
from bpsandbox.charts.histogram import bars
from bpsandbox.charts.kernels import Tiles, cells
from bpsandbox.charts.look import Look, smoothed
from bpsandbox.charts.snapshot import _map
from bpsandbox.charts.stage import stage
from bpsandbox.charts.ticks import linear_axis
from bpsandbox.charts.track import track
from bpsandbox.charts.unrolled import unrolled
from bpsandbox.document import FinalNetwork, Histogram
from bpsandbox.numbers import short
from bpsandbox.spec import build, parse
from bpsandbox.spec.presets import PRESETS
from tests.bpsandbox.core.test_states import RECURRENT, XOR

BOTH = XOR + "record: {decision_boundary: [0, 20, 40]}\n"
SINE = """
seeds: [4]
dataset: {name: sine, n_samples: 20}
model: {layers: [{type: Linear, out_features: 4, activation: tanh}, {type: Linear, out_features: 1}]}
loss: MSELoss
training: {epochs: 12, batch_size: full}
"""

MOONS = """
seeds: [4]
dataset: {name: moons, n_samples: 40}
model: {layers: [{type: Linear, out_features: 4, activation: tanh}, {type: Linear, out_features: 2}]}
loss: CrossEntropyLoss
training: {epochs: 4, batch_size: full}
"""


def trained(text):
    return core.run(build(parse(text))).document()


def pictures(text, document, **where):
    return charts.snapshot(document, parse(text).to_json(), **where)


@pytest.fixture(scope="module")
def xor():
    return trained(BOTH)


def test_the_boundary_of_a_snapshot_is_the_recorded_one(xor):
    recorded = next(one for one in xor.records.decision_boundary if one.epoch == 20)
    shot = pictures(BOTH, xor, epoch=20, seed=0)
    assert [view.kind for view in shot.views[:2]] == ["network", "boundary"]
    read = [words for _x, _y, words in json.loads(shot.views[1].spots)]
    assert read == [words for _x, _y, words in boundary_spots(recorded)]


def test_a_boundary_computed_from_a_snapshot_agrees_with_the_recorded_one(xor):
    recorded = next(one for one in xor.records.decision_boundary if one.epoch == 20)
    made = stage(parse(BOTH).to_json())
    place = xor.records.snapshots.epochs.index(20)
    computed = made.boundary(made.bound(xor.records.snapshots.values[place][0]), 20, 0)
    assert (computed.x, computed.y, computed.divide) == (recorded.x, recorded.y, recorded.divide)
    np.testing.assert_allclose(computed.outputs, recorded.outputs, atol=1e-5)


def test_data_of_one_class_shows_the_output_not_a_class_that_is_the_same_everywhere():
    text = PRESETS["by-hand"].text
    shot = pictures(text, trained(text))
    view = next(view for view in shot.views if view.kind == "boundary")
    assert view.title == "Output over the plane"
    assert view.note == "Shade: the output, 0 (vermilion) to 1 (blue); the line is at 0.5."
    assert len({words.partition("output")[2] for _x, _y, words in json.loads(view.spots)}) > 10


def test_of_two_outputs_the_shade_is_their_difference_and_says_so():
    shot = pictures(MOONS, trained(MOONS))
    view = next(view for view in shot.views if view.kind == "boundary")
    assert view.note.startswith("Shade: the second output minus the first, ")
    read = [words for _x, _y, words in json.loads(view.spots)]
    assert all("second output minus the first" in words for words in read)


def test_an_epoch_between_two_recorded_ones_shows_the_earlier(xor):
    shot = pictures(BOTH, xor, epoch=19, seed=2)
    assert (shot.asked, shot.moment.epoch, shot.moment.seed) == (15, 15, 2)
    assert pictures(BOTH, xor).asked == 40 and pictures(BOTH, xor, epoch=10**12).moment.is_end
    assert pictures(BOTH, xor, epoch=3, seed=99).moment.seed in xor.seeds


def test_a_seed_whose_best_weights_were_restored_is_shown_as_it_was_until_it_stopped(xor):
    restored = replace(xor, stop=tuple(replace(stop, restored_epoch=15) for stop in xor.stop))
    shot = pictures(BOTH, restored, epoch=20, seed=0)
    assert (shot.asked, shot.moment.epoch, shot.moment.is_end) == (20, 20, False)
    end = pictures(BOTH, restored, seed=0)
    assert (end.asked, end.moment.epoch, end.moment.is_end, end.moment.is_restored) == (40, 15, True, True)
    assert end.moment.boundary is None and [view.kind for view in end.views[:2]] == ["network", "boundary"]
    assert not pictures(BOTH, xor, seed=0).moment.is_restored


@pytest.mark.parametrize(
    ("finals", "seed"), [((0.3, 0.1, 0.2), 2), ((0.9, None, 0.1), 0), ((0.2, 0.3, 0.1), 0), ((None, None, None), 0)]
)
def test_without_a_seed_it_is_the_one_with_the_median_loss(xor, finals, seed):
    made = replace(xor, final={**xor.final, "train_loss": finals})
    assert pictures(BOTH, made).moment.seed == pictures(BOTH, made, epoch=0, seed=99).moment.seed == seed


def test_the_title_of_the_network_says_the_epoch(xor):
    titles = [
        re.search("<title[^>]*>(Network.*?)</title>", pictures(BOTH, xor, epoch=epoch, seed=1).views[0].drawing)[1]
        for epoch in (0, 20, 40)
    ]
    assert titles == [
        "Network 2-3-1 at epoch 0, seed 1", "Network 2-3-1 at epoch 20, seed 1", "Network 2-3-1 after training, seed 1"
    ]  # fmt: skip


def test_units_are_maps_with_their_formula(xor):
    shot = pictures(BOTH, xor, epoch=0, seed=1)
    assert shot.views[0].drawing.count("unit-map") == 6
    assert re.fullmatch(r"a₁ = sigmoid\(−?[\d.]+ x₁ [+−] [\d.]+ x₂( [+−] [\d.]+)?\)", shot.layers[0].units[0])


def test_a_function_of_one_number_is_drawn_over_its_examples():
    [fit, *_rest] = [view for view in pictures(SINE, trained(SINE)).views if view.kind == "boundary"]
    assert fit.title == "Fitted function" and 'class="fitted"' in fit.drawing and "x 0: output" not in fit.drawing


def test_a_function_that_left_the_picture_is_cut_and_told():
    points = [(0.0, 0.0), (1.0, 1.0)]
    drawn, _read = fit([0.0, 1.0], [50.0, 60.0], points, epoch=0, seed=4, prefix="fit")
    assert '<svg width="4000" height="2600"><path class="fitted"' in drawn
    assert is_outside([50.0, 60.0], points) and not is_outside([50.0, 1.5], points)
    text = SINE.replace("out_features: 1}", "out_features: 1, bias_init: {type: constant, value: 1000}}")
    [view] = [view for view in pictures(text, trained(text), epoch=0).views if view.kind == "boundary"]
    assert view.note.startswith("The function is outside the picture: it goes from 1,000")


WIDE = """
seeds: [0]
dataset: {name: digits, standardize: minmax}
model: {layers: [{type: Flatten}, {type: Linear, out_features: 64, activation: relu}, {type: Linear, out_features: 10}]}
loss: CrossEntropyLoss
training: {epochs: 1, batch_size: full}
"""
CONVOLUTION = """
seeds: [0]
dataset: {name: digits, standardize: minmax}
model:
  layers:
    - {type: Conv2d, out_channels: 2, kernel_size: 3}
    - {type: MaxPool2d, kernel_size: 2}
    - Flatten
    - {type: Linear, out_features: 10}
loss: CrossEntropyLoss
training: {epochs: 1, batch_size: full}
"""


def test_a_network_too_wide_for_its_units_is_drawn_by_its_layers_and_says_why():
    document = without_states(trained(WIDE))
    assert pictures(WIDE, document) is None  # nothing was recorded
    view = charts.layers_view(document)
    assert re.findall(r">([^<>]+)</text>", view.drawing) == [
        "Parameters", "Outputs", "Inputs", "1×8×8", "Flatten", "64", "Linear", "relu", "4,160", "64", "Linear", "650",
        "10",
    ]  # fmt: skip
    assert view.drawing.count('class="unit"') == 4 and "Flatten 64 → Linear 64 → Linear 10</desc>" in view.drawing
    assert view.note == (
        "Each layer is one block: 138 units are too many to be drawn one by one. The config of this run did not ask "
        "for its weights: “record: {weights: true}” shows those of the first layer."
    )


def test_a_wide_network_whose_weights_are_recorded_shows_its_layers_and_its_first_weights():
    text = WIDE + "record: {weights: true}\n"
    views = pictures(text, trained(text)).views
    assert [view.kind for view in views[:2]] == ["network", "filters"] and "is-layers" in views[0].drawing
    assert views[0].note == "Each layer is one block: 138 units are too many to be drawn one by one."


def test_pictures_by_sign_have_the_ends_of_their_colours():
    text = CONVOLUTION + "record: {weights: true, saliency: true}\n"
    document = trained(text)
    views = {view.kind: view.reach for view in pictures(text, document).views}
    weights = document.records.weights[-1].weights[0].value
    assert views["filters"] == short(float(np.abs(np.array(weights)).max())) and views["network"] == ""
    assert all(views[kind] for kind in views if kind.startswith("outputs-"))
    for glyph, picture in zip(
        charts.salient(document.records.saliency), document.records.saliency.pictures, strict=True
    ):
        assert glyph.reach == short(max(map(abs, picture.slopes)))
    assert Tiles("", [((0.0, 1e-15),)], 1).reach == ""


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (CONVOLUTION, "Conv2d, MaxPool2d"),
        (RECURRENT, "RNN"),
        (XOR.replace("sigmoid}", "sigmoid}, {type: Linear, out_features: 3}, {type: Add, from: 0}"), "Add"),
    ],
)
def test_layers_that_are_no_rows_of_units_are_blocks(text, kinds):
    shot = pictures(text, trained(text))
    view = shot.views[0]
    assert (view.kind, view.spots, shot.layers) == ("network", "", ()) and "is-layers" in view.drawing
    assert view.note == f"Each layer is one block: units are not drawn for networks with {kinds}."


def without_states(document):
    return replace(document, records=replace(document.records, snapshots=None, network=None))


def test_a_small_network_without_weights_is_not_said_to_be_large(xor):
    """Older engines recorded no snapshots."""
    document = without_states(xor)
    note = "Each layer is one block: the weights were not recorded."
    assert charts.layers_view(document).note == note
    assert pictures(BOTH, document, epoch=20).views[0].note == note  # of that epoch only the boundary is known


STEPS = """
seeds: [0]
dataset: {name: adding, length: 6, n_samples: 40}
model: {layers: [{type: Linear, out_features: 4}, Flatten, {type: Linear, out_features: 1}]}
loss: MSELoss
training: {epochs: 1, batch_size: full}
"""


def test_units_of_a_sequence_are_not_counted():
    view = pictures(STEPS, trained(STEPS)).views[0]
    assert view.note == "Each layer is one block: units are not drawn for sequences."


@pytest.mark.parametrize("widths", [(1000,), (50, 500)], ids=["too large for a drawing", "too many for the record"])
def test_only_weights_that_can_be_recorded_and_drawn_are_offered(widths):
    hidden = ", ".join(f"{{type: Linear, out_features: {width}}}" for width in widths)
    text = XOR.replace("{type: Linear, out_features: 3, activation: sigmoid}", hidden)
    document = without_states(trained(text.replace("epochs: 40", "epochs: 1")))
    assert "The config of this run did not ask" not in charts.layers_view(document).note


@pytest.mark.parametrize(("width", "told"), [(4000, False), (6000, True)])
def test_a_network_whose_states_are_not_recorded_says_why_it_has_no_slider(width, told):
    text = XOR.replace("out_features: 3", f"out_features: {width}").replace("epochs: 40", "epochs: 2")
    document = trained(text.replace("count: 3", "count: 1"))
    assert (document.records.snapshots is None) is told
    said = "there is no slider: that is done for networks of at most 20,000 numbers."
    assert charts.layers_view(document).note.endswith(said) is told


def test_a_block_is_the_wider_the_more_outputs_its_layer_has():
    widths = [
        float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', charts.layers_view(trained(WIDE)).drawing)
    ]
    assert widths[0] == widths[1] == widths[2] > widths[3] >= 104


def test_histograms_are_drawn_at_an_epoch_and_over_the_epochs():
    text = XOR + "record: {histograms: true}\n"
    document = trained(text)
    record = document.records.histograms
    views = {view.kind: view for view in pictures(text, document, epoch=record.epochs[2], seed=0).views}
    for kind in ("weights", "gradients"):
        view, layer = views[f"track-{kind}-0"], [row[0][0] for row in getattr(record, kind)]
        read = json.loads(view.spots)
        assert len(read) == len(record.epochs) and view.drawing.count('class="now" d="M2 ') == 1
        counted = sum(count > 0 for each in layer for count in each.counts)
        assert sum(view.drawing.count(f"M{column} ") for column in range(len(record.epochs))) == counted + 1
        assert read[2][2].startswith(f"epoch {record.epochs[2]}: {short(layer[2].low)} to {short(layer[2].high)}")


def test_a_histogram_with_one_round_number_in_it_is_named_at_its_ends():
    drawn, _read = bars(Histogram(-0.75, 0.83, (3, 0, 1)), "Weights", prefix="bars")
    assert all(f">{word}</text>" in drawn for word in ("−0.75", "0", "0.83"))


def test_the_ends_of_a_narrow_histogram_are_not_rounded_away():
    drawn, _read = bars(Histogram(0.9985, 1.0048, (3, 0, 1)), "Weights", prefix="bars")
    assert all(f">{word}</text>" in drawn for word in ("0.9985", "1.0048"))


def test_the_bars_of_a_histogram_have_no_class_of_another_sheet_rule():
    """`.bar` is a progress bar, whose height would be that of every count."""
    drawn, read = bars(Histogram(0.0, 1.0, (3, 0, 1)), "Weights", prefix="bars")
    assert drawn.count("<rect") == 2 and len(read) == 3 and "<rect class" not in drawn


def test_histograms_of_numbers_that_never_differ_have_no_picture():
    same = Histogram(0.5, 0.5, (3,))
    assert track([0, 1], [same, same], 0, "Weights", prefix="track") is None
    assert track([0, 1], [Histogram(0.0, 1.0, (3, 1)), None], 0, "Weights", prefix="track") is None


def test_recurrent_networks_have_gradients_through_time():
    kinds = [view.kind for view in pictures(RECURRENT, trained(RECURRENT)).views]
    assert kinds[:2] == ["network", "unrolled"] and "weights-0" in kinds


def test_a_moving_average_starts_unbiased():
    assert smoothed((2.0, 2.0, None, 2.0), 0.9) == pytest.approx((2.0, 2.0, None, 2.0))
    assert smoothed((1.0, 0.0), 0.5) == pytest.approx((1.0, 1 / 3))


def test_a_range_is_cut_before_it_is_thinned(xor):
    look = Look(start=10, end=20)
    read = charts.readings(xor, look=look)
    assert [where for _share, where, *_values in read] == [str(epoch) for epoch in range(10, 21)]
    assert (read[0][0], read[-1][0]) == (0.0, 1.0) and charts.span(xor, "train_loss", look) == (10.0, 20.0)


def test_hidden_lines_are_not_drawn_and_a_picked_seed_is_named(xor):
    look = Look(hidden=frozenset({"seeds", "band"}), seed=2)
    drawing = charts.curve(xor, look=look, seeds=xor.seeds)
    assert 'class="seed"' not in drawing and 'class="band"' not in drawing and 'class="median"' in drawing
    assert drawing.count('class="picked"') == 1
    assert '<tspan class="word">seed 2: </tspan>' in drawing  # where there is room for it


def test_smoothing_keeps_the_recorded_values_in_sight(xor):
    drawing = charts.curve(xor, look=Look(smoothing=0.9))
    assert 'class="raw"' in drawing and "smoothed 0.9; thin line: recorded values" in drawing


@pytest.mark.parametrize("value", [0.25, -3.0, 1e-3])
def test_rounding_noise_is_a_flat_line(value):
    axis = linear_axis(value, value * (1 + 3e-16) if value > 0 else value * (1 - 3e-16))
    assert axis.is_flat and axis.high - axis.low > 0.05 * abs(value)


def test_a_look_ignores_what_is_not_valid():
    given = {"from": "9", "to": "3", "seed": "-1", "smooth": "7", "epoch": "²"}
    assert charts.look_of(given, ["seeds", "<b>", "12"]) == Look(hidden=frozenset({"seeds", "12"}))


def test_gradients_through_time_without_a_number_have_no_picture():
    record = trained(RECURRENT).records.through_time
    empty = [[[seed and (None,) * len(seed) for seed in layer] for layer in epoch] for epoch in record.norms]
    assert unrolled(record, 0, 0) is not None and unrolled(replace(record, norms=empty), 0, 0) is None


def test_held_out_samples_are_hollow_with_a_key():
    text = SINE.replace("n_samples: 20", "n_samples: 20, split: {test: 0.4}")
    views = {view.kind: view for view in pictures(text, trained(text)).views}
    assert views["boundary"].has_held_out and views["boundary"].drawing.count("is-held-out") == 1
    assert [key.words for key in views["boundary"].keys] == ["network", "training samples", "held-out samples"]
    plain = {view.kind: view for view in pictures(SINE, trained(SINE)).views}["boundary"]
    assert not plain.has_held_out and "is-held-out" not in plain.drawing


def test_held_out_samples_of_the_plane_keep_the_shape_of_their_class():
    circle = PRESETS["circle"].text
    text = circle if "split" in circle else circle.replace("name: circle", "name: circle, split: {test: 0.3}")
    made = stage(parse(text).to_json())
    record = made.boundary(made.bound([0.1] * made.network.size), 0, 0)
    drawn = charts.boundary(record, held_out=made.held_out)
    assert 0 < sum(made.held_out) < len(made.held_out)
    assert drawn.count('"example example-0 is-held-out"') == drawn.count('"example example-0"') == 1
    assert drawn.index('example-1"') < drawn.index("is-held-out")


@pytest.mark.parametrize(("widths", "height"), [((1, 1), 120), ((2, 2, 1), 156), ((2, 3, 1), 240), ((2, 9, 1), 280)])
def test_a_network_of_few_units_is_less_high(widths, height):
    pairs = pairwise(widths)
    weights = [
        {"name": f"layers.{k}.weight", "value": [[0.5] * before] * after} for k, (before, after) in enumerate(pairs)
    ]
    drawn = charts.network(FinalNetwork.from_json({"seed": 0, "weights": weights}))
    assert f'viewBox="0 0 360 {height}"' in drawn


@pytest.mark.parametrize("value", [0.0, 0.5, -3.0])
def test_a_unit_that_is_the_same_everywhere_but_for_rounding_has_one_shade(value):
    noise = np.where(np.arange(24 * 24) % 2, 1e-17, -1e-17) + value * (1 + 2.3e-16 * (np.arange(24 * 24) % 3))
    assert len({share for row in _map(noise).rows for share in row}) == 1


def test_every_cell_of_small_images_can_be_read():
    tiles = Tiles("weights", [((1.0, -0.5),), ((0.25, 0.0),)], 2)
    assert cells(tiles) == [
        (0.1, 0.5, "0, row 0, column 0: 1"),
        (0.3, 0.5, "0, row 0, column 1: −0.5"),
        (0.7, 0.5, "1, row 0, column 0: 0.25"),
        (0.9, 0.5, "1, row 0, column 1: 0"),
    ]
