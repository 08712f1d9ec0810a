"""Build the initializer of every parameter from a layer's `init` and `bias_init`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bpsandbox.core.nn import initializers
from bpsandbox.core.nn.initializers import Initializer, constant, fan_in_uniform, fans, normal, uniform
from bpsandbox.spec.language.layer import RECORDS

from .table import Config, frozen

Shape = tuple[int, ...]
ARGUMENTS = {"a": "low", "b": "high"}


@dataclass(frozen=True)
class Tensor:
    """A parameter of a layer: its name, the shapes of all parameters of the layer, and the layer's block."""

    name: str
    shapes: dict[str, Shape]
    block: Config

    @property
    def role(self) -> str:
        return RECORDS[self.block["type"]].role

    @property
    def is_bias(self) -> bool:
        return self.name.startswith("bias")

    @property
    def fans(self) -> tuple[int, int]:
        """Fan in and fan out of the layer's weight."""
        return fans(next(iter(self.shapes.values())))

    @property
    def state(self) -> int:
        """Size of the hidden state of a recurrent layer."""
        return self.shapes["weight_hh"][1]


def initializer(block: Config, name: str, shapes: dict[str, Shape]) -> Initializer:
    """Return the initializer of parameter `name` of a layer whose parameters have these shapes."""
    tensor = Tensor(name, shapes, block)
    init = block["bias_init" if tensor.is_bias else "init"]
    kind = init["type"]
    if kind in PRESETS:
        return PRESETS[kind](tensor)
    if kind == "values":
        values = init["values"]
        return initializers.values(values[name] if isinstance(values, dict) else values)
    if kind in ("zeros", "ones"):
        return constant(float(kind == "ones"))
    own = {ARGUMENTS.get(field, field): frozen(value) for field, value in init.items() if field != "type"}
    return getattr(initializers, kind)(**own)


def _torch(tensor: Tensor) -> Initializer:
    """Initialize as PyTorch's reset_parameters does."""
    if tensor.role == "recurrent":
        return fan_in_uniform(tensor.state)
    return normal() if tensor.role == "lookup" else _scale(tensor) or fan_in_uniform(tensor.fans[0])


def _keras(tensor: Tensor) -> Initializer:
    """Initialize by Keras' defaults: Glorot uniform, orthogonal recurrent weights, forget-gate bias 1."""
    if tensor.is_bias:
        return forget_gate_open(tensor.state) if tensor.block["type"] == "LSTM" else constant(0.0)
    if tensor.name == "weight_hh":
        return initializers.orthogonal()
    return uniform(-0.05, 0.05) if tensor.role == "lookup" else _scale(tensor) or initializers.xavier_uniform()


def _sklearn(tensor: Tensor) -> Initializer:
    """Initialize as MLPClassifier does; its rule for dense layers is used for all layers."""
    is_logistic = tensor.block.get("activation", {}).get("type") == "sigmoid"
    return _scale(tensor) or initializers.sklearn_uniform(*tensor.fans, 2.0 if is_logistic else 6.0)


def _scale(tensor: Tensor) -> Initializer | None:
    """Return the initializer of a norm's scale (1) or shift (0); None for other layers."""
    return constant(0.0 if tensor.is_bias else 1.0) if tensor.role == "norm" else None


def forget_gate_open(size: int) -> Initializer:
    """Return zeros with ones for the forget gate (order i f g o). Jozefowicz, Zaremba, Sutskever, 2015."""

    def draw(shape: Shape, rng: object) -> np.ndarray:
        bias = np.zeros(shape)
        bias[size : 2 * size] = 1.0
        return bias

    return draw


PRESETS: dict[str, Callable[[Tensor], Initializer]] = {
    "torch_default": _torch,
    "keras_default": _keras,
    "sklearn_default": _sklearn,
}
