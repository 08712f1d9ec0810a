"""LBFGS against recorded steps of PyTorch, from recorded/lbfgs.py."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bpsandbox.core import run
from bpsandbox.core.optim.optimizers import LBFGS, Closure, base

from .nets import XOR, experiment

RECORDED = json.loads((Path(__file__).parent / "recorded" / "lbfgs.json").read_text())["runs"]


class Valley:
    """Rosenbrock's function of all entries of w, for every seed; counts its evaluations."""

    def __init__(self, start):
        self.w = np.array(start)
        self.g, self.value, self.evaluations = np.empty_like(self.w), np.empty(len(self.w)), 0

    def evaluate(self):
        near, far, self.evaluations = self.w[:, :-1], self.w[:, 1:], self.evaluations + 1
        bend, rest = far - near**2, 1.0 - near
        self.value[:] = np.add.reduce(10.0 * bend**2 + 0.1 * rest**2, axis=1)
        self.g[:] = 0.0
        self.g[:, :-1] = -40.0 * bend * near - 0.2 * rest
        self.g[:, 1:] += 20.0 * bend

    def path(self, optimizer, steps):
        optimizer.bind(self.w, self.g)
        optimizer.closure = Closure(lambda: self.value, self.evaluate)
        for _ in range(steps):
            self.evaluate()
            optimizer.step()
            yield self.w.copy()


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda one: str(one["fields"]))
def test_steps_are_pytorchs(recorded):
    valley = Valley([recorded["start"]])
    path = [w[0] for w in valley.path(LBFGS(**recorded["fields"]), len(recorded["path"]))]
    np.testing.assert_allclose(path, recorded["path"], rtol=1e-10, atol=1e-12)
    assert valley.evaluations == recorded["evaluations"]


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_seeds_that_search_together_go_where_each_goes_alone(search):
    starts = [one["start"] for one in RECORDED[:3]]
    together = list(Valley(starts).path(LBFGS(line_search_fn=search), 4))
    for place, start in enumerate(starts):
        alone = list(Valley([start]).path(LBFGS(line_search_fn=search), 4))
        assert [w[0].tolist() for w in alone] == [w[place].tolist() for w in together]


def test_a_seed_that_goes_on_alone_keeps_its_memory():
    starts = [one["start"] for one in RECORDED[:3]]
    alone = list(Valley([starts[2]]).path(LBFGS(), 4))
    together, optimizer = Valley(starts), LBFGS()
    for _ in zip(range(2), together.path(optimizer, 2), strict=True):
        pass
    rest = Valley(together.w[2:].copy())
    optimizer.narrow(np.array([2]), rest.w, rest.g)
    optimizer.closure = Closure(lambda: rest.value, rest.evaluate)
    for _ in range(2):
        rest.evaluate()
        optimizer.step()
    assert rest.w[0].tolist() == alone[-1][0].tolist()


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
def test_a_stack_of_networks_gives_the_bits_of_single_runs(search):
    built = experiment(XOR, optimizer=LBFGS(0.5, max_iter=6, line_search_fn=search))
    together = run(built)
    for place, seed in enumerate(built.seeds):
        np.testing.assert_array_equal(run(replace(built, seeds=(seed,))).theta[0], together.theta[place])


def test_running_statistics_of_a_stack_are_those_of_single_runs():
    text = XOR.replace("  layers:\n", "  layers:\n    - {type: BatchNorm1d}\n")
    built = experiment(text.replace("SGD, lr: 2.0", "LBFGS, line_search_fn: strong_wolfe, max_iter: 4"))
    together = run(built)
    for place, seed in enumerate(built.seeds):
        alone = run(replace(built, seeds=(seed,)))
        np.testing.assert_array_equal(alone.session.endings.values[0], together.session.endings.values[place])


def test_a_few_steps_with_a_search_solve_xor():
    built = experiment(XOR, optimizer=LBFGS(line_search_fn="strong_wolfe"))
    losses = run(built).document().to_json()["final"]["train_loss"]
    assert min(losses) < 1e-6


def test_a_seed_whose_numbers_overflow_stops_and_the_others_go_on():
    built = experiment(XOR.replace("sigmoid", "softplus"), optimizer=LBFGS(50.0, max_iter=8))
    document = run(built).document().to_json()
    assert {stop["reason"] for stop in document["stop"]} <= {"diverged", "epochs"}


def test_a_network_of_many_parameters_is_searched_as_a_whole():
    text = """
seeds: [0, 1, 2, 3]
dataset: {name: digits, standardize: minmax}
model: {layers: [Flatten, {type: Linear, out_features: 64, activation: tanh}, {type: Linear, out_features: 10}]}
loss: CrossEntropyLoss
optimizer: LBFGS
training: {epochs: 1, batch_size: full}
"""
    document = run(experiment(text)).document().to_json()
    assert document["parameters"] * 4 > base.BLOCK
    assert all(end < start for start, end in zip(*document["curves"]["train_loss"], strict=True))
