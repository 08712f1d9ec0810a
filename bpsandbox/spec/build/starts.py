"""From a layer's `init` and `bias_init` to what draws the numbers a tensor begins with."""

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
    """A tensor of a layer: its name among all of the layer's, and the block that the layer was made from."""

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
        """Of the layer's first tensor, its weight."""
        return fans(next(iter(self.shapes.values())))

    @property
    def state(self) -> int:
        """Numbers in the state of a recurrent layer."""
        return self.shapes["weight_hh"][1]


def initializer(block: Config, name: str, shapes: dict[str, Shape]) -> Initializer:
    """What draws tensor `name` of a layer with tensors of these shapes."""
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
    """PyTorch's reset_parameters."""
    if tensor.role == "recurrent":
        return fan_in_uniform(tensor.state)
    return normal() if tensor.role == "lookup" else _scale(tensor) or fan_in_uniform(tensor.fans[0])


def _keras(tensor: Tensor) -> Initializer:
    """Keras' defaults: Glorot's uniform, orthogonal through time, a forget gate that is open."""
    if tensor.is_bias:
        return forget_gate_open(tensor.state) if tensor.block["type"] == "LSTM" else constant(0.0)
    if tensor.name == "weight_hh":
        return initializers.orthogonal()
    return uniform(-0.05, 0.05) if tensor.role == "lookup" else _scale(tensor) or initializers.xavier_uniform()


def _sklearn(tensor: Tensor) -> Initializer:
    """MLPClassifier's; it has no other layers, so its rule counts for all."""
    is_logistic = tensor.block.get("activation", {}).get("type") == "sigmoid"
    return _scale(tensor) or initializers.sklearn_uniform(*tensor.fans, 2.0 if is_logistic else 6.0)


def _scale(tensor: Tensor) -> Initializer | None:
    """A norm begins as nothing but a norm everywhere."""
    return constant(0.0 if tensor.is_bias else 1.0) if tensor.role == "norm" else None


def forget_gate_open(size: int) -> Initializer:
    """Zeros, ones for the forget gate: gates are in the order i f g o. Jozefowicz, Zaremba, Sutskever, 2015."""

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
