"""Smooth relatives of ReLU."""

from __future__ import annotations

import math

import numpy as np

from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.nn.special import erf, sigmoid
from bpsandbox.core.types import Array


class SiLU(Layer):
    """a = z s, where s = sigmoid(z)"""

    name = "silu"

    def forward(self, z: Array, a: Array) -> None:
        self.s = sigmoid(z)
        np.multiply(z, self.s, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.subtract(1.0, self.s, out=dz)  # da/dz = s (1 + z (1 - s))
        dz *= z
        dz += 1.0
        dz *= self.s
        dz *= da


class Softplus(Layer):
    """a = log(1 + exp(beta z)) / beta; a = z where beta z > threshold."""

    name = "softplus"

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta = beta
        self.threshold = threshold

    def forward(self, z: Array, a: Array) -> None:
        self.s = z * self.beta
        self.linear = self.s > self.threshold
        np.logaddexp(0.0, self.s, out=a)
        a /= self.beta
        np.copyto(a, z, where=self.linear)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        sigmoid(self.s, out=dz)  # da/dz = sigmoid(beta z), or 1
        np.copyto(dz, 1.0, where=self.linear)
        dz *= da


class Mish(Layer):
    """a = z t, where t = tanh(log(1 + exp(z)))

    Misra, Mish: a self regularized non-monotonic activation function, 2019.
    """

    name = "mish"

    def forward(self, z: Array, a: Array) -> None:
        self.t = np.tanh(np.logaddexp(0.0, z))
        np.multiply(z, self.t, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.multiply(self.t, self.t, out=dz)  # da/dz = t + z (1 - t^2) sigmoid(z)
        np.subtract(1.0, dz, out=dz)
        dz *= sigmoid(z)
        dz *= z
        dz += self.t
        dz *= da


class GELU(Layer):
    """a = z P, where P = (1 + erf(z / sqrt 2)) / 2 is the normal distribution function.

    Hendrycks, Gimpel, Gaussian error linear units, 2016.
    """

    name = "gelu"

    def forward(self, z: Array, a: Array) -> None:
        self.P = (1.0 + erf(z * math.sqrt(0.5))) * 0.5
        np.multiply(z, self.P, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.multiply(z, z, out=dz)  # da/dz = P + z exp(-z^2 / 2) / sqrt(2 pi)
        dz *= -0.5
        np.exp(dz, out=dz)
        dz *= 1.0 / math.sqrt(2.0 * math.pi)
        dz *= z
        dz += self.P
        dz *= da


class TanhGELU(Layer):
    """a = z (1 + t) / 2, where t = tanh(k (z + 0.044715 z^3)) and k = sqrt(2 / pi)"""

    name = "gelu"
    k = math.sqrt(2.0 / math.pi)

    def forward(self, z: Array, a: Array) -> None:
        self.t = np.tanh((z * z * 0.044715 + 1.0) * z * self.k)
        np.add(self.t, 1.0, out=a)
        a *= z
        a *= 0.5

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        slope = (z * z * (3.0 * 0.044715) + 1.0) * self.k * z  # z k (1 + 3 0.044715 z^2)
        np.multiply(self.t, self.t, out=dz)  # da/dz = (1 + t + (1 - t^2) slope) / 2
        np.subtract(1.0, dz, out=dz)
        dz *= slope
        dz += self.t
        dz += 1.0
        dz *= 0.5
        dz *= da
