"""Base class of layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from bpsandbox.core.types import Array, Shape

from .masks import Masks


class Layer:
    """A differentiable step of a network, from `x` to `y`.

    Arrays have a leading axis of seeds: x is (seeds, n) + the shape of one sample. Arrays of a single seed do not have
    this axis, so count axes from the end. The first layer's x may have a seeds' axis of length 1, shared by all seeds.
    A layer allocates no arrays that outlive a step: the workspace passes buffers to write to, and `attach` gets the
    parameters as views of the network's flat vector.
    """

    name: ClassVar[str] = ""
    """The layer's name in a config: the class name, unless the class sets another."""
    index: int = -1
    """Index in the config's list of layers. An activation given as a field of a layer has that layer's index."""
    is_view: ClassVar[bool] = False
    """True if y is x in another shape and nothing is computed."""
    row_axes: int = 0
    """Number of trailing axes of a sample that form one row. A layer with rows gets (seeds, rows, numbers); 0 means
    none."""
    is_random: ClassVar[bool] = False
    """True if forward draws random numbers from `masks`."""
    masks: Masks | None = None
    """The random streams of a random layer in training; None in evaluation."""
    is_scale: ClassVar[bool] = False
    """True if the weights scale single numbers, as in normalisation; penalties exclude them."""
    source: int | None = None
    """Index of another layer whose output is a second input of forward, after x."""
    kinks: tuple[float, ...] = ()
    """Values of x at which the derivative jumps."""
    bounds: tuple[float, float] | None = None
    """Lowest and highest output, where the layer saturates."""

    forward: Callable[..., None]
    """`forward(x, y, *scratch)` writes y = f(x) in training."""
    backward: Callable[..., None]
    """`backward(x, y, dy, dx, *scratch)` writes dx = dL/dx and the parameters' gradients, given dy = dL/dy.

    It is called after forward with the same arrays. dx is None if it is not needed, which happens only for layers with
    parameters.
    """
    update_running_stats: Callable[..., None] | None = None
    """`update_running_stats(x, y, *scratch)` updates the buffers after forward, once per step. Forward must not update
    them, because it is repeated without the seeds that diverged."""

    def __init_subclass__(cls) -> None:
        cls.name = cls.__dict__.get("name", cls.__name__)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of one output sample for input samples of `shape`. Raises ShapeMismatch."""
        return shape

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shapes of the parameters by PyTorch's names, in PyTorch's order."""
        return {}

    def buffer_shapes(self, shape: Shape) -> dict[str, tuple[Shape, float]]:
        """Return shape and initial value of each buffer (running statistics, not learned), by PyTorch's names."""
        return {}

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        """Return shapes, without the seeds' axis, and dtypes of the arrays that forward and backward share.

        Dtypes: f for the run's float type, d for float64, b for booleans, i for indices.
        """
        return ()

    def multiply_adds(self, shape: Shape) -> int:
        """Return the multiply-adds of forward's matrix products for one sample of `shape`."""
        return 0

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        """Store views of parameters and buffers (`values`) and of the parameters' gradients."""

    def evaluate(self, *arrays: Any) -> None:
        """Run forward in evaluation mode; by default the same as forward."""
        self.forward(*arrays)

    def kink_sides(self, x: Array, y: Array, *arrays: Array) -> list[Array]:
        """Return the side of every kink on which the last forward was."""
        return [np.sign(x - kink) for kink in self.kinks]


def parameter_count(layer: Layer, shape: Shape) -> int:
    """Return the number of parameters of a layer for input samples of `shape`."""
    return sum(math.prod(shape) for shape in layer.parameter_shapes(shape).values())
