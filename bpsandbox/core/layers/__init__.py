"""Layers: a forward rule and its derivative, side by side."""

from .add import Add
from .base import Layer
from .flatten import Flatten
from .linear import Linear
from .reshape import Reshape

LAYERS: dict[str, type[Layer]] = {cls.name: cls for cls in (Linear, Flatten, Reshape, Add)}
"""By the config's words. Activations have a table of their own."""

__all__ = ["LAYERS", "Add", "Flatten", "Layer", "Linear", "Reshape"]
