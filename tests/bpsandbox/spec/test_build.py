"""From a spec to the objects that train."""

import numpy as np
import pytest

from bpsandbox import core, spec
from bpsandbox.core import DecisionBoundary, run
from bpsandbox.core.nn.layers import LAYERS
from bpsandbox.spec.build.data import make_dataset
from bpsandbox.spec.facts import facts_of
from bpsandbox.spec.language import dataset, initialisation, loss, optimizer
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS

from .configs import XOR


def built(text):
    return spec.build(spec.parse(text))


@pytest.mark.parametrize("name", dataset.NAMED.records)
def test_facts_are_those_of_the_data_that_is_made(name):
    block = dict(spec.parse(generic(name)).config["dataset"])
    made, _raw = make_dataset(block)
    facts = facts_of({"features": None, **block})
    assert (facts.n, facts.shape, facts.classes) == (len(made), made.shape, len(made.labels))
    assert facts.targets == (1 if made.is_classified else made.y.shape[1])
    assert not facts.are_shares or set(np.unique(made.y)) == {0.0, 1.0}
    assert np.isfinite(made.x).all()
    assert made.name == name


def generic(name):
    fields = dataset.NAMED.records[name].fields
    facts = facts_of({"name": name, **{field: known.default for field, known in fields.items()}})
    layers = f"[Flatten, {{type: Linear, out_features: {facts.classes or facts.targets}}}]"
    loss_name = "CrossEntropyLoss" if facts.classes else "MSELoss"
    return f"dataset: {{name: {name}}}\nmodel: {{layers: {layers}}}\nloss: {loss_name}\n"


@pytest.mark.parametrize("name", [name for name in initialisation.INIT.records if name not in ("values", "constant")])
def test_every_start_can_be_written(name):
    experiment = built(XOR + f"init: {name}\n")
    theta = experiment.network.draw((0, 1), experiment.initializers)
    assert np.isfinite(theta).all()
    assert np.array_equal(theta[0], theta[1]) == (name in ("zeros", "ones"))


def test_values_are_the_same_for_every_seed():
    init = "init: {type: values, values: [[1, 2], [3, 4], [5, 6]]}, bias_init: {type: constant, value: 7}"
    experiment = built(XOR.replace("out_features: 3,", f"out_features: 3, {init},"))
    theta = experiment.network.draw((0, 1), experiment.initializers)
    named = experiment.network.named(theta)
    assert named["layers.0.weight"].tolist() == [[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]] * 2
    assert named["layers.0.bias"].tolist() == [[7.0] * 3] * 2


@pytest.mark.parametrize("name", optimizer.OPTIMIZER.records)
def test_every_optimizer_trains(name):
    assert trains(XOR + f"optimizer: {name}\n")


@pytest.mark.parametrize(("name", "fields"), [("StepLR", "step_size: 2"), ("MultiStepLR", "milestones: [1, 2]"),
    ("ExponentialLR", "gamma: 0.9"), ("CosineAnnealingLR", ""), ("LinearLR", ""), ("PolynomialLR", "per: step"),
    ("ReduceLROnPlateau", "patience: 0"), ("OneCycleLR", "max_lr: 0.1")])  # fmt: skip
def test_every_schedule_trains(name, fields):
    assert trains(XOR + f"lr_scheduler: {{type: {name}{', ' if fields else ''}{fields}}}\n")


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "step"])
def test_every_activation_trains_on_a_layer_and_by_itself(name):
    assert trains(XOR.replace("sigmoid", name, 1))
    assert trains(
        XOR.replace(
            "    - {type: Linear, out_features: 1", f"    - {{type: {name}}}\n    - {{type: Linear, out_features: 1"
        )
    )


@pytest.mark.parametrize("name", loss.LOSS.records)
def test_every_loss_trains(name):
    outputs = 2 if name in ("CrossEntropyLoss", "hinge") else 1
    last = f"out_features: {outputs}" + (", activation: sigmoid" if name == "BCELoss" else "")
    assert trains(XOR.replace("out_features: 1, activation: sigmoid", last).replace("MSELoss", name))


