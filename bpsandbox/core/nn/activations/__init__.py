"""Activations: layers without parameters that act elementwise (softmax: on rows).

`z` is the input and `a` the output; `da` and `dz` are the derivatives of the loss with respect to them.
"""

from bpsandbox.core.nn.layers.base import Layer

from .bounded import Hardtanh, Sigmoid, Softmax, Softsign, Step, Tanh
from .rectified import ELU, SELU, Identity, LeakyReLU, ReLU
from .smooth import GELU, Mish, SiLU, Softplus, TanhGELU


def _gelu(approximate: str = "none") -> Layer:
    return TanhGELU() if approximate == "tanh" else GELU()


ACTIVATIONS = {
    "identity": Identity,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "softmax": Softmax,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "selu": SELU,
    "gelu": _gelu,
    "silu": SiLU,
    "softplus": Softplus,
    "mish": Mish,
    "softsign": Softsign,
    "hardtanh": Hardtanh,
    "step": Step,
}

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "SELU",
    "Hardtanh",
    "Identity",
    "LeakyReLU",
    "Mish",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Step",
    "Tanh",
    "TanhGELU",
]
