"""The working of what the engine really recorded: all activations, losses and optimisers, every number a stored one."""

import re

import pytest

from bpsandbox import core, explain, spec
from bpsandbox.explain.numbers import number

LOSSES = {
    "MSELoss": ("identity", 2), "L1Loss": ("identity", 2), "HuberLoss": ("identity", 1), "SmoothL1Loss": ("tanh", 1),
    "BCELoss": ("sigmoid", 1), "BCEWithLogitsLoss": ("identity", 1), "CrossEntropyLoss": ("identity", 3),
    "hinge": ("identity", 1),
}  # fmt: skip
ACTIVATIONS = (
    "identity", "sigmoid", "tanh", "relu", "softmax", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "mish",
    "softsign", "hardtanh",
)  # fmt: skip


def document(
    *, activation="tanh", loss="MSELoss", optimizer="{type: SGD, lr: 0.1}", layers=1, dataset="{name: gaussians}"
):
    last, outputs = LOSSES[loss]
    hidden = f"{{type: Linear, out_features: 3, activation: {activation}}}, " * layers
    text = f"""
dataset: {dataset if outputs < 3 else "{name: blobs, classes: 3}"}
model: {{layers: [{hidden}{{type: Linear, out_features: {outputs}, activation: {last}}}]}}
loss: {{type: {loss}}}
optimizer: {optimizer}
seeds: [3]
training: {{epochs: 1, batch_size: 1}}
record: {{worked_example: {{sample: 5, step: 2}}}}
"""
    return core.run(spec.build(spec.parse(text))).document()


def stored(value):
    if isinstance(value, dict):
        return {n for v in value.values() for n in stored(v)}
    if isinstance(value, list):
        return {n for v in value for n in stored(v)}
    return {value} if isinstance(value, int | float) else set()


def unknown_numbers(made) -> set[str]:
    """Numbers in the working that are no stored number rounded."""
    allowed = {number(v) for v in stored(made["records"]["worked_example"])} | {"0", "1", "2", "3"}
    printed: set[str] = set()
    for step in explain.worked(made).steps:
        text = re.sub(r"\^\{\[\d\]\}|\\frac\{\d\}\{\d\}", "", step.latex_numbers)
        printed |= set(re.findall(r"-?\d[\d.]*(?: \\times 10\^\{-?\d+\})?", text))
    return {n for n in printed if n not in allowed and n.lstrip("-") not in allowed}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_worked_with_stored_numbers(activation):
    made = document(activation=activation, layers=2)
    assert unknown_numbers(made) == set()
    titles = [step.title for step in explain.worked(made).steps]
    assert ("Layer 2: activation" in titles) == (activation != "identity")


@pytest.mark.parametrize("loss", list(LOSSES))
def test_every_loss_is_worked_with_stored_numbers(loss):
    if loss == "hinge" or loss in ("BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss"):
        made = document(loss=loss)
    else:
        made = document(loss=loss, dataset="{name: gaussians}")
    assert unknown_numbers(made) == set()


@pytest.mark.parametrize("loss", ["MSELoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss"])
def test_common_losses_are_written_out(loss):
    slope = next(s for s in explain.worked(document(loss=loss)).steps if s.title == "Slope of the loss at the output")
    assert slope.latex_symbols.count("=") >= 1 and slope.latex_numbers.count("=") >= 1


@pytest.mark.parametrize(
    "optimizer, is_plain",
    [
        ("{type: SGD, lr: 0.1}", True), ("{type: Adam}", False), ("{type: SGD, lr: 0.1, momentum: 0.9}", False),
        ("{type: SGD, lr: 0.1, weight_decay: 0.01}", False),
    ],
)  # fmt: skip
def test_plain_descent_is_told_from_the_rest(optimizer, is_plain):
    done = explain.worked(document(optimizer=optimizer))
    assert (r"\eta" in done.update[0].latex_symbols) == is_plain
    assert bool(done.notes) == (not is_plain)


def test_the_preset_by_hand_is_the_article():
    made = core.run(spec.build(spec.parse(spec.presets.PRESETS["by-hand"].text))).document()
    steps = {step.title: step.latex_numbers for step in explain.worked(made).steps}
    assert steps["Layer 2: activation"] == r"\hat{y} = \sigma\left(0.8583\right) = 0.7023"
    assert steps["Loss of this example"] == r"L = \left(1 - 0.7023\right)^2 = 0.08862"
    assert steps["Layer 2: new bias"] == r"b^{[2]} = 0.05 - 0.1 \cdot \left(-0.1245\right) = 0.06245"
    assert explain.worked(made).notes == ()


def test_an_image_is_worked_from_its_flat_numbers():
    text = """
dataset: {name: digits, standardize: minmax}
model: {layers: [{type: Flatten}, {type: Linear, out_features: 10}, {type: relu}, {type: Linear, out_features: 10}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 1, batch_size: 1797}
record: {worked_example: {sample: 0, step: 0}}
seeds: [0]
"""
    done = explain.worked(core.run(spec.build(spec.parse(text))).document())
    assert [step.title for step in done.forward][:2] == ["Layer 1: weighted sum", "Layer 1: activation"]
    assert "Dots in W[1] (10 × 64) stand for columns 7 to 63." in done.notes
