"""Observers: what they record, and that they change nothing."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bpsandbox.core import (
    Activations,
    Clipping,
    Gradients,
    LearningRates,
    Observer,
    OverfitTiny,
    Target,
    Trace,
    Weights,
    run,
)
from bpsandbox.core.optim.schedules import SCHEDULES

from .nets import BLOBS, XOR, experiment

ALL = (Gradients(), Activations(), Weights((0, 2, 6)))


def test_looking_changes_nothing():
    for text in (XOR, BLOBS):
        plain, watched = run(experiment(text)), run(experiment(text, observers=ALL))
        np.testing.assert_array_equal(plain.theta, watched.theta)
        assert plain.document().to_json()["curves"] == watched.document().to_json()["curves"]


class Diary(Observer):
    """Waits for steps 3 and 39, and logs every hook call."""

    def begin(self, run):
        self.lines, self.next_step = [("begin", run.step)], 3

    def before_step(self, run):
        self.lines.append(("before_step", run.step))

    def after_gradient(self, run):
        self.lines.append(("after_gradient", run.step))
        self.next_step = 39 if run.step == 3 else None

    def at_point(self, run):
        self.lines.append(("at_point", run.step))

    def leaving(self, run, rows):
        self.lines.append(("leaving", run.step, list(rows)))

    def at_end(self, run):
        self.lines.append(("at_end", run.step))


def test_the_hooks_of_an_observer_are_called_in_order_and_at_the_steps_that_it_waits_for():
    diary = Diary()
    run(experiment(XOR.replace("epochs: 40", "epochs: 40, eval_every: 20")), observers=[diary])
    assert diary.lines == [
        ("begin", 0), ("at_point", 0), ("before_step", 3), ("after_gradient", 3), ("at_point", 20),
        ("before_step", 39), ("after_gradient", 39), ("at_point", 40), ("leaving", 40, [0, 1, 2]), ("at_end", 40),
    ]  # fmt: skip


def test_an_experiment_lends_copies_of_its_observers():
    diary = Diary()
    run(experiment(XOR, observers=(diary,)))
    assert not hasattr(diary, "lines")


def test_weights_of_the_epoch_that_the_first_seed_stops_at_are_kept():
    stopping = (Target(monitor="train_loss", value=100.0),)
    kept = (
        run(experiment(BLOBS, observers=(Weights((0,)),), stopping=stopping)).document().to_json()["records"]["weights"]
    )
    assert [one["epoch"] for one in kept] == [0]


def test_gradients_are_those_of_the_step_after_the_point_before_clipping():
    trace = Trace()
    built = experiment(XOR, observers=(Gradients(),), clipping=Clipping(norm=1e-3))
    document = run(built, observers=[trace]).document().to_json()
    gradients = document["records"]["gradients"]
    first = trace.document()["first_gradient"]
    assert gradients["layers"] == [{"index": 0, "type": "Linear"}, {"index": 1, "type": "Linear"}]
    for layer in (0, 1):
        for seed in range(3):
            parts = [np.ravel(first[f"layers.{layer}.{name}"][seed]) for name in ("weight", "bias")]
            assert gradients["norms"][0][layer][seed] == pytest.approx(np.linalg.norm(np.concatenate(parts)), rel=1e-5)
    assert len(gradients["norms"]) == len(document["epochs"])
    assert gradients["norms"][-1] == [[None] * 3] * 2


def test_every_point_but_the_last_has_a_gradient_whatever_the_points():
    for training in ("epochs: 6, batch_size: 16, eval_every: 2", "steps: 11, batch_size: 16, eval_every: 4"):
        built = experiment(BLOBS.replace("epochs: 6, batch_size: 16", training), observers=(Gradients(),))
        norms = run(built).document().to_json()["records"]["gradients"]["norms"]
        assert [row[0][0] is None for row in norms] == [False] * (len(norms) - 1) + [True]


def test_a_seed_that_has_stopped_has_no_gradient():
    built = experiment(
        XOR.replace("epochs: 40", "epochs: 3000, eval_every: 10"),
        observers=ALL, seeds=tuple(range(6)), stopping=(Target(monitor="train_loss", value=0.05),),
    )  # fmt: skip
    document = run(built).document().to_json()
    for point, row in enumerate(document["records"]["gradients"]["norms"]):
        for seed, stop in enumerate(document["stop"]):
            assert (row[0][seed] is None) == (document["steps"][point] >= stop["step"])
    means = document["records"]["activations"]["mean"]
    assert [row[0] is None for row in means] == [step > document["stop"][0]["step"] for step in document["steps"]]


def test_activations_are_the_outputs_of_layers_with_their_activation():
    built = experiment(XOR, observers=ALL, seeds=(0,))
    document = run(built).document().to_json()
    activations = document["records"]["activations"]
    weights = document["records"]["network"]["weights"]
    w = {item["name"]: np.array(item["value"]) for item in weights}
    x = built.train.x
    hidden = 1 / (1 + np.exp(-(x @ w["layers.0.weight"].T + w["layers.0.bias"])))
    assert activations["layers"] == [{"index": 0, "type": "Linear"}, {"index": 1, "type": "Linear"}]
    assert (activations["seed"], activations["examples"]) == (0, 4)
    assert activations["mean"][-1][0] == pytest.approx(hidden.mean(), rel=1e-5)
    assert activations["std"][-1][0] == pytest.approx(hidden.std(), rel=1e-5)
    assert activations["saturated"][-1][0] == np.mean((hidden < 0.01) | (hidden > 0.99))


def test_dead_and_silent_units_are_counted():
    text = BLOBS.replace("activation: tanh", "activation: relu, bias_init: {type: constant, value: -100.0}")
    activations = run(experiment(text, observers=ALL)).document().to_json()["records"]["activations"]
    assert (activations["zero"][0][0], activations["dead"][0][0]) == (1.0, 1.0)
    assert activations["saturated"][0] == [0.0, 0.0]


def test_weights_are_kept_at_their_epochs_and_when_the_first_seed_stops():
    built = experiment(BLOBS, observers=ALL)
    result = run(built)
    kept = result.document().to_json()["records"]["weights"]
    assert [one["epoch"] for one in kept] == [0, 2, 6]
    last = {tensor["name"]: tensor["value"] for tensor in kept[-1]["weights"]}
    named = built.network.named(result.theta)
    assert last == {name: value[0].tolist() for name, value in named.items()}
    early = run(replace(built, stopping=(Target(monitor="train_loss", value=100.0),)))
    assert [one["epoch"] for one in early.document().to_json()["records"]["weights"]] == [0]


def test_the_learning_rate_is_that_of_the_step_after_the_point():
    schedule = SCHEDULES["StepLR"](step_size=2, gamma=0.5)
    records = run(experiment(BLOBS, schedule=schedule, observers=(LearningRates(),))).document().to_json()["records"]
    assert records["learning_rate"] == [0.02, 0.02, 0.01, 0.01, 0.005, 0.005, 0.0025]
    assert "learning_rate" not in run(experiment(BLOBS)).document().to_json()["records"]
    scheduled = experiment(BLOBS + "lr_scheduler: {type: StepLR, step_size: 2, gamma: 0.5}\n")
    assert run(scheduled).document().to_json()["records"]["learning_rate"] == records["learning_rate"]


def test_a_plateau_has_a_rate_for_each_seed():
    schedule = SCHEDULES["ReduceLROnPlateau"](factor=0.5, patience=0, threshold=0.9)
    rates = (
        run(experiment(BLOBS, schedule=schedule, observers=(LearningRates(),)))
        .document()
        .to_json()["records"]["learning_rate"]
    )
    assert rates[0] == [0.02] * 4
    assert all(len(row) == 4 and min(row) < 0.02 for row in rates[3:])


TINY = OverfitTiny()


def test_a_healthy_network_learns_a_few_examples_by_heart():
    for text in (XOR, BLOBS, BLOBS.replace("CrossEntropyLoss", "CrossEntropyLoss, label_smoothing: 0.1")):
        tiny = run(experiment(text, observers=(TINY,))).document().to_json()["checks"]["overfit_tiny"]
        assert tiny["passed"], tiny
        assert tiny["last_loss"] <= 0.01 * tiny["first_loss"]
        assert tiny["steps"] <= tiny["most_steps"] == 1000


def test_a_network_that_cannot_does_not():
    text = BLOBS.replace("activation: tanh", "activation: relu, bias_init: {type: constant, value: -100.0}")
    tiny = run(experiment(text, observers=(TINY,))).document().to_json()["checks"]["overfit_tiny"]
    assert (tiny["passed"], tiny["steps"], tiny["n"]) == (False, 1000, 8)


def test_learning_by_heart_changes_nothing_of_the_run():
    plain, checked = run(experiment(BLOBS)), run(experiment(BLOBS, observers=(TINY,)))
    np.testing.assert_array_equal(plain.theta, checked.theta)


def test_the_least_loss_of_smoothed_targets_is_their_entropy():
    built = experiment(BLOBS.replace("CrossEntropyLoss", "CrossEntropyLoss, label_smoothing: 0.3"))
    right, wrong = 0.7 + 0.1, 0.1
    entropy = -(right * math.log(right) + 2 * wrong * math.log(wrong))
    assert built.loss.floor(built.train.y[np.newaxis]) == pytest.approx(entropy)
