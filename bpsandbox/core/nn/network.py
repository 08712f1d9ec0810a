"""A network: layers in a row and one flat vector that holds all their parameters."""

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


def squeeze_seed(array: Array) -> Array:
    """Drop the seeds' axis where there is one seed: NumPy multiplies matrices twice as fast as stacks of one."""
    return array[0] if len(array) == 1 else array


class Network:
    """Layers in a row. `bind` gives it parameters; before that it only knows shapes."""

    values: Array
    """All that is learned or remembered, (seeds, size + remembered): theta in front, running statistics behind."""
    theta: Array
    """All parameters, (seeds, size)."""
    gradient: Array
    """dL/dtheta, of the same shape."""

    def __init__(self, layers: Sequence[Layer], in_shape: Shape) -> None:
        self.layers = tuple(layers)
        for place, layer in enumerate(self.layers):
            layer.index = place if layer.index < 0 else layer.index
        self.shapes = self._infer(tuple(in_shape))
        self.slots = self._lay_out(0, [layer.parameter_shapes(shape) for layer, shape in self._given()])
        self.size = self.slots[-1].stop if self.slots else 0
        self.remembered = self._lay_out(
            self.size, [_shapes(layer.state_shapes(shape)) for layer, shape in self._given()]
        )

    def _infer(self, shape: Shape) -> tuple[Shape, ...]:
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.output_shape(shapes[-1]))
        return tuple(shapes)

    def _given(self) -> list[tuple[Layer, Shape]]:
        """Every layer with the shape of its input."""
        return list(zip(self.layers, self.shapes, strict=False))

    def _lay_out(self, start: int, tensors: Sequence[dict[str, Shape]]) -> tuple[Slot, ...]:
        """One slot a tensor, from `start` on: a mapping of names to shapes for each layer."""
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
        """Does a step draw anything?"""
        return any(layer.is_random for layer in self.layers)

    @property
    def first_trained(self) -> int:
        """Place of the first layer with parameters: no gradient is needed before it."""
        return self.slots[0].layer if self.slots else len(self.layers)

    def place_of(self, index: int) -> int:
        """Place of the last layer that stands for number `index` of the config, its activation if it has one."""
        return max(place for place, layer in enumerate(self.layers) if layer.index == index)

    def owner(self, place: int) -> Layer:
        """Return the config's layer that the layer at `place` is a part of, as an activation written on a layer is."""
        return next(layer for layer in self.layers if layer.index == self.layers[place].index)

    def draw(self, seeds: Sequence[int], initializers: Sequence[Initializer], dtype: str = "float64") -> Array:
        """Draw `values`: one initialiser a slot, in order, from each seed's own stream; what is remembered begins."""
        if len(initializers) != len(self.slots):
            names = ", ".join(slot.name for slot in self.slots)
            raise WrongNumbers(f"{len(initializers)} initialisers for {len(self.slots)} tensors. One each for: {names}")
        values = np.empty((len(seeds), self.size + sum(slot.stop - slot.start for slot in self.remembered)), dtype)
        for row, seed in zip(values, seeds, strict=True):
            rng = stream(seed, "init")
            for slot, initializer in zip(self.slots, initializers, strict=True):
                row[slot.start : slot.stop] = initializer(slot.shape, rng).ravel()
        for slot in self.remembered:
            _, start = self.layers[slot.layer].state_shapes(self.shapes[slot.layer])[slot.parameter]
            values[:, slot.start : slot.stop] = start
        return values

    def bind(self, values: Array, streams: Sequence[np.random.Generator] = ()) -> Network:
        """Make a network of the same layers that lives on these values, and draws from one stream a seed."""
        bound = copy.copy(self)
        bound.layers = tuple(copy.copy(layer) for layer in self.layers)
        bound.values, bound.theta = values, values[:, : self.size]
        bound.gradient = np.zeros(bound.theta.shape, values.dtype)
        for place, layer in enumerate(bound.layers):
            slots = [slot for slot in self.slots if slot.layer == place]
            state = [slot for slot in self.remembered if slot.layer == place]
            layer.streams = streams
            layer.attach(
                {slot.parameter: squeeze_seed(slot.view(values)) for slot in [*slots, *state]},
                {slot.parameter: squeeze_seed(slot.view(bound.gradient)) for slot in slots},
            )
        return bound

    def rewind_random(self) -> None:
        """Undo the draws of the last forward, so that the next one draws the same."""
        for layer in self.layers:
            layer.rewind_random()

    def named(self, flat: Array) -> dict[str, Array]:
        """Look at a flat array by the parameters' names, with a leading seed axis."""
        return {slot.name: slot.view(flat) for slot in self.slots}


def _shapes(state: dict[str, tuple[Shape, float]]) -> dict[str, Shape]:
    return {name: shape for name, (shape, _) in state.items()}
