"""A captured step equals the run's own, bit for bit: for a single seed, and for a seed among others."""

from dataclasses import replace

import numpy as np
import pytest

from bpsandbox import spec
from bpsandbox.core import Capture, Worked, WorkedExample, run, work

LAYERS = {
    "plain": "{type: Linear, out_features: 5, activation: tanh}",
    "dropout": "{type: Linear, out_features: 5, activation: tanh}, {type: Dropout, p: 0.4}",
    "batch norm": "{type: Linear, out_features: 5}, BatchNorm1d, relu",
    "frozen": "{type: Linear, out_features: 5, trainable: false}, tanh, {type: Linear, out_features: 3, lr: 0.3}",
}
CASES = {
    "dropout": ("dropout", "SGD, lr: 0.1", 5, ""),
    "batch norm": ("batch norm", "SGD, lr: 0.1", 6, ""),
    "Adam": ("plain", "Adam, lr: 0.05", 5, ""),
    "AMSGrad": ("plain", "Adam, lr: 0.05, amsgrad: true, weight_decay: 0.1", 5, ""),
    "clipping": ("plain", "SGD, lr: 0.5", 5, "gradient_clipping: {norm: 0.01}"),
    "clipping by value": ("dropout", "RMSprop, lr: 0.01, centered: true", 5, "gradient_clipping: {value: 0.01}"),
    "momentum": ("plain", "SGD, lr: 0.1, momentum: 0.9, nesterov: true", 5, ""),
    "penalties": ("plain", "Adagrad, lr: 0.1", 5, "regularization: {l1: 0.01, l2: 0.1}"),
    "single precision": ("dropout", "NAdam, lr: 0.05", 5, "dtype: float32"),
    "frozen layer": ("frozen", "AdamW, lr: 0.05", 5, ""),
    "LBFGS": ("plain", "LBFGS, lr: 0.5, max_iter: 3", "full", ""),
    "LBFGS with a line search": ("batch norm", "LBFGS, line_search_fn: strong_wolfe, max_iter: 3", "full", ""),
}
SEEDS = (3, 8, 5)
STEPS = (0, 1, 7)


def experiment(name, steps=10, seeds=SEEDS):
    layers, optimizer, batch, more = CASES[name]
    text = f"""
seeds: {list(seeds)}
dataset: {{name: moons, n_samples: 24, seed: 0}}
model: {{layers: [{LAYERS[layers]}, {{type: Linear, out_features: 2}}]}}
loss: CrossEntropyLoss
training: {{steps: {steps}, batch_size: {batch}}}
optimizer: {{type: {optimizer}}}
{more}
"""
    return spec.build(spec.parse(text))


def captured(name, step, seed, sample=4):
    found = work(experiment(name), WorkedExample(sample, step, seed))
    assert isinstance(found, Capture)
    return found


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", CASES)
def test_a_capture_ends_where_a_run_cut_after_that_step_ends(name, step):
    capture = captured(name, step, 8)
    ended = run(experiment(name, steps=step + 1, seeds=(8,)))
    size = capture.network.size
    assert capture.after[:size].tobytes() == ended.theta[0][:size].tobytes()
    if step:
        before = run(experiment(name, steps=step, seeds=(8,)))
        assert capture.before[:size].tobytes() == before.theta[0][:size].tobytes()


@pytest.mark.parametrize("sample", [0, 11])
@pytest.mark.parametrize("name", CASES)
def test_a_capture_among_other_seeds_is_that_of_the_seed_alone(name, sample):
    together = run(replace(experiment(name), observers=(Worked(WorkedExample(sample, 7, 5)),))).capture
    alone = captured(name, 7, 5, sample)
    for field in ("before", "after", "loss_gradient", "gradient", "clipped", "rates"):
        assert getattr(together, field).tobytes() == getattr(alone, field).tobytes(), field
    assert (together.seed, together.batch, together.place) == (alone.seed, alone.batch, alone.place)
    for ours, theirs in zip(together.shown.inputs, alone.shown.inputs, strict=True):
        assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("name", CASES)
def test_capturing_a_step_changes_nothing_of_the_run(name):
    watched = replace(experiment(name), observers=(Worked(WorkedExample(4, 3, 8)),))
    assert run(watched).theta.tobytes() == run(experiment(name)).theta.tobytes()


def test_an_example_outside_the_batch_leaves_the_batch_s_numbers_as_they_are():
    captures = [captured("dropout", 7, 8, sample) for sample in range(19)]
    assert {capture.is_in_batch for capture in captures} == {True, False}
    assert len({capture.after.tobytes() for capture in captures}) == 1


def test_the_parameters_move_in_every_case():
    for name in CASES:
        capture = captured(name, 7, 8)
        assert np.abs(capture.after - capture.before).max() > 1e-6, name
