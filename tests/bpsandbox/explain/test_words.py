"""Configs, endings and cautions in words."""

import pytest

from bpsandbox import explain, messages, spec


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
def test_every_preset_has_words(name):
    found = explain.in_words(spec.parse(spec.presets.PRESETS[name].text).config)
    assert {"Data", "Network", "Loss", "Optimiser", "Training", "Seeds"} <= {row.label for row in found}


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


def test_a_loss_that_still_falls_is_good_to_know_and_no_alarm():
    document = {"seeds": [0], "warnings": [{"code": "still_falling", "seeds": [0]}, {"code": "grown", "seeds": [0]}]}
    assert explain.hints(document) == ["The run stopped while the loss still fell: train longer to see where it goes."]
    assert explain.cautions(document) == [
        "The loss was larger at the end than at the start. A smaller learning rate often helps."
    ]


def test_a_caution_of_diverged_seeds_names_the_layer_that_broke():
    stops = [{"reason": "diverged", "layer": layer} for layer in ("loss", "layers[1] Linear", "layers[1] Linear")]
    document = {"seeds": [0, 1, 2], "stop": stops, "warnings": [{"code": "diverged", "seeds": [0, 1, 2]}]}
    assert explain.cautions(document) == [
        "3 of 3 seeds diverged: a number was no longer finite. A smaller learning rate often helps. "
        "It came up first in layers[1] Linear."
    ]
    assert explain.cautions({"seeds": [0]}) == []


def test_learning_by_heart_is_told_with_its_numbers():
    check = {"n": 8, "steps": 1000, "first_loss": 1.2345, "last_loss": 0.0123456, "passed": True}
    assert explain.overfit_words(check) == (
        "The network learned 8 examples by heart: in 1,000 steps of Adam their loss fell from 1.23 to 0.0123."
    )
    assert explain.overfit_words({**check, "last_loss": None, "passed": False}) == (
        "The network did not learn 8 examples by heart: in 1,000 steps of Adam their loss went from 1.23 to ∞. "
        "Look for dead units, a layer that is too narrow, or equal inputs with different targets."
    )


SWEPT = """
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 8, activation: relu}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: SGD, lr: 0.1}
training: {epochs: 2}
sweep: {parameters: {model.layers.0.out_features: [2, 4], optimizer.lr: [0.1, 1.0]}}
"""


def test_a_sweep_tells_all_values_of_what_it_varies():
    config = spec.parse(SWEPT).config
    facts = {"data": {"n": 4, "features": 2}, "parameters": 9, "layers": [{"in_shape": [2]}]}
    said = {row.label: row.text for row in explain.in_words(config, facts)}
    assert said["Network"] == "2 → 2 / 4 relu → 1; 9 – 17 parameters"
    assert said["Optimiser"] == "SGD, lr 0.1 / 1"
    optimiser = next(formula for formula in explain.formulas(config) if formula.label == "Optimiser")
    assert optimiser.numbers == (r"\eta \in \{0.1, 1\}",)


def test_starts_that_differ_name_their_layers():
    said = {row.label: row.text for row in explain.in_words(spec.parse(SWEPT).config)}
    assert said["Start"].startswith("weights kaiming_uniform") and "(layer 0), xavier_uniform" in said["Start"]


def test_pictures_are_told_by_their_shape():
    facts = {"data": {"n": 3, "features": 4}, "layers": [{"in_shape": [1, 2, 2]}]}
    assert "3 examples of shape 1×2×2" in rows("xor", facts)["Data"]
