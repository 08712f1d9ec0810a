"""`compat` against scikit-learn's numbers and the formulas of Keras and of textbooks."""

import json
from pathlib import Path

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import Trace, run
from bpsandbox.core.nn.losses import CrossEntropyOfProbabilities

RECORDED = json.loads((Path(__file__).parent / "recorded" / "sklearn_mlp.json").read_text())["runs"]
LOSSES = {("regressor", 1): "MSELoss", ("regressor", 2): "MSELoss", ("classifier", 3): "CrossEntropyLoss",
          ("classifier", 1): "BCEWithLogitsLoss"}  # fmt: skip


def trained(config):
    trace = Trace()
    result = run(spec.build(spec.parse(json.dumps(config))), observers=[trace])
    return result.document().to_json(), trace.document()


def linear(start, activation="identity"):
    values = {name: {"type": "values", "values": start[name]} for name in ("weight", "bias")}
    size = len(start["bias"])
    layer = {"type": "Linear", "out_features": size, "init": values["weight"], "bias_init": values["bias"]}
    return layer if activation == "identity" else {**layer, "activation": activation}


def sklearn_config(recorded):
    case = recorded["case"]
    optimizer = {"type": {"sgd": "SGD", "adam": "Adam"}[case["solver"]], "learning_rate_init": 0.05}
    if "momentum" in case:
        optimizer["momentum"] = case["momentum"]
    y = recorded["y"] if case["kind"] == "classifier" or case["outputs"] > 1 else [row[0] for row in recorded["y"]]
    return {
        "compat": "sklearn",
        "seed": 0,
        "dataset": {"points": {"x": recorded["x"], "y": y}},
        "model": {"layers": [linear(recorded["start"][0], "tanh"), linear(recorded["start"][1])]},
        "loss": LOSSES[case["kind"], case["outputs"]],
        "regularization": {"alpha": case["alpha"]},
        "optimizer": optimizer,
        "training": {"epochs": len(recorded["losses"]), "batch_size": case["batch_size"], "shuffle": False},
    }


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: " ".join(map(str, one["case"].values())))
def test_networks_end_where_scikit_learns_do(recorded):
    _, trace = trained(sklearn_config(recorded))
    for i, layer in enumerate(recorded["end"]):
        for name, value in layer.items():
            np.testing.assert_allclose(trace["end"][f"layers.{i}.{name}"][0], value, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: " ".join(map(str, one["case"].values())))
def test_an_epochs_mean_objective_is_scikit_learns_loss(recorded):
    """scikit-learn reports the mean over outputs of its objective, hence the division."""
    _, trace = trained(sklearn_config(recorded))
    case, n = recorded["case"], len(recorded["x"])
    starts = range(0, n, case["batch_size"])
    sizes = np.array([min(case["batch_size"], n - start) for start in starts])
    losses = np.array([step["loss"][0] for step in trace["steps"]]).reshape(-1, len(sizes))
    if (case["kind"], case["outputs"]) != ("regressor", 2):
        np.testing.assert_allclose(losses @ sizes / n, recorded["losses"], rtol=1e-10)


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: " ".join(map(str, one["case"].values())))
def test_scikit_learn_still_says_so_where_it_is_installed(recorded):
    pytest.importorskip("sklearn")
    from .recorded.sklearn_mlp import play

    live = play(recorded["case"])
    assert live["start"] == recorded["start"]
    np.testing.assert_allclose(live["losses"], recorded["losses"], rtol=1e-12)
    for mine, theirs in zip(live["end"], recorded["end"], strict=True):
        np.testing.assert_allclose(mine["weight"], theirs["weight"], rtol=1e-12)


POINT = {"weight": [[0.5, -0.3], [0.2, 0.7]], "bias": [0.1, -0.2]}


def one_step(**blocks):
    """Run a linear layer of two outputs for one step of SGD on three points; return w before and after."""
    config = {
        "seed": 0,
        "dataset": {
            "points": {"x": [[1.0, 2.0], [0.5, -1.0], [-1.5, 0.25]], "y": [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]}
        },
        "model": {"layers": [linear(POINT)]},
        "loss": "MSELoss",
        "optimizer": {"type": "SGD", "lr": 0.1},
        "training": {"epochs": 1, "batch_size": "full"},
        **blocks,
    }
    document, trace = trained(config)
    x, y = (np.array(config["dataset"]["points"][name]) for name in "xy")
    return document, np.array(trace["end"]["layers.0.weight"][0]), x, y


def error(x, y):
    return x @ np.array(POINT["weight"]).T + np.array(POINT["bias"]) - y


@pytest.mark.parametrize("compat", ["textbook", "sklearn"])
def test_half_a_sum_of_squares_a_sample(compat):
    document, w, x, y = one_step(compat=compat, regularization={"l2": 0.0})
    d = error(x, y)
    assert document["curves"]["train_loss"][0][0] == pytest.approx(0.5 * (d**2).sum() / 3)
    momentum = 1.9 if compat == "sklearn" else 1.0  # Nesterov's first step is 1 + mu times as long
    np.testing.assert_allclose(w, np.array(POINT["weight"]) - momentum * 0.1 * d.T @ x / 3, rtol=1e-12)


