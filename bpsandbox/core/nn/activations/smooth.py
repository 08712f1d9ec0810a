"""Smooth relatives of ReLU."""

from __future__ import annotations

import math

import numpy as np

from bpsandbox.core.nn.layers.base import Array, Layer
from bpsandbox.core.nn.special import erf


def _sigmoid(z: Array, out: Array) -> None:
    np.negative(z, out=out)
    np.exp(out, out=out)
    out += 1.0
    np.reciprocal(out, out=out)


class SiLU(Layer):
    """a = z s, where s = sigmoid(z)"""

    name = "silu"
    scratch = "f"

    def forward(self, z: Array, a: Array, s: Array) -> None:
        _sigmoid(z, s)
        np.multiply(z, s, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, s: Array) -> None:
        np.subtract(1.0, s, dz)  # da/dz = s (1 + z (1 - s))
        dz *= z
        dz += 1.0
        dz *= s
        dz *= da


class Softplus(Layer):
    """a = log(1 + exp(beta z)) / beta; a = z where beta z > threshold."""

    name = "softplus"
    scratch = "fb"

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta = beta
        self.threshold = threshold

    def forward(self, z: Array, a: Array, s: Array, linear: Array) -> None:
        np.multiply(z, self.beta, out=s)
        np.greater(s, self.threshold, out=linear)
        np.logaddexp(0.0, s, out=a)
        a /= self.beta
        np.copyto(a, z, where=linear)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, s: Array, linear: Array) -> None:
        _sigmoid(s, dz)  # da/dz = sigmoid(beta z)
        np.copyto(dz, 1.0, where=linear)
        dz *= da


class Mish(Layer):
    """a = z t, where t = tanh(log(1 + exp(z)))

    Misra, Mish: a self regularized non-monotonic activation function, 2019.
    """

    name = "mish"
    scratch = "ff"

    def forward(self, z: Array, a: Array, t: Array, s: Array) -> None:
        np.logaddexp(0.0, z, out=t)
        np.tanh(t, out=t)
        np.multiply(z, t, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, t: Array, s: Array) -> None:
        _sigmoid(z, s)
        np.multiply(t, t, dz)  # da/dz = t + z (1 - t^2) sigmoid(z)
        np.subtract(1.0, dz, out=dz)
        dz *= s
        dz *= z
        dz += t
        dz *= da


class GELU(Layer):
    """a = z P, where P = (1 + erf(z / sqrt 2)) / 2 is the normal distribution function.

    Hendrycks, Gimpel, Gaussian error linear units, 2016.
    """

    name = "gelu"
    scratch = "fffffb"

    def forward(self, z: Array, a: Array, P: Array, x: Array, s: Array, t: Array, u: Array, small: Array) -> None:
        np.multiply(z, math.sqrt(0.5), out=x)
        erf(x, P, s, t, u, small)
        P += 1.0
        P *= 0.5
        np.multiply(z, P, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array, P: Array, *scratch: Array) -> None:
        np.multiply(z, z, dz)  # da/dz = P + z exp(-z^2 / 2) / sqrt(2 pi)
        dz *= -0.5
        np.exp(dz, out=dz)
        dz *= 1.0 / math.sqrt(2.0 * math.pi)
        dz *= z
        dz += P
        dz *= da


class TanhGELU(Layer):
    """a = z (1 + t) / 2, where t = tanh(k (z + 0.044715 z^3)) and k = sqrt(2 / pi)"""

    name = "gelu"
    scratch = "ff"
    k = math.sqrt(2.0 / math.pi)

    def forward(self, z: Array, a: Array, t: Array, s: Array) -> None:
        np.multiply(z, z, out=t)
        t *= 0.044715
        t += 1.0
        t *= z
        t *= self.k
        np.tanh(t, out=t)
        np.add(t, 1.0, out=a)
        a *= z
        a *= 0.5

    def backward(self, z: Array, a: Array, da: Array, dz: Array, t: Array, s: Array) -> None:
        np.multiply(z, z, out=s)
        s *= 3.0 * 0.044715
        s += 1.0
        s *= self.k
        s *= z  # s = z k (1 + 3 0.044715 z^2)
        np.multiply(t, t, out=dz)  # da/dz = (1 + t + (1 - t^2) s) / 2
        np.subtract(1.0, dz, out=dz)
        dz *= s
        dz += t
        dz += 1.0
        dz *= 0.5
        dz *= da
