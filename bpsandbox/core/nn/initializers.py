"""Initialisers of weights of shape (out, in).

Each is a function of the shape and of one seed's `init` stream. fan_in is the number of inputs of one output, fan_out
the number of outputs of one input.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bpsandbox.core.types import Array, Shape

Initializer = Callable[[Shape, np.random.Generator], Array]


def constant(value: float = 0.0) -> Initializer:
    return lambda shape, rng: np.full(shape, value)


def values(array: object) -> Initializer:
    """Return an initialiser with given values, the same for every seed."""
    fixed = np.asarray(array, dtype=float)
    return lambda shape, rng: fixed.reshape(shape)


def uniform(low: float = 0.0, high: float = 1.0) -> Initializer:
    return lambda shape, rng: rng.uniform(low, high, shape)


def normal(mean: float = 0.0, std: float = 1.0) -> Initializer:
    return lambda shape, rng: rng.normal(mean, std, shape)


def truncated_normal(mean: float = 0.0, std: float = 1.0) -> Initializer:
    """Normal distribution truncated at two `std` from the mean, by drawing again; its deviation is below `std`."""

    def draw(shape: Shape, rng: np.random.Generator) -> Array:
        z = rng.standard_normal(shape)
        while np.any(far := np.abs(z) > 2.0):
            z[far] = rng.standard_normal(np.count_nonzero(far))
        return mean + std * z

    return draw


def xavier_uniform(gain: float = 1.0) -> Initializer:
    """U(-l, l), l = gain sqrt(6 / (fan_in + fan_out)). Glorot, Bengio, 2010."""
    return lambda shape, rng: _uniform(rng, shape, gain * math.sqrt(6.0 / sum(fans(shape))))


def xavier_normal(gain: float = 1.0) -> Initializer:
    """N(0, s), s = gain sqrt(2 / (fan_in + fan_out))"""
    return lambda shape, rng: rng.normal(0.0, gain * math.sqrt(2.0 / sum(fans(shape))), shape)


def kaiming_uniform(gain: float = math.sqrt(2.0), mode: str = "fan_in") -> Initializer:
    """U(-l, l), l = gain sqrt(3 / fan). He, Zhang, Ren, Sun, 2015."""
    return lambda shape, rng: _uniform(rng, shape, gain * math.sqrt(3.0 / _fan(shape, mode)))


def kaiming_normal(gain: float = math.sqrt(2.0), mode: str = "fan_in") -> Initializer:
    """N(0, s), s = gain / sqrt(fan)"""
    return lambda shape, rng: rng.normal(0.0, gain / math.sqrt(_fan(shape, mode)), shape)


def lecun_uniform(gain: float = 1.0) -> Initializer:
    """U(-l, l), l = gain sqrt(3 / fan_in). LeCun, Bottou, Orr, Mueller, 1998."""
    return kaiming_uniform(gain)


def lecun_normal(gain: float = 1.0) -> Initializer:
    """N(0, s), s = gain / sqrt(fan_in)"""
    return kaiming_normal(gain)


def orthogonal(gain: float = 1.0) -> Initializer:
    """Orthonormal rows or columns, whichever are fewer. Saxe, McClelland, Ganguli, 2013."""

    def draw(shape: Shape, rng: np.random.Generator) -> Array:
        rows, columns = shape[0], math.prod(shape[1:])
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))  # makes the draw uniform over all such matrices
        return gain * (q if rows >= columns else q.T).reshape(shape)

    return draw


def fan_in_uniform(fan_in: int) -> Initializer:
    """U(-l, l), l = 1 / sqrt(fan_in): PyTorch's default for weight and bias of a Linear layer."""
    return lambda shape, rng: _uniform(rng, shape, 1.0 / math.sqrt(fan_in))


def sklearn_uniform(fan_in: int, fan_out: int, factor: float = 6.0) -> Initializer:
    """U(-l, l), l = sqrt(factor / (fan_in + fan_out)): scikit-learn's weights and biases; factor 2 for logistic."""
    return lambda shape, rng: _uniform(rng, shape, math.sqrt(factor / (fan_in + fan_out)))


def fans(shape: Shape) -> tuple[int, int]:
    """Return fan_in and fan_out of a weight (out, in, kernel…)."""
    if len(shape) < 2:
        return shape[0], shape[0]
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def _fan(shape: Shape, mode: str) -> int:
    return fans(shape)[mode == "fan_out"]


def _uniform(rng: np.random.Generator, shape: Shape, limit: float) -> Array:
    return rng.uniform(-limit, limit, shape)
