"""A network: layers in a row and one flat vector that holds all their parameters."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .initializers import Initializer
from .layers.base import Layer
from .streams import stream

Array = np.ndarray
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Slot:
    """Where one parameter lies in the flat vector."""

    layer: int
    parameter: str
    name: str
    shape: Shape
    start: int
    stop: int

    def view(self, flat: Array) -> Array:
        """Look at (seeds, size) as (seeds,) + shape."""
        return flat[:, self.start : self.stop].reshape(len(flat), *self.shape)


def lone(array: Array) -> Array:
    """Drop the seeds' axis where there is one seed: NumPy multiplies matrices twice as fast as stacks of one."""
    return array[0] if len(array) == 1 else array


class Network:
    """Layers in a row. `bind` gives it parameters; before that it only knows shapes."""

    theta: Array
    """All parameters, (seeds, size)."""
    gradient: Array
    """dL/dtheta, of the same shape."""

    def __init__(self, layers: Sequence[Layer], in_shape: Shape) -> None:
        self.layers = tuple(layers)
        self.shapes = self._infer(tuple(in_shape))
        self.slots = tuple(self._lay_out())
        self.size = self.slots[-1].stop if self.slots else 0

    def _infer(self, shape: Shape) -> tuple[Shape, ...]:
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    def _lay_out(self) -> list[Slot]:
        slots, start = [], 0
        for place, layer in enumerate(self.layers):
            for parameter, shape in layer.parameter_shapes(self.shapes[place]).items():
                stop = start + math.prod(shape)
                slots.append(Slot(place, parameter, f"layers.{layer.index}.{parameter}", shape, start, stop))
                start = stop
        return slots

    @property
    def seeds(self) -> int:
        return len(self.theta)

    @property
    def first_trained(self) -> int:
        """Place of the first layer with parameters: no gradient is needed before it."""
        return self.slots[0].layer if self.slots else len(self.layers)

    def draw(self, seeds: Sequence[int], initializers: Sequence[Initializer], dtype: str = "float64") -> Array:
        """Draw start parameters (seeds, size): one initialiser a slot, in order, from each seed's own stream."""
        theta = np.empty((len(seeds), self.size), dtype=dtype)
        for row, seed in zip(theta, seeds, strict=True):
            rng = stream(seed, "init")
            for slot, initializer in zip(self.slots, initializers, strict=True):
                row[slot.start : slot.stop] = initializer(slot.shape, rng).ravel()
        return theta

    def bind(self, theta: Array) -> Network:
        """Make a network of the same layers that lives on these parameters."""
        bound = copy.copy(self)
        bound.layers = tuple(copy.copy(layer) for layer in self.layers)
        bound.theta, bound.gradient = theta, np.zeros_like(theta)
        for place, layer in enumerate(bound.layers):
            slots = [slot for slot in self.slots if slot.layer == place]
            layer.attach(
                {slot.parameter: lone(slot.view(theta)) for slot in slots},
                {slot.parameter: lone(slot.view(bound.gradient)) for slot in slots},
            )
        return bound

    def named(self, flat: Array) -> dict[str, Array]:
        """Look at a flat array by the parameters' names, with a leading seed axis."""
        return {slot.name: slot.view(flat) for slot in self.slots}