@pytest.mark.parametrize("compat", ["torch", "keras"])
def test_a_mean_over_all_numbers(compat):
    document, w, x, y = one_step(compat=compat)
    d = error(x, y)
    assert document["curves"]["train_loss"][0][0] == pytest.approx((d**2).mean())
    np.testing.assert_allclose(w, np.array(POINT["weight"]) - 0.1 * 2.0 * d.T @ x / 6, rtol=1e-12)


@pytest.mark.parametrize(("compat", "penalty"), [("torch", 0.05), ("keras", 0.1), ("textbook", 0.05)])
def test_l2_has_a_half_but_in_keras(compat, penalty):
    document, *_ = one_step(compat=compat, regularization={"l2": 0.1})
    squares = (np.array(POINT["weight"]) ** 2).sum()
    start = {name: document["curves"][name][0][0] for name in ("train_loss", "data_loss")}
    assert start["train_loss"] - start["data_loss"] == pytest.approx(penalty * squares)


def test_alpha_is_divided_by_the_number_of_examples():
    document, *_ = one_step(regularization={"alpha": 0.1})
    squares = (np.array(POINT["weight"]) ** 2).sum()
    start = {name: document["curves"][name][0][0] for name in ("train_loss", "data_loss")}
    assert start["train_loss"] - start["data_loss"] == pytest.approx(0.05 * squares / 3)


def test_weight_decay_is_beside_the_gradient_in_keras():
    _, coupled, x, y = one_step(optimizer={"type": "SGD", "lr": 0.1, "momentum": 0.5, "weight_decay": 0.2})
    _, decoupled, *_ = one_step(
        compat="keras", optimizer={"type": "SGD", "lr": 0.1, "momentum": 0.5, "weight_decay": 0.2}
    )
    start, gradient = np.array(POINT["weight"]), 2.0 * error(x, y).T @ x / 6
    np.testing.assert_allclose(coupled, start - 0.1 * (gradient + 0.2 * start), rtol=1e-12)
    np.testing.assert_allclose(decoupled, start - 0.1 * 0.2 * start - 0.1 * gradient, rtol=1e-12)


def keras_cross_entropy(p, t):
    q = np.clip(p / p.sum(axis=-1, keepdims=True), 1e-7, 1 - 1e-7)
    return -(t * np.log(q)).sum(axis=-1).mean()


@pytest.mark.parametrize("p", [[[0.2, 0.5, 0.3], [0.7, 0.1, 0.1]], [[1.0, 1e-9, 0.2], [0.1, 0.3, 1e-12]]])
def test_cross_entropy_of_probabilities_is_kerass_and_has_its_derivative(p):
    p, t, loss = np.array(p), np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), CrossEntropyOfProbabilities()
    value, dp = np.empty(()), np.empty_like(p)
    loss.forward(p, t, value)
    loss.backward(p, t, dp)
    assert float(value) == pytest.approx(keras_cross_entropy(p, t), rel=1e-14)
    for place in np.ndindex(p.shape):
        h = 1e-8
        above, below = p.copy(), p.copy()
        above[place] += h
        below[place] -= h
        numeric = (keras_cross_entropy(above, t) - keras_cross_entropy(below, t)) / (2 * h)
        assert dp[place] == pytest.approx(numeric, rel=1e-5, abs=1e-6)


def test_softmax_and_probabilities_train_as_logits_do():
    layers = [linear(POINT)]
    points = {"points": {"x": [[1.0, 2.0], [0.5, -1.0], [-1.5, 0.25]], "y": [0, 1, 0]}}
    _, logits, *_ = one_step(dataset=points, loss="CrossEntropyLoss")
    _, probabilities, *_ = one_step(
        compat="keras", dataset=points, loss="CrossEntropyLoss", model={"layers": [*layers, {"type": "softmax"}]}
    )
    np.testing.assert_allclose(probabilities, logits, rtol=1e-12)


@pytest.mark.parametrize(("compat", "share", "correction"), [("torch", 0.1, 3 / 2), ("keras", 0.01, 1.0)])
def test_batch_norm_remembers_a_share_of_the_new_with_or_without_bias(compat, share, correction):
    x = np.array([[1.0, 2.0], [0.5, -1.0], [-1.5, 0.25]])
    config = {
        "compat": compat,
        "seed": 0,
        "dataset": {"points": {"x": x.tolist(), "y": [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]}},
        "model": {"layers": [{"type": "BatchNorm1d"}, linear(POINT)]},
        "loss": "MSELoss",
        "training": {"epochs": 1, "batch_size": "full"},
    }
    result = run(spec.build(spec.parse(json.dumps(config))))
    state = result.session.experiment.network.bind(result.session.endings.values).layers[0]
    np.testing.assert_allclose(state.running_mean.ravel(), share * x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(state.running_var.ravel(), 1 - share + share * correction * x.var(axis=0), rtol=1e-12)
