"""Activations that pass positive values and damp negative ones."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.types import Array


class Identity(Layer):
    """a = z, without a copy."""

    name = "identity"
    is_view = True


class ReLU(Layer):
    """a = max(z, 0)"""

    name = "relu"
    kinks = (0.0,)

    def forward(self, z: Array, a: Array) -> None:
        np.maximum(z, 0.0, out=a)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.sign(a, out=dz)  # da/dz = 1 where z > 0, else 0; 0 at the kink
        dz *= da


class LeakyReLU(Layer):
    """a = z where z > 0, else slope z"""

    name = "leaky_relu"
    kinks = (0.0,)

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, z: Array, a: Array) -> None:
        self.positive = z > 0.0
        np.multiply(z, self.negative_slope, out=a)
        np.copyto(a, z, where=self.positive)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.multiply(da, self.negative_slope, out=dz)  # da/dz = 1 where z > 0, else slope
        np.copyto(dz, da, where=self.positive)


class ELU(Layer):
    """a = scale z where z > 0, else scale alpha (exp(z) - 1)

    Clevert, Unterthiner, Hochreiter, Fast and accurate deep network learning by exponential linear units, 2015.
    """

    name = "elu"
    scale = 1.0

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha
        self.kinks = () if alpha == 1.0 and self.scale == 1.0 else (0.0,)

    def forward(self, z: Array, a: Array) -> None:
        self.positive = z > 0.0
        np.minimum(z, 0.0, out=a)
        np.expm1(a, out=a)
        a *= self.scale * self.alpha
        np.copyto(a, z * self.scale, where=self.positive)

    def backward(self, z: Array, a: Array, da: Array, dz: Array) -> None:
        np.minimum(z, 0.0, out=dz)
        np.exp(dz, out=dz)
        dz *= self.scale * self.alpha  # da/dz = scale where z > 0, else scale alpha exp(z)
        np.copyto(dz, self.scale, where=self.positive)
        dz *= da


class SELU(ELU):
    """ELU with the two constants that preserve mean 0 and variance 1 through the layers.

    Klambauer, Unterthiner, Mayr, Hochreiter, Self-normalizing neural networks, 2017.
    """

    name = "selu"
    scale = 1.0507009873554804934193349852946

    def __init__(self) -> None:
        super().__init__(alpha=1.6732632423543772848170429916717)
