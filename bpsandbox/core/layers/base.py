"""What every layer can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

Array = np.ndarray
Shape = tuple[int, ...]


class Layer:
    """A differentiable step of a network, from `x` to `y`.

    Arrays are stacks over seeds: x is (seeds, n) + the shape of one sample, and a lone seed may come without its axis,
    so axes are counted from the end. A layer owns no buffer: the workspace hands it the arrays to write to, and
    `attach` hands it its parameters as views of the network's flat vector.
    """

    scratch: ClassVar[str] = ""
    """Arrays that forward and backward share, one letter each: f for numbers like y, b for booleans like y, c for a
    column, one number a row of y."""
    is_view: ClassVar[bool] = False
    """Does the layer only look at x in another shape?"""
    kinks: tuple[float, ...] = ()
    """Values of x at which the derivative jumps."""
    forward: Callable[..., None]
    """`forward(x, y, *scratch, *constants)` writes y = f(x)."""
    backward: Callable[..., None]
    """`backward(x, y, dy, dx, *scratch, *constants)` writes dx = dL/dx and the parameters' gradients from dy = dL/dy.

    It is called after forward with the same arrays. dx is None where nobody needs it: a layer without parameters is
    never called so."""
    index: int = 0
    """Place in the config's list of layers; an activation written on a layer shares its number."""

    name: ClassVar[str] = ""
    """The config's word for it: the class's name, unless it says another."""

    def __init_subclass__(cls) -> None:
        cls.name = cls.__dict__.get("name", cls.__name__)

    def output_shape(self, shape: Shape) -> Shape:
        """Shape of one output sample for input samples of `shape`. Raises ShapeMismatch."""
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Parameters by PyTorch's names, in PyTorch's order."""
        return {}

    def constants(self, y: Array) -> tuple[Array, ...]:
        """Arrays that never change, for outputs like y: NumPy takes them faster than Python's numbers."""
        return ()

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        """Use these views, each with the seeds' axis in front if x has one."""
