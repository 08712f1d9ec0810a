"""Rules across blocks: each rejection next to a valid config."""

import pytest

from bpsandbox import spec

from .configs import XOR, only

DIGITS = """dataset: {name: digits}
model:
  layers:
    - {type: Flatten}
    - {type: Linear, out_features: 32, activation: relu}
    - {type: Linear, out_features: 10}
loss: {type: CrossEntropyLoss}
"""
SINE = """dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
"""


def refused(text, old, new, path):
    """Return the message for a valid config after one change."""
    spec.parse(text)
    assert old in text
    found = only(text.replace(old, new, 1))
    assert found.path == path
    return found.message


def test_a_linear_layer_on_pictures_asks_for_flatten():
    message = refused(DIGITS, "    - {type: Flatten}\n", "", "model.layers[0]")
    assert message == (
        "layers[0] (Linear) expects rows of numbers, but the data (digits) gives samples of shape (1, 8, 8). "
        "Insert Flatten before it: {type: Flatten}."
    )


def test_inputs_that_do_not_fit_name_both_layers_and_both_sizes():
    message = refused(DIGITS, "out_features: 10", "in_features: 30, out_features: 10", "model.layers[2].in_features")
    assert message == (
        "layers[2] (Linear) expects 30 inputs, but layers[1] (Linear) gives 32. Write in_features: 32, or leave it out."
    )


def test_outputs_that_do_not_fit_name_the_layer_the_loss_and_the_data():
    message = refused(DIGITS, "out_features: 10", "out_features: 9", "model.layers[2].out_features")
    assert message == (
        "layers[2] (Linear) gives 9 outputs, but CrossEntropyLoss (one output per class) on digits, 10 classes, "
        "needs 10. Write out_features: 10."
    )
    message = refused(SINE, "out_features: 1}", "out_features: 2}", "model.layers[1].out_features")
    assert message == ("layers[1] (Linear) gives 2 outputs, but MSELoss on sine needs 1. Write out_features: 1.")


ECHO = """dataset: {name: echo, length: 6, delay: 5}
model: {layers: [Flatten, {type: Linear, out_features: 6}]}
loss: BCEWithLogitsLoss
"""


def test_an_echo_comes_before_the_sequence_ends():
    message = refused(ECHO, "length: 6, delay: 5", "length: 6, delay: 6", "dataset.delay")
    assert message == (
        "With delay: 6 the echo is outside a sequence of 6 steps. Write delay: 5 or less, or a longer length."
    )


def test_an_echo_asks_for_one_output_a_step():
    message = refused(ECHO, "out_features: 6", "out_features: 1", "model.layers[1].out_features")
    assert message == (
        "layers[1] (Linear) gives 1 output, but BCEWithLogitsLoss on echo, 6 numbers per target, needs 6. "
        "Write out_features: 6."
    )


def test_values_have_the_shape_of_their_layer():
    values = "init: {type: values, values: [[1, 2], [3, 4]]}"
    message = refused(XOR, "out_features: 3,", f"out_features: 3, {values},", "model.layers[0].init.values")
    assert message == "These values have shape (2, 2), but layers[0] (Linear) needs (3, 2): outputs first, then inputs."


@pytest.mark.parametrize(("text", "old", "new", "path"), [
    (DIGITS, "out_features: 10", "out_features: 10, activation: softmax", "model.layers[2]"),
    (XOR, "MSELoss", "BCEWithLogitsLoss", "model.layers[1]"),
    (DIGITS, "CrossEntropyLoss", "BCELoss", "model.layers[2]"),
    (SINE, "MSELoss", "CrossEntropyLoss", "loss.type"),
    (SINE, "MSELoss", "hinge", "loss.type"),
    (SINE, "MSELoss", "BCEWithLogitsLoss", "loss.type"),
    (XOR, "loss:", "optimizer: {type: SGD, nesterov: true}\nloss:", "optimizer.nesterov"),
    (XOR, "loss:", "optimizer: {type: SGD, nesterov: true, momentum: 1, dampening: 1}\nloss:", "optimizer.dampening"),
    (XOR, "loss:", "stopping: {type: EarlyStopping, monitor: val_loss}\nloss:", "stopping[0].monitor"),
    (XOR, "loss:", "stopping: {type: Target, monitor: train_accuracy, value: 1}\nloss:", "stopping[0].monitor"),
    (XOR, "loss:", "stopping: {type: Target, monitor: data_loss, value: 1}\nloss:", "stopping[0].monitor"),
    (XOR, "loss:", "lr_scheduler: {type: ReduceLROnPlateau, monitor: test_loss}\nloss:", "lr_scheduler.monitor"),
    (SINE, "loss:", "metrics: [accuracy]\nloss:", "metrics[0]"),
    (DIGITS, "loss:", "metrics: [roc_auc]\nloss:", "metrics[0]"),
    (DIGITS, "loss:", "metrics: [accuracy, rmse]\nloss:", "metrics[1]"),
    (XOR, "loss:", "training: {epochs: 3, steps: 3}\nloss:", "training.steps"),
    (XOR, "loss:", "seed: 1\nseeds: [1]\nloss:", "seed"),
    (XOR, "loss:", "seeds: [1, 2, 1]\nloss:", "seeds"),
    (XOR, "loss:", "gradient_clipping: {}\nloss:", "gradient_clipping"),
    (XOR, "loss:", "record: {worked_example: {sample: 4}}\nloss:", "record.worked_example.sample"),
    (DIGITS, "loss:", "record: {decision_boundary: [0]}\nloss:", "record.decision_boundary"),
    (XOR, "loss:", "init: {type: values, values: [[1]]}\nloss:", "init"),
    (DIGITS, "CrossEntropyLoss", "CrossEntropyLoss, class_weight: [1, 2]", "loss.class_weight"),
    (XOR, "{name: xor}", "{name: xor, split: {val: 0.5, test: 0.5}}", "dataset.split"),
    (SINE, "{name: sine}", "{name: sine, split: {val: 0.2, stratify: true}}", "dataset.split.stratify"),
    (DIGITS, "{name: digits}", "{name: digits, features: [x]}", "dataset.features"),
    (ECHO, "name: echo", "name: echo, features: [x]", "dataset.features"),
    (ECHO, "name: echo", "name: echo, split: {val: 0.5, stratify: true}", "dataset.split.stratify"),
    (XOR, "activation: sigmoid", "activation: step", "model.layers[0].activation"),
])  # fmt: skip
def test_a_rule_refuses_at_its_place(text, old, new, path):
    assert refused(text, old, new, path)[-1] == "."


