"""Layers that reshape samples without a copy: y is a view of x."""

from __future__ import annotations

import math

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Shape

from .base import Layer


class Flatten(Layer):
    """Flatten a sample of any shape to one row, in C order."""

    is_view = True

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


class Reshape(Layer):
    """Reshape a sample, in C order; one axis may be -1.

    Raises ShapeMismatch if a sample has a different size.
    """

    is_view = True

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def output_shape(self, shape: Shape) -> Shape:
        known = math.prod(axis for axis in self.shape if axis != -1)
        whole = tuple(math.prod(shape) // known if axis == -1 else axis for axis in self.shape)
        if math.prod(whole) != math.prod(shape):
            raise ShapeMismatch("Reshape", "samples of {count} numbers", shape, count=known)
        return whole
