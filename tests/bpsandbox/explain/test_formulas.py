"""Formulas of exactly what a config uses."""

import pytest

from bpsandbox import explain, spec
from bpsandbox.explain.formulas import loss_formula, optimizer_formula
from bpsandbox.explain.formulas.activations import FORMULAS as ACTIVATIONS
from bpsandbox.explain.formulas.layers import FORMULAS as LAYERS
from bpsandbox.explain.formulas.start import LIBRARIES, STARTS
from bpsandbox.explain.formulas.training import SCHEDULES
from bpsandbox.spec.language import activation, initialisation, layer, loss, optimizer

VIEWS = {"Flatten", "Reshape"}
CONFIG = """
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 1}]}
loss: {type: MSELoss}
"""


def names(text: str) -> list[str]:
    return [formula.name for formula in explain.formulas(spec.parse(text).config)]


def test_the_language_has_no_word_without_a_formula():
    assert set(layer.RECORDS) - VIEWS == set(LAYERS)
    assert set(activation.RECORDS) - {"identity"} == set(ACTIVATIONS)
    assert set(initialisation.INIT.records) - {"values"} == {*STARTS, *LIBRARIES}
    assert set(optimizer.SCHEDULER.records) == set(SCHEDULES)
    for kind in loss.LOSS.records:
        assert loss_formula({"type": kind}).startswith("L = ")
    for kind in optimizer.OPTIMIZER.records:
        assert r"w \leftarrow" in optimizer_formula({"type": kind, "lr": 1})


def test_only_what_a_config_uses_has_a_formula():
    assert names(CONFIG) == ["Linear", "xavier_uniform", "MSELoss", "SGD"]


def test_what_is_used_twice_is_told_once():
    twice = CONFIG.replace(
        "[{type: Linear, out_features: 1}]", "[{type: Linear, out_features: 2}, {type: Linear, out_features: 1}]"
    )
    assert names(twice) == names(CONFIG)


@pytest.mark.parametrize("name", list(spec.presets.PRESETS))
def test_every_preset_has_its_formulas(name):
    labels = {formula.label for formula in explain.formulas(spec.parse(spec.presets.PRESETS[name].text).config)}
    assert {"Layer", "Loss", "Optimiser"} <= labels


def test_the_formula_has_the_choices_of_the_config():
    text = CONFIG.replace("{type: MSELoss}", "{type: MSELoss, factor: 0.5, reduction: sum}")
    text += "optimizer: {type: SGD, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.01}\n"
    *_, found_loss, found = explain.formulas(spec.parse(text).config)
    assert found_loss.lines == (r"L = 0.5 \cdot \sum_i (\hat{y}_i - y_i)^2",)
    assert found.lines == (
        r"g = \frac{\partial L}{\partial w} + \lambda w", r"v \leftarrow \mu v + g",
        r"w \leftarrow w - \eta (g + \mu v)"
    )  # fmt: skip
    assert found.numbers == (r"\eta = 0.1", r"\mu = 0.9", r"\lambda = 0.01")


def test_truncation_is_told_with_its_steps():
    text = """
dataset: {name: adding}
model: {layers: [{type: GRU, hidden_size: 4, truncate: 3}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
"""
    gru = explain.formulas(spec.parse(text).config)[0]
    assert r"\bmod \tau" in gru.lines[-1] and "every τ = 3 steps" in gru.note
    assert r"r \odot (W_{hn} h_{k-1})" in gru.lines[2]


def test_keras_means_another_batch_norm_and_adam():
    text = """
compat: keras
dataset: {name: moons}
model: {layers: [{type: BatchNorm1d}, {type: Linear, out_features: 2, activation: softmax}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: Adam}
"""
    found = {formula.name: formula for formula in explain.formulas(spec.parse(text).config)}
    assert not any("N - 1" in line for line in found["BatchNorm1d"].lines)
    assert (
        r"\sqrt{v} + \varepsilon" in found["Adam"].lines[-1] and r"\log \hat{y}" in found["CrossEntropyLoss"].lines[0]
    )


def test_a_hinge_of_several_classes_is_another():
    assert "z_{i y_i}" in loss_formula({"type": "hinge"}, outputs=3)
    assert "z_{i y_i}" not in loss_formula({"type": "hinge"})


@pytest.mark.parametrize(("optimizer", "latex"), [
    ({"type": "SGD", "momentum": 0.9, "momentum_form": "updates"},
     r"g = \frac{\partial L}{\partial w}, \quad v \leftarrow \mu v - \eta g, \quad w \leftarrow w + v"),
    ({"type": "SGD", "weight_decay": 0.1, "decoupled_weight_decay": True},
     r"g = \frac{\partial L}{\partial w}, \quad w \leftarrow (1 - \eta \lambda) w, \quad w \leftarrow w - \eta g"),
    ({"type": "Adagrad", "eps_place": "inside"},
     r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta \, \frac{g}{\sqrt{s + \varepsilon}}"),
    ({"type": "Adadelta", "weight_decay": 0.1, "decoupled_weight_decay": True},
     r"w \leftarrow (1 - \eta \lambda) w, \quad v \leftarrow \rho v + (1 - \rho) g^2, \quad \Delta = \frac{\sqrt{u + "
     r"\varepsilon}}{\sqrt{v + \varepsilon}} g, \quad u \leftarrow \rho u + (1 - \rho) \Delta^2, "
     r"\quad w \leftarrow w - \eta \Delta"),
])  # fmt: skip
def test_forms_of_other_libraries_have_their_own_formulas(optimizer, latex):
    assert optimizer_formula(optimizer) == latex


def test_losses_by_sample_and_of_probabilities_say_so():
    assert loss_formula({"type": "CrossEntropyLoss", "from_logits": False}) == (
        r"L = -\frac{1}{N} \sum_i \sum_k t_{ik} \log \hat{y}_{ik}"
    )
    assert loss_formula({"type": "MSELoss", "factor": 0.5, "reduction": "batchmean"}).startswith(
        r"L = 0.5 \cdot \frac{1}{N} \sum_n \sum_i"
    )
