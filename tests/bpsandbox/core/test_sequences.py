"""Sequences: their targets, recomputed by hand."""

import math

import numpy as np
import pytest

from bpsandbox.core import stream
from bpsandbox.core.data.datasets import SETS


def make(name, seed=0, **fields):
    return SETS[name].make(stream(seed, "data"), **fields)


def test_parity_counts_the_ones():
    made = make("parity", n_samples=400, length=7)
    assert made.x.shape == (400, 7, 1)
    assert set(np.unique(made.x)) == {0.0, 1.0}
    assert made.y.tolist() == [int(sum(row)) % 2 for row in made.x[:, :, 0].tolist()]
    assert made.labels == (0, 1)
    assert 160 < made.y.sum() < 240


@pytest.mark.parametrize("length", [2, 3, 10, 11])
def test_adding_marks_one_number_in_each_half(length):
    made = make("adding", n_samples=300, length=length)
    numbers, marks = made.x[:, :, 0], made.x[:, :, 1]
    assert marks[:, : length // 2].sum(axis=1).tolist() == [1.0] * 300
    assert marks[:, length // 2 :].sum(axis=1).tolist() == [1.0] * 300
    assert marks.any(axis=0).all()
    assert 0.0 <= numbers.min() < numbers.max() < 1.0
    np.testing.assert_allclose(made.y[:, 0], (numbers * marks).sum(axis=1), rtol=0.0, atol=1e-15)
    assert not made.is_classified


def test_the_mean_of_adding_is_off_by_a_sixth():
    y = make("adding", n_samples=50_000, length=10).y
    assert np.mean(y) == pytest.approx(1.0, abs=0.01)
    assert np.var(y) == pytest.approx(1 / 6, abs=0.005)


def test_echo_repeats_each_bit_late():
    made = make("echo", n_samples=50, length=6, delay=2)
    assert made.x.shape == (50, 6, 1)
    assert made.y.shape == (50, 6)
    for bits, echoed in zip(made.x[:, :, 0].tolist(), made.y.tolist(), strict=True):
        assert echoed == [0.0, 0.0, *bits[:-2]]


def test_the_next_value_of_a_wave_goes_on_with_it():
    made = make("sine_next", n_samples=40, length=16, cycles=1.5, noise=0.0)
    assert made.x.shape == (40, 16, 1)
    assert made.y.shape == (40, 1)
    wave = np.concatenate([made.x[:, :, 0], made.y], axis=1)
    # s(k + 1) + s(k - 1) = 2 cos(w) s(k): one w fits every step of a row
    pace = (wave[:, 2:] + wave[:, :-2]) * wave[:, 1:-1]
    pace = pace.sum(axis=1) / (2.0 * wave[:, 1:-1] ** 2).sum(axis=1)
    np.testing.assert_allclose(wave[:, 2:] + wave[:, :-2], 2.0 * pace[:, np.newaxis] * wave[:, 1:-1], atol=1e-12)
    waves = np.arccos(pace) * 16 / (2.0 * math.pi)
    assert 0.75 <= waves.min() < waves.max() <= 2.25


def test_noise_of_a_wave_lies_on_every_step_and_on_the_target():
    clean, noisy = (make("sine_next", n_samples=4000, length=4, cycles=1.0, noise=noise) for noise in (0.0, 0.3))
    assert np.std(noisy.x - clean.x) == pytest.approx(0.3, rel=0.03)
    assert np.std(noisy.y - clean.y) == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(("name", "more"), [
    ("parity", {}), ("adding", {}), ("echo", {"delay": 3}), ("sine_next", {"cycles": 1.0, "noise": 0.1})])  # fmt: skip
def test_sequences_are_drawn_from_their_seed(name, more):
    one, again, other = (make(name, seed=seed, n_samples=20, length=8, **more).hash for seed in (1, 1, 2))
    assert one == again != other
