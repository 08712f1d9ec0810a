"""Layers: a forward rule and its derivative, side by side."""

from .add import Add
from .base import Layer
from .batch_norm import BatchNorm1d, BatchNorm2d
from .dropout import Dropout
from .flatten import Flatten
from .layer_norm import LayerNorm
from .linear import Linear
from .reshape import Reshape

LAYERS: dict[str, type[Layer]] = {
    cls.name: cls for cls in (Linear, Flatten, Reshape, Dropout, BatchNorm1d, BatchNorm2d, LayerNorm, Add)
}
"""By the config's words. Activations have a table of their own."""

__all__ = [
    "LAYERS",
    "Add",
    "BatchNorm1d",
    "BatchNorm2d",
    "Dropout",
    "Flatten",
    "Layer",
    "LayerNorm",
    "Linear",
    "Reshape",
]
