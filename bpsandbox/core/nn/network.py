"""A network: a sequence of layers, and one flat vector with all their parameters."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpsandbox.core.errors import WrongNumbers
from bpsandbox.core.streams import stream
from bpsandbox.core.types import Array, Shape

from .initializers import Initializer
from .layers.base import Layer
from .layers.masks import Masks


@dataclass(frozen=True)
class Slot:
    """The position of a parameter or buffer in the flat vector."""

    layer: int
    parameter: str
    name: str
    shape: Shape
    start: int
    stop: int

    def view(self, flat: Array) -> Array:
        """Return the tensor, (seeds,) + shape, as a view of (seeds, size)."""
        return flat[:, self.start : self.stop].reshape(len(flat), *self.shape)


def squeeze_seed(array: Array) -> Array:
    """Drop the seeds' axis if there is one seed: NumPy multiplies matrices twice as fast as stacks of one."""
    return array[0] if len(array) == 1 else array


class Network:
    """A sequence of layers. `bind` gives them parameters; before that, only shapes are known."""

    values: Array
    """Parameters, then buffers, (seeds, size + buffers): `theta` is the front part."""
    theta: Array
    """All parameters, (seeds, size)."""
    gradient: Array
    """dL/dtheta, of the same shape."""

    def __init__(self, layers: Sequence[Layer], in_shape: Shape) -> None:
        self.layers = tuple(layers)
        for place, layer in enumerate(self.layers):
            layer.index = place if layer.index < 0 else layer.index
        self.shapes = self._follow(tuple(in_shape))
        """Shape of a sample before each layer, and after the last."""
        given = list(zip(self.layers, self.shapes, strict=False))
        self.slots = self._lay_out(0, [layer.parameter_shapes(shape) for layer, shape in given])
        """The position of each parameter in the flat vector."""
        self.size = self.slots[-1].stop if self.slots else 0
        self.starts = [layer.buffer_shapes(shape) for layer, shape in given]
        self.buffers = self._lay_out(self.size, [{name: of[0] for name, of in each.items()} for each in self.starts])
        """The position of each buffer in the flat vector."""

    def _follow(self, shape: Shape) -> tuple[Shape, ...]:
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    def _lay_out(self, start: int, tensors: Sequence[dict[str, Shape]]) -> tuple[Slot, ...]:
        """Return one slot for each tensor, beginning at `start`, given names and shapes for each layer."""
        slots = []
        for place, shapes in enumerate(tensors):
            for parameter, shape in shapes.items():
                stop = start + math.prod(shape)
                name = f"layers.{self.layers[place].index}.{parameter}"
                slots.append(Slot(place, parameter, name, shape, start, stop))
                start = stop
        return tuple(slots)

    @property
    def seeds(self) -> int:
        return len(self.theta)

    @property
    def is_random(self) -> bool:
        """Return whether a step draws random numbers."""
        return any(layer.is_random for layer in self.layers)

    @property
    def first_trained(self) -> int:
        """Return the position of the first layer with parameters; no gradient is needed before it."""
        return self.slots[0].layer if self.slots else len(self.layers)

    def place_of(self, index: int) -> int:
        """Return the position of the last layer with this index: its activation, if it has one."""
        return max(place for place, layer in enumerate(self.layers) if layer.index == index)

    def owner(self, place: int) -> Layer:
        """Return the first layer with the index of the one at `place`: for an activation, the layer it belongs to."""
        return next(layer for layer in self.layers if layer.index == self.layers[place].index)

    def draw(self, seeds: Sequence[int], initializers: Sequence[Initializer], dtype: str = "float64") -> Array:
        """Draw `values` for each seed from its own stream, with one initialiser for each slot, in order."""
        if len(initializers) != len(self.slots):
            names = ", ".join(slot.name for slot in self.slots)
            raise WrongNumbers(f"{len(initializers)} initialisers for {len(self.slots)} tensors. One each for: {names}")
        values = np.empty((len(seeds), [self.size, *(slot.stop for slot in self.buffers)][-1]), dtype)
        for row, seed in zip(values, seeds, strict=True):
            rng = stream(seed, "init")
            for slot, initializer in zip(self.slots, initializers, strict=True):
                row[slot.start : slot.stop] = initializer(slot.shape, rng).ravel()
        for slot in self.buffers:
            _, start = self.starts[slot.layer][slot.parameter]
            values[:, slot.start : slot.stop] = start
        return values

    def bind(self, values: Array, streams: Sequence[np.random.Generator] = ()) -> Network:
        """Return a network of the same layers with these values; masks are drawn from one stream per seed."""
        bound = copy.copy(self)
        bound.layers = tuple(copy.copy(layer) for layer in self.layers)
        bound.values, bound.theta = values, values[:, : self.size]
        bound.gradient = np.zeros(bound.theta.shape, values.dtype)
        for place, layer in enumerate(bound.layers):
            slots = [slot for slot in self.slots if slot.layer == place]
            buffers = [slot for slot in self.buffers if slot.layer == place]
            layer.masks = Masks(streams) if layer.is_random and streams else None
            layer.attach(
                {slot.parameter: squeeze_seed(slot.view(values)) for slot in [*slots, *buffers]},
                {slot.parameter: squeeze_seed(slot.view(bound.gradient)) for slot in slots},
            )
        return bound

    def rewind_random(self) -> None:
        """Rewind the draws of the last forward, so that the next one draws the same numbers."""
        for layer in self.layers:
            if layer.masks is not None:
                layer.masks.rewind()

    def named(self, flat: Array) -> dict[str, Array]:
        """Return views of a flat array by the parameters' names, with a leading seeds' axis."""
        return {slot.name: slot.view(flat) for slot in self.slots}
