"""Sequence sets, samples (t, d), whose targets depend on early steps."""

from __future__ import annotations

import math

import numpy as np

from . import portable
from .dataset import Dataset, classified, measured


def parity(rng: np.random.Generator, n_samples: int, length: int) -> Dataset:
    """x: fair bits (t, 1), y: class 1 where the number of ones is odd"""
    bits = rng.integers(0, 2, (n_samples, length))
    return classified("parity", bits[:, :, np.newaxis], bits.sum(axis=1) % 2, (0, 1))


def adding(rng: np.random.Generator, n_samples: int, length: int) -> Dataset:
    """x: (number U(0, 1), mark) at each step, y: sum of the two marked numbers.

    One mark is in the first half and one in the second, each uniformly drawn: the problem of Hochreiter and Schmidhuber
    (1997) as Arjovsky, Shah and Bengio (2016) pose it. The mean is 1, its squared error 1/6.
    """
    numbers, marks = rng.random((n_samples, length)), np.zeros((n_samples, length))
    half, rows = length // 2, np.arange(n_samples)
    first, second = rng.integers(0, half, n_samples), rng.integers(half, length, n_samples)
    marks[rows, first] = marks[rows, second] = 1.0
    return measured("adding", np.stack([numbers, marks], axis=2), numbers[rows, first] + numbers[rows, second])


def echo(rng: np.random.Generator, n_samples: int, length: int, delay: int) -> Dataset:
    """x: fair bits (t, 1), y: t numbers, at step k the bit of step k - delay, 0 for k < delay"""
    bits = rng.integers(0, 2, (n_samples, length))
    echoed = np.zeros_like(bits)
    echoed[:, delay:] = bits[:, : length - delay]
    return measured("echo", bits[:, :, np.newaxis], echoed)


def sine_next(rng: np.random.Generator, n_samples: int, length: int, cycles: float, noise: float) -> Dataset:
    """x: t steps of s(k) = sin(phase + w k) + noise N(0, 1), y: s(t), the step after them.

    phase = 2 pi U(0, 1), w = 2 pi cycles U(1/2, 3/2) / t: a window contains about `cycles` periods.
    """
    phase = 2.0 * math.pi * rng.random(n_samples)
    pace = 2.0 * math.pi * cycles * portable.uniform(rng, 0.5, 1.5, n_samples) / length
    waves = portable.sin(phase[:, np.newaxis] + pace[:, np.newaxis] * np.arange(length + 1))
    waves += noise * portable.normal(rng, waves.shape)
    return measured("sine_next", waves[:, :-1, np.newaxis], waves[:, -1])
