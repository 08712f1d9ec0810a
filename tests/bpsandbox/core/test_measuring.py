"""Evaluation uses the running statistics of training, and changes nothing."""

import numpy as np
import pytest

from bpsandbox.core import Plan, run
from bpsandbox.core.train.evaluation import Evaluation
from bpsandbox.core.train.session import Session

from .every import CASES, experiment_of


def stored(document):
    network = document["records"]["network"]
    return {entry["name"]: np.array(entry["value"]) for entry in network["weights"] + network.get("state", [])}


def test_the_final_loss_of_batch_norm_is_that_of_the_stored_running_statistics():
    built = experiment_of(CASES["BatchNorm1d"])
    document = run(built).document().to_json()
    tensors, val = stored(document), built.parts["val"]
    z = val.x @ tensors["layers.0.weight"].T + tensors["layers.0.bias"]
    xhat = (z - tensors["layers.1.running_mean"]) / np.sqrt(tensors["layers.1.running_var"] + 1e-5)
    a = np.tanh(xhat * tensors["layers.1.weight"] + tensors["layers.1.bias"])
    p = a @ tensors["layers.3.weight"].T + tensors["layers.3.bias"]
    assert document["final"]["val_loss"][0] == pytest.approx(np.mean((p - val.y) ** 2), rel=1e-12)
    assert document["curves"]["val_loss"][-1] == document["final"]["val_loss"]


def test_dropout_drops_nothing_when_measured():
    built = experiment_of(CASES["Dropout"])
    document = run(built).document().to_json()
    tensors, val = stored(document), built.parts["val"]
    a = np.tanh(val.x @ tensors["layers.0.weight"].T + tensors["layers.0.bias"])
    p = a @ tensors["layers.3.weight"].T + tensors["layers.3.bias"]
    assert document["final"]["val_loss"][0] == pytest.approx(np.mean((p - val.y) ** 2), rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_measuring_changes_nothing(name):
    session = Session(experiment_of(CASES[name], plan=Plan(epochs=2, batch_size=8)))
    session.advance(2)
    before = session.stack.network.values.copy()
    streams = [rng.bit_generator.state for rng in session.stack.streams]
    evaluation = Evaluation(session.stack.network, session.experiment, None)
    first, second = evaluation.measure(), evaluation.measure()
    assert {name: row.tolist() for name, row in first.items()} == {name: row.tolist() for name, row in second.items()}
    np.testing.assert_array_equal(session.stack.network.values, before)
    assert [rng.bit_generator.state for rng in session.stack.streams] == streams