def test_a_confusion_matrix_too_large_to_read_is_refused():
    points = f"{{points: {{x: {list(range(51))}, y: {list(range(51))}}}}}"
    text = XOR.replace("{name: xor}", points).replace("features: 1, activation: sigmoid", "features: 51")
    text = text.replace("MSELoss", "CrossEntropyLoss")
    assert only(text + "metrics: [confusion_matrix]\n").path == "metrics[0]"
    spec.parse(text + "metrics: [accuracy]\n")


def test_a_step_is_allowed_when_it_says_that_its_gradient_is_not_one():
    straight = XOR.replace("activation: sigmoid", "activation: {type: step, straight_through: true}", 1)
    spec.parse(straight)
    assert only(straight + "checks: {gradient_check: {}}\n").path == "checks.gradient_check"


def test_a_model_without_weights_has_nothing_to_train():
    assert only("dataset: {name: digits}\nmodel: {layers: [Flatten]}\nloss: hinge\n").code == "nothing_to_train"
    frozen = XOR.replace("out_features: 3,", "out_features: 3, trainable: false,").replace(
        "out_features: 1,", "out_features: 1, trainable: false,"
    )
    assert only(frozen).code == "nothing_to_train"


@pytest.mark.parametrize(("old", "new"), [
    ("out_features: 32", "out_features: 200"),
    ("- {type: Flatten}", "- {type: Flatten}\n    - {type: Dropout}"),
    ("- {type: Flatten}", "- {type: Flatten}\n    - {type: BatchNorm1d}"),
    ("training:", "optimizer: {type: LBFGS}\ntraining:"),
])  # fmt: skip
def test_a_worked_example_is_for_every_network(old, new):
    text = (DIGITS + "record: {worked_example: {}}\n").replace(old, new)
    assert "worked_example" in spec.parse(text.replace("batch_size: 64", "batch_size: full")).config["record"]


LBFGS = DIGITS + "optimizer: {type: LBFGS}\ntraining: {epochs: 3, batch_size: full}\n"


@pytest.mark.parametrize(("old", "new", "path", "message"), [
    ("batch_size: full", "batch_size: 64", "training.batch_size",
     "LBFGS needs all examples in every step: write batch_size: full."),
    ("training", "gradient_clipping: {norm: 1}\ntraining", "gradient_clipping",
     "LBFGS estimates curvature from gradients, so they cannot be clipped: leave gradient_clipping out."),
    ("out_features: 32", "out_features: 32, lr: 0.1", "model.layers[1].lr",
     "LBFGS has one learning rate for all layers: leave lr out."),
    ("- {type: Flatten}", "- {type: Flatten}\n    - {type: Dropout}", "model.layers[1]",
     "LBFGS needs the same function at every evaluation, but Dropout changes it: leave it out."),
])  # fmt: skip
def test_nothing_changes_between_the_evaluations_of_lbfgs(old, new, path, message):
    assert refused(LBFGS, old, new, path) == message


def test_lbfgs_writes_its_limit_down():
    assert spec.parse(LBFGS.replace("LBFGS}", "LBFGS, max_iter: 8}")).config["optimizer"]["max_eval"] == 10


def test_dampening_belongs_to_sums_of_gradients():
    text = SINE + "optimizer: {type: SGD, momentum: 0.9, dampening: 0.1}\n"
    message = refused(text, "dampening", "momentum_form: updates, dampening", "optimizer.dampening")
    assert message == "dampening works only with momentum_form: gradients: leave it out."


@pytest.mark.parametrize("form", ["momentum_form: gradients", "momentum_form: updates", "decoupled_weight_decay: true"])
def test_a_form_that_says_nothing_is_not_part_of_the_name(form):
    plain = spec.parse(SINE + "optimizer: {type: SGD}\n")
    assert spec.parse(SINE + f"optimizer: {{type: SGD, {form}}}\n").hash == plain.hash


def test_a_form_that_says_something_is():
    plain = spec.parse(SINE + "optimizer: {type: SGD, momentum: 0.9}\n")
    other = spec.parse(SINE + "optimizer: {type: SGD, momentum: 0.9, momentum_form: updates}\n")
    assert (other.config["optimizer"]["momentum_form"], "momentum_form" in plain.config["optimizer"]) == (
        "updates",
        False,
    )


def test_a_network_without_layers_is_refused_for_that():
    text = "dataset: {name: xor, features: [y]}\nmodel: {layers: []}\nloss: {type: MSELoss}\n"
    assert only(text).path == "model.layers"
