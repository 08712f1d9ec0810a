"""The layer that looks at samples in another shape."""

from __future__ import annotations

import math

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.types import Shape

from .base import Layer


class Reshape(Layer):
    """Look at samples in another shape, the last axis running fastest; one axis may be -1. Copies nothing.

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