def trains(text):
    """Run a few epochs and assert finite numbers."""
    document = run(built(text + "training: {epochs: 4}\n")).document().to_json()
    return all(value is not None for values in document["final"].values() for value in values)


def test_features_and_scaling_reach_the_boundary():
    text = XOR.replace("{name: xor}", "{name: circle, features: [x^2, y^2], standardize: standard}")
    experiment = built(text + "record: {decision_boundary: [0]}\n")
    assert experiment.train.x.mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    boundary = next(each for each in experiment.observers if isinstance(each, DecisionBoundary))
    again = boundary.prepare(boundary.raw.x)
    np.testing.assert_allclose(again, experiment.train.x)
    picture = run(experiment).document().to_json()["records"]["decision_boundary"][0]
    assert len(picture["values"]) == picture["n"] == 48
    assert {value for row in picture["values"] for value in row} <= {0, 1}


def test_scaling_is_fitted_on_the_training_part_alone():
    text = XOR.replace("{name: xor}", "{name: circle, standardize: minmax, split: {val: 0.3, test: 0.2}}")
    parts = built(text).parts
    assert [len(parts[part]) for part in ("train", "val", "test")] == [100, 60, 40]
    assert (parts["train"].x.min(), parts["train"].x.max()) == (0.0, 1.0)
    assert parts["val"].x.min() < 0.0 or parts["val"].x.max() > 1.0 or parts["test"].x.max() != 1.0


def test_the_document_has_the_shape_that_others_read():
    text = XOR + "metrics: [accuracy, confusion_matrix]\ntraining: {epochs: 3}\n"
    document = run(built(text)).document().to_json()
    assert set(document) == {"spec_hash", "engine", "seeds", "epochs", "steps", "curves", "final", "best",
        "best_epoch", "stop", "checks", "warnings", "findings",
        "records", "data", "parameters", "layers", "provenance"}  # fmt: skip
    assert document["spec_hash"] == spec.parse(text).hash
    assert list(document["curves"]) == ["train_loss", "train_accuracy"]
    assert document["layers"][0] == {"index": 0, "type": "Linear", "in": 2, "out": 3, "in_shape": [2], "out_shape": [3],
        "activation": "sigmoid", "parameters": 9, "remembered": 0, "multiply_adds": 6}  # fmt: skip
    assert document["records"]["confusion_matrix"]["split"] == "train"
    assert document["parameters"] == 13
    assert document["data"] == {"name": "xor", "n": 4, "train": 4, "val": 0, "test": 0, "features": 2, "shape": [2],
        "hash": document["provenance"]["data_hash"], "classes": 2, "chance_loss": 0.25}  # fmt: skip


@pytest.mark.parametrize(("act", "error", "message"), [
    (spec.build, spec.NotParsed,
     "spec.build takes a Spec, not a text. Parse it first: spec.build(spec.parse(text))."),
    (spec.price, spec.NotParsed,
     "spec.price takes a Spec, not a text. Parse it first: spec.price(spec.parse(text))."),
    (core.train, core.NotAnExperiment,
     "Only an Experiment or a Sweep can be trained, not a text. Parse and build a config first: "
     "spec.build(spec.parse(text))."),
    (core.run, core.NotAnExperiment,
     "Only an Experiment or a Sweep can be trained, not a text. Parse and build a config first: "
     "spec.build(spec.parse(text))."),
])  # fmt: skip
def test_a_text_that_was_not_parsed_is_answered_with_a_sentence(act, error, message):
    with pytest.raises(error) as raised:
        act(XOR)
    assert str(raised.value) == message


def test_a_spec_that_was_not_built_is_named():
    with pytest.raises(core.NotAnExperiment, match="not a Spec"):
        core.train(spec.parse(XOR))


def test_the_core_exports_every_layer():
    assert {name: getattr(core, name) for name in LAYERS} == LAYERS
