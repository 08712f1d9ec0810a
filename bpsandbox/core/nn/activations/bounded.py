"""Bounded activations."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.nn.special import sigmoid
from bpsandbox.core.types import Array


class Sigmoid(Layer):
    """a = 1 / (1 + exp(-z))"""

    name = "sigmoid"
    bounds = (0.0, 1.0)

    def forward(self, z: Array, a: Array) -> None:
        sigmoid(z, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.subtract(1.0, a, out=dz)  # da/dz = a (1 - a)
        dz *= a
        dz *= da


class Tanh(Layer):
    """a = (exp(z) - exp(-z)) / (exp(z) + exp(-z))"""

    name = "tanh"
    bounds = (-1.0, 1.0)

    def forward(self, z: Array, a: Array) -> None:
        np.tanh(z, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.multiply(a, a, out=dz)  # da/dz = 1 - a^2
        np.subtract(1.0, dz, out=dz)
        dz *= da


class Softsign(Layer):
    """a = z / (1 + |z|)"""

    name = "softsign"
    bounds = (-1.0, 1.0)

    def forward(self, z: Array, a: Array) -> None:
        np.divide(z, 1.0 + np.abs(z), out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        d = 1.0 + np.abs(z)
        np.divide(da, d * d, out=dz)  # da/dz = 1 / (1 + |z|)^2


class Hardtanh(Layer):
    """a = z between the bounds, else the nearer bound."""

    name = "hardtanh"

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        self.min_val = min_val
        self.max_val = max_val
        self.kinks = (min_val, max_val)

    def forward(self, z: Array, a: Array) -> None:
        np.clip(z, self.min_val, self.max_val, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.multiply(da, z > self.min_val, out=dz)  # da/dz = 1 inside, 0 outside and on the bounds
        dz *= z < self.max_val


class Softmax(Layer):
    """a_k = exp(z_k) / sum_j exp(z_j) along the last axis."""

    name = "softmax"
    bounds = (0.0, 1.0)

    def forward(self, z: Array, a: Array) -> None:
        highest = np.maximum.reduce(z, axis=-1, keepdims=True)
        np.subtract(z, highest, out=a)  # the same shift for all classes changes nothing and prevents overflow
        np.exp(a, out=a)
        a /= np.add.reduce(a, axis=-1, keepdims=True)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.multiply(da, a, out=dz)  # dL/dz_k = a_k (da_k - sum_j a_j da_j)
        np.subtract(da, np.add.reduce(dz, axis=-1, keepdims=True), out=dz)
        dz *= a


class Step(Layer):
    """a = 1 where z > 0, else 0. Its true derivative is 0, so the gradient passes straight through instead.

    Bengio, Leonard, Courville, Estimating or propagating gradients through stochastic neurons, 2013.
    """

    name = "step"
    kinks = (0.0,)

    def __init__(self, *, straight_through: bool) -> None:
        self.straight_through = straight_through

    def forward(self, z: Array, a: Array) -> None:
        np.copyto(a, z > 0.0)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.copyto(dz, da)
