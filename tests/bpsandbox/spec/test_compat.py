"""`compat` selects another library's defaults and conventions, and writes them out."""

import pytest

from bpsandbox import spec

from .configs import only

IRIS = """dataset: {name: iris}
model: {layers: [{type: Linear, out_features: 3, activation: softmax}]}
loss: {type: CrossEntropyLoss}
compat: keras
"""
SINE = """dataset: {name: sine}
model: {layers: [{type: Linear, out_features: 8, activation: tanh}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
"""

KERAS = {
    "SGD": {"lr": 0.01, "momentum_form": "updates"},
    "Adam": {"lr": 1e-3, "eps": 1e-7, "eps_place": "uncorrected"},
    "AdamW": {"lr": 1e-3, "eps": 1e-7, "eps_place": "uncorrected"},
    "RMSprop": {"lr": 1e-3, "alpha": 0.9, "eps": 1e-7, "eps_place": "inside", "momentum_form": "updates"},
    "Adagrad": {"lr": 1e-3, "eps": 1e-7, "eps_place": "inside", "initial_accumulator_value": 0.1},
    "Adadelta": {"lr": 1e-3, "rho": 0.95, "eps": 1e-7},
    "NAdam": {"lr": 1e-3, "eps": 1e-7, "momentum_decay": 1.0},
    "Adamax": {"lr": 1e-3, "eps": 1e-7, "eps_place": "outside"},
    "Lion": {"lr": 1e-3},
}


@pytest.mark.parametrize("name", KERAS)
def test_keras_has_its_own_forms_of_every_optimizer(name):
    momentum = ", momentum: 0.9" if name in ("SGD", "RMSprop") else ""
    parsed = spec.parse(IRIS + f"optimizer: {{type: {name}, weight_decay: 0.01{momentum}}}\n")
    always = {} if name in ("AdamW", "Lion") else {"decoupled_weight_decay": True}
    assert parsed.config["optimizer"].items() >= (KERAS[name] | always).items()


def test_what_is_written_stays_as_it_is_written():
    parsed = spec.parse(IRIS + "optimizer: {type: Adam, epsilon: 1.0e-8, eps_place: corrected, lr: 0.5}\n")
    assert parsed.config["optimizer"]["eps"] == 1e-8
    assert parsed.config["optimizer"]["lr"] == 0.5
    assert "eps_place" not in parsed.config["optimizer"]


def test_the_canonical_form_says_all_of_it_without_compat():
    parsed = spec.parse(IRIS + "optimizer: {type: RMSprop, momentum: 0.9}\nregularization: {l2: 0.1}\n")
    assert "compat" not in parsed.config
    assert spec.parse(parsed.to_json()).hash == parsed.hash


def test_a_note_tells_what_was_chosen():
    assert spec.parse(SINE + "compat: textbook\noptimizer: {type: SGD, momentum: 0.9}\n").notes == (
        "compat: textbook chooses optimizer.momentum_form: updates, loss.factor: 0.5, loss.reduction: batchmean.",
    )


def test_pytorch_is_the_default_and_chooses_nothing():
    parsed = spec.parse(SINE + "compat: torch\n")
    assert parsed.hash == spec.parse(SINE).hash
    assert parsed.notes == ()


def test_keras_takes_probabilities():
    parsed = spec.parse(IRIS)
    assert parsed.config["loss"]["from_logits"] is False
    found = only(IRIS.replace(", activation: softmax", ""))
    assert found.message == (
        "With from_logits: false CrossEntropyLoss takes probabilities, but the last layer ends with identity. End with "
        "softmax, or write from_logits: true."
    )
    spec.parse(
        IRIS.replace(", activation: softmax", "").replace("CrossEntropyLoss", "CrossEntropyLoss, from_logits: true")
    )


def test_keras_means_the_share_of_the_old_by_momentum_and_twice_our_l2():
    text = IRIS.replace("layers: [", "layers: [{type: BatchNorm1d, momentum: 0.9}, {type: BatchNorm1d}, ")
    layers = spec.parse(text).config["model"]["layers"]
    assert [layer["momentum"] for layer in layers[:2]] == [0.1, 0.01]
    assert [(layer["eps"], layer["unbiased"]) for layer in layers[:2]] == [(1e-3, False)] * 2
    assert spec.parse(IRIS + "regularization: {l2: 0.1}\n").config["regularization"]["l2"] == 0.2


def test_scikit_learn_has_batches_of_200_and_a_penalty_by_sample():
    config = spec.parse(SINE.replace("sine", "sine, n_samples: 500") + "compat: sklearn\n").config
    assert config["training"]["batch_size"] == 200
    assert config["regularization"] == {"bias": False, "l1": 0.0, "l2": 1e-4, "per_sample": True}
    assert config["optimizer"].items() >= {"lr": 1e-3, "momentum": 0.9, "nesterov": True}.items()


def test_scikit_learn_without_momentum_has_no_nesterov():
    config = spec.parse(SINE + "compat: sklearn\noptimizer: {type: SGD, momentum: 0}\n").config
    assert config["optimizer"]["nesterov"] is False


def test_a_penalty_that_is_written_as_none_is_none():
    config = spec.parse(SINE + "compat: sklearn\nregularization: {alpha: 0}\n").config
    assert config["regularization"] == {"bias": False, "l1": 0.0, "l2": 0.0}


def test_alpha_and_l2_are_one():
    found = only(SINE + "regularization: {alpha: 0.1, l2: 0.1}\n")
    assert (found.path, found.message) == (
        "regularization.alpha",
        "alpha is another way to write l2: write one of them.",
    )


def test_compat_with_mistakes_elsewhere_tells_those_alone():
    found = only(SINE.replace("MSELoss", "MSELos") + "compat: sklearn\n")
    assert found.path == "loss.type"
