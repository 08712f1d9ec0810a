"""Layers, gradient checks and divergence on a page."""

from bpsandbox import explain, spec
from bpsandbox.core import run
from bpsandbox.spec import build
from tests.bpsandbox.documents import LAYER, blank

EVERY = """
seeds: [0, 1]
dataset: {name: digits, standardize: minmax}
model:
  layers:
    - {type: Conv2d, out_channels: 2, kernel_size: 3, padding: 1}
    - {type: BatchNorm2d, activation: relu}
    - {type: MaxPool2d, kernel_size: 2}
    - {type: Add, from: 2}
    - {type: AvgPool2d, kernel_size: 2}
    - {type: Flatten}
    - {type: Dropout}
    - {type: LayerNorm}
    - {type: Reshape, shape: [4, 2]}
    - {type: GRU, hidden_size: 3, return: all}
    - {type: LSTM, hidden_size: 2}
    - {type: Linear, out_features: 10}
loss: {type: CrossEntropyLoss}
training: {steps: 1, batch_size: 8}
checks: {gradient_check: {at: [start], samples_per_tensor: 3}}
"""


def test_every_layer_has_its_shapes_numbers_and_work():
    table = explain.layer_table(run(build(spec.parse(EVERY))).document())
    rows = {row.type: row for row in table.rows}
    assert [row.index for row in table.rows] == list(range(12))
    assert (rows["Conv2d"].before, rows["Conv2d"].after) == ("1×8×8", "2×8×8")
    assert (rows["Conv2d"].parameters, rows["Conv2d"].multiply_adds) == (20, 9 * 2 * 64)
    assert (rows["BatchNorm2d"].activation, rows["BatchNorm2d"].parameters, rows["BatchNorm2d"].buffers) == (
        "relu",
        4,
        4,
    )
    assert (rows["GRU"].after, rows["LSTM"].after) == ("4×3", "2")
    assert table.parameters == sum(row.parameters for row in table.rows)
    assert table.multiply_adds == sum(row.multiply_adds for row in table.rows)


def test_results_from_before_work_was_counted_have_a_table_too():
    table = explain.layer_table(blank(layers=[LAYER]))
    assert (table.rows[0].before, table.rows[0].after, table.multiply_adds) == ("2", "3", None)


def test_a_gradient_check_says_how_much_it_looked_at():
    config = spec.parse(EVERY)
    [check] = explain.checked_gradients(run(build(config)).document(), config.config)
    assert check.checked + check.skipped <= 3 * len(check.tensors) and not check.is_partial
    assert f"{check.checked} of {check.size:,} parameters were compared." in check.words


def test_a_check_cut_short_says_so_and_kinks_are_counted():
    tensor = {"name": "w", "band": "good", "max_relative_error": 1e-9, "size": 100, "checked": 4, "skipped": 1}
    recorded = {"at": "end", "band": "good", "max_relative_error": 1e-9, "tensors": [tensor]}
    [check] = explain.checked_gradients(blank(checks={"gradient_check": [recorded]}), {})
    assert check.is_partial
    assert check.words == (
        "4 of 100 parameters were compared. 1 were at a kink and were skipped. Fewer than requested: the "
        "check reached its work limit."
    )


def test_divergence_is_told_with_layer_step_and_last_finite_values():
    parts = {
        "seeds": [5, 6],
        "epochs": [0, 1, 2],
        "curves": {
            "train_loss": [[1.0, 1.0], [9.0, 2.0], [None, 3.0]],
            "train_rmse": [[1.0, 1.0], [3.0, 1.0], [None, 2.0]],
        },
        "stop": [
            {"reason": "diverged", "epoch": 1, "step": 17, "layer": "layers[0] Linear"},
            {"reason": "epochs", "epoch": 2, "step": 20},
        ],
    }
    [broken] = explain.diverged(blank(**parts))
    assert (broken.seed, broken.layer, broken.step, broken.last_epoch) == (5, "layers[0] Linear", 17, 1)
    assert broken.last == {"train_loss": 9.0, "train_rmse": 3.0}
    parts["stop"][0] |= {"last": {"train_loss": 8.0}, "last_epoch": 0}
    [told] = explain.diverged(blank(**parts))
    assert (told.last, told.last_epoch) == ({"train_loss": 8.0}, 0)


def test_a_gradient_check_of_a_diverged_seed_says_that_there_was_none():
    check = {"at": "end", "band": "unchecked", "reason": "diverged", "max_relative_error": 0.0, "tensors": []}
    [checked] = explain.checked_gradients(blank(checks={"gradient_check": [check]}), {})
    assert checked.verdict == "not checked: diverged"
    assert "no difference to compare" in checked.words
