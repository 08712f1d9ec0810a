"""Configs, endings and cautions in words."""

import pytest

from bpsandbox import explain, messages, spec
from bpsandbox.explain.formulas import loss_formula, optimizer_formula


def rows(name: str, document=None) -> dict[str, str]:
    return {
        row.label: row.text for row in explain.in_words(spec.parse(spec.presets.PRESETS[name].text).config, document)
    }


def test_a_config_in_words():
    facts = {"data": {"n": 4, "features": 2}, "parameters": 13}
    assert rows("xor", facts) == {
        "Data": "xor, 4 examples of 2 numbers",
        "Network": "2 → 3 sigmoid → 1 sigmoid; 13 parameters",
        "Start": "weights torch_default; biases torch_default",
        "Loss": "MSELoss",
        "Optimiser": "SGD, lr 2",
        "Training": "5,000 epochs, all examples at once",
        "Seeds": "16, from 0 to 15",
        "Stops early": "when train_loss reaches 0.0005",
        "Numbers": "float64",
    }


@pytest.mark.parametrize("name", list(spec.presets.PRESETS))
def test_every_preset_has_words_and_formulas(name):
    found = explain.in_words(spec.parse(spec.presets.PRESETS[name].text).config)
    assert {"Data", "Network", "Loss", "Optimiser", "Training", "Seeds"} <= {row.label for row in found}
    assert all(row.latex for row in found if row.label in ("Loss", "Optimiser"))


def test_the_formula_has_the_choices_of_the_config():
    text = """
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 1}]}
loss: {type: MSELoss, factor: 0.5, reduction: sum}
optimizer: {type: SGD, lr: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.01}
"""
    latex = {row.label: row.latex for row in explain.in_words(spec.parse(text).config)}
    assert latex["Loss"] == r"L = 0.5 \cdot \sum_i (\hat{y}_i - y_i)^2"
    assert r"+ \lambda w" in latex["Optimiser"] and r"\eta (g + \mu v)" in latex["Optimiser"]


def stops(*pairs):
    return {"stop": [{"reason": reason, "epoch": epoch, "step": epoch} for reason, epoch in pairs]}


@pytest.mark.parametrize(
    "made, sentence",
    [
        (stops(("epochs", 5000), ("epochs", 5000)), "Stopped after all 5,000 epochs."),
        (stops(("target", 1200)), "Stopped at epoch 1,200: target reached."),
        (stops(("target", 1200), ("target", 900)), "Every seed stopped between epochs 900 and 1,200: target reached."),
        (
            stops(("target", 12), ("epochs", 50), ("target", 9)),
            "2 of 3 seeds: target reached; 1 of 3 seeds: all epochs done",
        ),
        (stops(("steps", 1)), "Stopped after one step."),
        ({"stop": []}, ""),
    ],
)  # fmt: skip
def test_why_a_run_stopped(made, sentence):
    assert explain.ending(made) == sentence


def test_cautions_speak_the_readers_language():
    warning = {"code": "still_falling", "message": "engine's words", "seeds": [1, 2]}
    with messages.speaking(lambda text: "{count}/{seeds}!" if "still fell" in text else text):
        assert explain.caution(warning, 5) == "2/5!"
    assert explain.caution({"code": "new", "message": "engine's words"}, 5) == "engine's words"


def test_a_caution_of_diverged_seeds_names_the_layer_that_broke():
    stops = [{"reason": "diverged", "layer": layer} for layer in ("loss", "layers[1] Linear", "layers[1] Linear")]
    document = {"seeds": [0, 1, 2], "stop": stops, "warnings": [{"code": "diverged", "seeds": [0, 1, 2]}]}
    assert explain.cautions(document) == [
        "3 of 3 seeds diverged: a number was no longer finite. A smaller learning rate often helps. "
        "It came up first in layers[1] Linear."
    ]
    assert explain.cautions({"seeds": [0]}) == []


@pytest.mark.parametrize(("optimizer", "latex"), [
    ({"type": "SGD", "momentum": 0.9, "momentum_form": "updates"},
     r"g = \frac{\partial L}{\partial w}, \quad v \leftarrow \mu v - \eta g, \quad w \leftarrow w + v"),
    ({"type": "SGD", "weight_decay": 0.1, "decoupled_weight_decay": True},
     r"g = \frac{\partial L}{\partial w}, \quad w \leftarrow (1 - \eta \lambda) w, \quad w \leftarrow w - \eta g"),
    ({"type": "Adagrad", "eps_place": "inside"},
     r"s \leftarrow s + g^2, \quad w \leftarrow w - \eta \, \frac{g}{\sqrt{s + \varepsilon}}"),
    ({"type": "Adadelta", "weight_decay": 0.1, "decoupled_weight_decay": True},
     r"w \leftarrow (1 - \eta \lambda) w, \quad v \leftarrow \rho v + (1 - \rho) g^2, \quad \Delta = \frac{\sqrt{u + "
     r"\varepsilon}}{\sqrt{v + \varepsilon}} g, \quad u \leftarrow \rho u + (1 - \rho) \Delta^2, \quad w \leftarrow w - "
     r"\eta \Delta"),
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


def test_learning_by_heart_is_told_with_its_numbers():
    check = {"n": 8, "steps": 1000, "first_loss": 1.2345, "last_loss": 0.0123456, "passed": True}
    assert explain.overfit_words(check) == (
        "The network learned 8 examples by heart: in 1,000 steps of Adam their loss fell from 1.23 to 0.0123."
    )
    assert explain.overfit_words({**check, "last_loss": None, "passed": False}) == (
        "The network did not learn 8 examples by heart: in 1,000 steps of Adam their loss went from 1.23 to ∞. Look for "
        "dead units, a layer that is too narrow, or equal inputs with different targets."
    )
