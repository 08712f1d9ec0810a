"""Activations whose values stay between two bounds."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.layers.base import Array, Layer


class Sigmoid(Layer):
    """a = 1 / (1 + exp(-z))"""

    name = "sigmoid"
    bounds = (0.0, 1.0)

    def constants(self, a: Array) -> tuple[Array, ...]:
        return (np.ones((), a.dtype),)

    def forward(self, z: Array, a: Array, one: Array) -> None:
        np.negative(z, out=a)
        np.exp(a, out=a)  # may overflow to infinity, whose reciprocal is the right 0
        np.add(a, one, out=a)
        np.reciprocal(a, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, one: Array) -> None:
        np.subtract(one, a, out=dz)  # da/dz = a (1 - a)
        np.multiply(dz, a, out=dz)
        np.multiply(dz, da, out=dz)


class Tanh(Layer):
    """a = (exp(z) - exp(-z)) / (exp(z) + exp(-z))"""

    name = "tanh"
    bounds = (-1.0, 1.0)

    def constants(self, a: Array) -> tuple[Array, ...]:
        return (np.ones((), a.dtype),)

    def forward(self, z: Array, a: Array, one: Array) -> None:
        np.tanh(z, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, one: Array) -> None:
        np.multiply(a, a, out=dz)  # da/dz = 1 - a^2
        np.subtract(one, dz, out=dz)
        np.multiply(dz, da, out=dz)


class Softsign(Layer):
    """a = z / (1 + |z|)"""

    name = "softsign"
    bounds = (-1.0, 1.0)

    def forward(self, z: Array, a: Array) -> None:
        np.abs(z, out=a)
        a += 1.0
        np.divide(z, a, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.abs(z, out=dz)  # da/dz = 1 / (1 + |z|)^2
        dz += 1.0
        dz *= dz
        np.divide(da, dz, out=dz)


class Hardtanh(Layer):
    """a = z between the bounds, else the nearer bound."""

    name = "hardtanh"
    scratch = "b"

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        self.min_val = min_val
        self.max_val = max_val
        self.kinks = (min_val, max_val)

    def forward(self, z: Array, a: Array, inside: Array) -> None:
        np.clip(z, self.min_val, self.max_val, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, inside: Array) -> None:
        np.greater(z, self.min_val, out=inside)  # da/dz = 1 inside, 0 outside and on the bounds
        np.multiply(da, inside, out=dz)
        np.less(z, self.max_val, out=inside)
        np.multiply(dz, inside, out=dz)


class Softmax(Layer):
    """a_k = exp(z_k) / sum_j exp(z_j) along the last axis."""

    name = "softmax"
    bounds = (0.0, 1.0)
    scratch = "f"

    def forward(self, z: Array, a: Array, s: Array) -> None:
        total = s[..., :1]
        np.copyto(a, z)  # z may be one for all seeds
        np.maximum.reduce(a, axis=-1, keepdims=True, out=total)
        np.subtract(a, total, out=a)  # the same shift for all classes changes nothing and prevents overflow
        np.exp(a, out=a)
        np.add.reduce(a, axis=-1, keepdims=True, out=total)
        a /= total

    def backward(self, z: Array, a: Array, da: Array, dz: Array, s: Array) -> None:
        np.multiply(da, a, dz)  # dL/dz_k = a_k (da_k - sum_j a_j da_j)
        total = s[..., :1]
        np.add.reduce(dz, axis=-1, keepdims=True, out=total)
        np.subtract(da, total, out=dz)
        dz *= a


class Step(Layer):
    """a = 1 where z > 0, else 0. Its true derivative is 0, so the gradient passes straight through instead.

    Bengio, Leonard, Courville, Estimating or propagating gradients through stochastic neurons, 2013.
    """

    name = "step"
    kinks = (0.0,)
    scratch = "b"

    def __init__(self, *, straight_through: bool) -> None:
        self.straight_through = straight_through

    def forward(self, z: Array, a: Array, on: Array) -> None:
        np.greater(z, 0.0, out=on)
        np.copyto(a, on)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, on: Array) -> None:
        np.copyto(dz, da)
