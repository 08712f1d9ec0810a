"""Learning-rate schedules against PyTorch's definitions."""

import math

import numpy as np
import pytest

from bpsandbox.core.optim.schedules import SCHEDULES


def factors(name, count, **fields):
    return rates(name, count, 1.0, **fields)


def rates(name, count, base, **fields):
    schedule = SCHEDULES[name](**fields)
    return [schedule.rate(base, t) for t in range(count)]


def test_step():
    assert factors("StepLR", 5, step_size=2, gamma=0.5) == [1.0, 1.0, 0.5, 0.5, 0.25]


def test_multi_step():
    assert factors("MultiStepLR", 5, milestones=[1, 3], gamma=0.5) == [1.0, 0.5, 0.5, 0.25, 0.25]


def test_exponential():
    assert factors("ExponentialLR", 3, gamma=0.9) == pytest.approx([1.0, 0.9, 0.81])


def test_cosine():
    expected = [0.05 + 0.45 * (1 + math.cos(math.pi * t / 4)) / 2 for t in range(5)]
    assert rates("CosineAnnealingLR", 5, 0.5, T_max=4, eta_min=0.05) == pytest.approx(expected)


def test_the_lowest_rate_of_a_cosine_is_the_same_for_layers_with_rates_of_their_own():
    last = rates("CosineAnnealingLR", 5, np.array([0.5, 0.1]), T_max=4, eta_min=0.05)[-1]
    np.testing.assert_allclose(last, [0.05, 0.05], rtol=1e-15)


def test_linear():
    assert factors("LinearLR", 5, start_factor=0.5, end_factor=1.0, total_iters=2) == [0.5, 0.75, 1.0, 1.0, 1.0]


def test_polynomial():
    assert factors("PolynomialLR", 4, total_iters=2, power=2.0) == [1.0, 0.25, 0.0, 0.0]


def test_one_cycle_begins_peaks_and_ends_where_pytorch_does():
    values = rates("OneCycleLR", 10, 0.1, max_lr=1.0, total_steps=10)
    assert values[0] == pytest.approx(1.0 / 25.0)
    assert values[2] == pytest.approx(1.0)
    assert values[9] == pytest.approx(1.0 / 25.0 / 1e4)
    assert values[:3] == sorted(values[:3])
    assert values[2:] == sorted(values[2:], reverse=True)


def test_plateau_lowers_the_rate_of_the_seed_that_is_stuck():
    schedule = SCHEDULES["ReduceLROnPlateau"](factor=0.5, patience=1)
    schedule.begin(2)
    for falling in (1.0, 0.9, 0.8, 0.7):
        schedule.observe(0, falling)
        schedule.observe(1, 1.0)
    assert schedule.rate(0.2, 0).tolist() == [[0.2], [0.1]]


def test_plateau_rests_after_a_cut_and_never_goes_below_its_floor():
    schedule = SCHEDULES["ReduceLROnPlateau"](factor=0.1, patience=0, cooldown=2, min_lr=0.05)
    schedule.begin(1)
    seen = []
    for _ in range(8):
        schedule.observe(0, 1.0)
        seen.append(float(schedule.rate(1.0, 0)[0, 0]))
    assert seen == [1.0, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]
