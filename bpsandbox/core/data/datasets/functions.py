"""Regression targets: y = f(x) + noise N(0, 1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.polynomial.polynomial import polyval  # imported by name: a child in training cannot load modules

from bpsandbox.core.types import Array

from . import portable
from .dataset import Dataset, measured

# multi_gauss: hills and valleys (x, y, sign) of width 0.35
HILLS = np.array([[-0.5, 0.5, 1.0], [0.5, 0.5, -1.0], [-0.5, -0.5, -1.0], [0.5, -0.5, 1.0], [0.0, 0.0, 1.0]])


def sine(rng: np.random.Generator, n_samples: int, cycles: float, noise: float) -> Dataset:
    """y = sin x at n equal steps on [0, 2 pi cycles]"""
    x = np.linspace(0.0, 2.0 * math.pi * cycles, n_samples)
    return _noisy("sine", rng, x[:, np.newaxis], portable.sin(x), noise)


def step(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """y = 1 where x > 0, else 0, at n equal steps on [-1, 1]"""
    x = np.linspace(-1.0, 1.0, n_samples)
    return _noisy("step", rng, x[:, np.newaxis], (x > 0.0).astype(float), noise)


def absolute(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """y = |x| at n equal steps on [-1, 1]"""
    x = np.linspace(-1.0, 1.0, n_samples)
    return _noisy("abs", rng, x[:, np.newaxis], np.abs(x), noise)


def polynomial(rng: np.random.Generator, n_samples: int, coefficients: tuple[float, ...], noise: float) -> Dataset:
    """y = sum over k of coefficients[k] x^k at n equal steps on [-1, 1]"""
    x = np.linspace(-1.0, 1.0, n_samples)
    return _noisy("polynomial", rng, x[:, np.newaxis], polyval(x, coefficients), noise)


def plane(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """y = (x1 + x2) / 2, x uniform on [-1, 1]^2"""
    x = portable.uniform(rng, -1.0, 1.0, (n_samples, 2))
    return _noisy("plane", rng, x, x.mean(axis=1), noise)


def multi_gauss(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """y = sum of signed Gaussian hills of width 0.35 at (±1/2, ±1/2) and 0, x uniform on [-1, 1]^2"""
    x = portable.uniform(rng, -1.0, 1.0, (n_samples, 2))
    distance = ((x[:, np.newaxis, :] - HILLS[:, :2]) ** 2).sum(axis=2)
    return _noisy("multi_gauss", rng, x, (HILLS[:, 2] * portable.exp(-distance / (2.0 * 0.35**2))).sum(axis=1), noise)


def _noisy(name: str, rng: np.random.Generator, x: Array, y: Array, noise: float) -> Dataset:
    return measured(name, x, y + noise * portable.normal(rng, len(y)))
