"""What every layer can do."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from bpsandbox.core.types import Array, Shape


class Layer:
    """A differentiable step of a network, from `x` to `y`.

    Arrays are stacks over seeds: x is (seeds, n) + the shape of one sample, and a lone seed may come without its axis,
    so axes are counted from the end. x of the first layer may have one row that all seeds share. A layer owns no
    buffer: the workspace hands it the arrays to write to, and `attach` hands it its parameters as views of the
    network's flat vector.
    """

    is_view: ClassVar[bool] = False
    """Does the layer only look at x in another shape?"""
    takes_rows: ClassVar[bool] = False
    """Does the layer act on the last axis alone? Then it is given rows: all axes before the last are one."""
    row_axes: int = 1
    """How many last axes are a row, laid out as one, for a layer that takes rows."""
    is_random: ClassVar[bool] = False
    """Does forward draw from `streams`?"""
    is_scale: ClassVar[bool] = False
    """Are its weights factors of single numbers? Then no penalty counts them."""
    source: int | None = None
    """Place in the config's list of another layer whose output forward takes as well, after x."""
    kinks: tuple[float, ...] = ()
    """Values of x at which the derivative jumps."""
    bounds: tuple[float, float] | None = None
    """Values that outputs come near to where the layer is saturated."""
    forward: Callable[..., None]
    """`forward(x, y, *scratch)` writes y = f(x) in training."""
    backward: Callable[..., None]
    """`backward(x, y, dy, dx, *scratch)` writes dx = dL/dx and the parameters' gradients from dy = dL/dy.

    It is called after forward with the same arrays. dx is None where nobody needs it: a layer without parameters is
    never called so."""
    update_running_stats: Callable[..., None] | None = None
    """`update_running_stats(x, y, *scratch)` updates the buffers after forward, once a step. Forward leaves them alone:
    it is repeated without the seeds that diverged."""
    streams: Sequence[np.random.Generator] = ()
    """One stream of draws for each seed; none where nothing is drawn."""
    index: int = -1
    """Place in the config's list of layers, where an activation written on a layer shares its number; else in the
    network's, which gives it."""

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

    def state_shapes(self, shape: Shape) -> dict[str, tuple[Shape, float]]:
        """What is remembered beside the parameters, by PyTorch's names: its shape, and the number it begins with."""
        return {}

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        """The arrays behind y that forward and backward share, for n samples of `shape`, without the seeds' axis.

        Each has a kind: f for the run's numbers, d for doubles whatever those are, b for booleans, i for places.
        """
        return ()

    def multiply_adds(self, shape: Shape) -> int:
        """Multiply-adds of forward for one sample of `shape`, those of its matrix products alone."""
        return 0

    def parameters(self, shape: Shape) -> int:
        """How many numbers are learned."""
        return sum(math.prod(shape) for shape in self.parameter_shapes(shape).values())

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        """Use these views, each with the seeds' axis in front if x has one; `values` holds the state as well."""

    def evaluate(self, *arrays: Any) -> None:
        """What forward is when the network is measured: the same, unless a layer says otherwise."""
        self.forward(*arrays)

    def rewind_random(self) -> None:
        """Give back what the last forward drew, so that the next one draws it again."""

    def kink_sides(self, x: Array, y: Array, *arrays: Array) -> list[Array]:
        """On which side of every kink the last forward went."""
        return [np.sign(x - kink) for kink in self.kinks]
