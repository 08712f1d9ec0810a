"""The arrays that a pass through a network writes to, made once for a batch size."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .layers.base import Layer
from .losses import Loss
from .network import Network

Array = np.ndarray
Call = tuple[Callable[..., None], tuple[Array | None, ...]]


class Tape(NamedTuple):
    """The calls of one pass over one fixed batch, in order: play them with `play`."""

    forward: list[Call]
    backward: list[Call]


def play(calls: list[Call]) -> None:
    for function, arrays in calls:
        function(*arrays)


def scratch(letter: str, like: Array) -> Array:
    """An array of the kind that a layer or a loss asks for by a letter (see Layer.scratch)."""
    shape = (*like.shape[:-1], 1) if letter == "c" else like.shape
    return np.empty(shape, dtype=bool if letter == "b" else like.dtype)


class Workspace:
    """Outputs, gradients and scratch of every layer for batches of n rows.

    `outputs[i]` is what layer i gives, `gradients[i]` is dL/d(input of layer i), `value` the loss of each seed.
    """

    def __init__(self, network: Network, loss: Loss, n: int, *, backward: bool = True) -> None:
        self.network, self.loss, self.n = network, loss, n
        self.value = np.empty(network.seeds, dtype=network.theta.dtype)
        self.outputs = self._outputs()
        pairs = list(zip(network.layers, self.outputs, strict=True))
        self.scratch = [self._scratch(layer.scratch, y) for layer, y in pairs]
        self.constants = [() if y is None else layer.constants(y) for layer, y in pairs]
        p = self._for_loss(self._empty(-1))
        self.loss_scratch, self.loss_constants = self._scratch(loss.scratch, p), loss.constants(p)
        self.gradients = self._gradients() if backward else []

    def _empty(self, place: int) -> Array:
        return np.empty((self.network.seeds, self.n, *self.network.shapes[place]), dtype=self.network.theta.dtype)

    def _outputs(self) -> list[Array | None]:
        """A view layer's output is a view of the last real one; before that, of the batch itself (None here)."""
        outputs: list[Array | None] = []
        for place, layer in enumerate(self.network.layers):
            before = outputs[-1] if outputs else None
            if not layer.is_view:
                outputs.append(self._empty(place + 1))
            else:
                outputs.append(None if before is None else self._reshaped(before, place + 1))
        return outputs

    def _gradients(self) -> list[Array | None]:
        first = self.network.first_trained
        gradients: list[Array | None] = [None] * (first + 1)
        for place in range(first + 1, len(self.network.layers) + 1):
            before = gradients[place - 1]
            is_view = self.network.layers[place - 1].is_view
            gradients.append(self._reshaped(before, place) if is_view and before is not None else self._empty(place))
        return gradients

    def _reshaped(self, array: Array, place: int) -> Array:
        return array.reshape(*array.shape[:2], *self.network.shapes[place])

    def _scratch(self, letters: str, like: Array | None) -> tuple[Array, ...]:
        """Arrays for one layer or loss, one a letter; a view layer wants none."""
        return () if like is None else tuple(scratch(letter, like) for letter in letters)

    def _for_loss(self, array: Array) -> Array:
        return array.reshape(len(array), -1) if self.loss.elementwise else array

    def tape(self, x: Array, y: Array | None = None) -> Tape:
        """Write down the pass over batch x with targets y, both with a leading axis of 1 or all seeds."""
        inputs = self.inputs(x)
        forward: list[Call] = []
        for place, layer in enumerate(self.network.layers):
            forward += self._forward(place, layer, inputs)
        if y is None:
            return Tape(forward, [])
        p, targets = self._for_loss(inputs[-1]), self._for_loss(y)
        forward.append(self._call(self.loss.forward, (p, targets, self.value, *self.loss_scratch), self.loss_constants))
        if not self.gradients:
            return Tape(forward, [])
        dp = None if self.gradients[-1] is None else self._for_loss(self.gradients[-1])
        backward = [self._call(self.loss.backward, (p, targets, dp, *self.loss_scratch), self.loss_constants)]
        for place in reversed(range(self.network.first_trained, len(self.network.layers))):
            backward += self._backward(place, self.network.layers[place], inputs)
        return Tape(forward, backward)

    def _call(
        self, function: Callable[..., None], arrays: tuple[Array | None, ...], constants: tuple[Array, ...]
    ) -> Call:
        """Write down a call; a lone seed's arrays go without the seeds' axis, which constants never have."""
        if self.network.seeds == 1:
            arrays = tuple(None if array is None else array[0, ...] for array in arrays)
        return function, (*arrays, *constants)

    def inputs(self, x: Array) -> list[Array]:
        """What every layer is given, and at the end what the network gives."""
        inputs = [x]
        for place, output in enumerate(self.outputs):
            inputs.append(self._reshaped(inputs[-1], place + 1) if output is None else output)
        return inputs

    def _forward(self, place: int, layer: Layer, inputs: list[Array]) -> list[Call]:
        if layer.is_view:
            return []
        arrays = inputs[place], inputs[place + 1], *self.scratch[place]
        return [self._call(layer.forward, arrays, self.constants[place])]

    def _backward(self, place: int, layer: Layer, inputs: list[Array]) -> list[Call]:
        if layer.is_view:
            return []
        x, y = inputs[place], inputs[place + 1]
        dy, dx = self.gradients[place + 1], self.gradients[place]
        return [self._call(layer.backward, (x, y, dy, dx, *self.scratch[place]), self.constants[place])]

    def first_broken(self, row: int) -> str:
        """Name the first layer whose output of the last forward is not finite for the seed in this row."""
        for layer, output in zip(self.network.layers, self.outputs, strict=True):
            if output is not None and not np.isfinite(output[row]).all():
                return f"layers[{layer.index}] {layer.name}"
        return f"loss {self.loss.name}"
