"""Layers: a forward rule and its derivative, side by side."""

from .base import Layer
from .flatten import Flatten
from .linear import Linear

__all__ = ["Flatten", "Layer", "Linear"]
