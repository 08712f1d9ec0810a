"""Layers that give samples another shape. They copy nothing: y is a view of x."""

from __future__ import annotations

import math

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Shape

from .base import Layer


class Flatten(Layer):
    """A sample of any shape as one row of numbers, the last axis running fastest."""

    is_view = True

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)


class Reshape(Layer):
    """A sample in another shape, the last axis running fastest; one axis may be -1.

    Raises ShapeMismatch when a sample has another number of numbers.
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
