"""The arrays that a pass through a network writes to, made once for a batch size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bpsandbox.core.errors import WrongNumbers
from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.nn.losses import Loss
from bpsandbox.core.nn.network import Network, Shape

from .recording import Call, recorded

Array = np.ndarray


class Tape(NamedTuple):
    """The calls of one pass over one fixed batch, in order: play them with `play`."""

    forward: list[Call]
    backward: list[Call]


def play(calls: list[Call]) -> None:
    for function, arrays in calls:
        function(*arrays)


def scratch(letter: str, like: Array) -> Array:
    """An array of the kind that a loss asks for by a letter (see Layer.scratch)."""
    shape = (*like.shape[:-1], 1) if letter == "c" else like.shape
    return np.empty(shape, dtype=bool if letter == "b" else like.dtype)


class Workspace:
    """Outputs, gradients and scratch of every layer for batches of n rows.

    With `backward` it is for training, without for measuring: then layers `infer`.
    `outputs[i]` is what layer i gives, `gradients[i]` is dL/d(input of layer i), `value` the loss of each seed.
    """

    def __init__(self, network: Network, loss: Loss, n: int, *, backward: bool = True) -> None:
        self.network, self.loss, self.n = network, loss, n
        self.value = np.empty(network.seeds, dtype=network.theta.dtype)
        self.outputs = self._outputs()
        self.scratch = [self._scratch(place) for place in range(len(network.layers))]
        pairs = zip(network.layers, self.outputs, strict=True)
        self.constants = [() if y is None else layer.constants(_rows(y, layer)) for layer, y in pairs]
        p = self._for_loss(self._empty(len(network.layers)))
        self.loss_scratch, self.loss_constants = [scratch(letter, p) for letter in loss.scratch], loss.constants(p)
        self.gradients = self._gradients() if backward else []
        self.unrecorded: set[int] = set()
        """Places of layers whose forward cannot be written down call by call."""

    def _empty(self, place: int, *, is_gradient: bool = False) -> Array:
        """Room for what the layer at `place` is given, or for the gradient that it gives back."""
        shape = (self.n, *self.network.shapes[place])
        return self._laid_out(shape, place, self.network.theta.dtype, is_gradient=is_gradient)

    def _laid_out(self, shape: Shape, place: int, dtype: Any, *, is_gradient: bool = False) -> Array:
        """Zeros of this shape behind the seeds' axis.

        Batches of images lie with the samples' axis last (layers.images says why) if all who use them can tell.
        """
        sample = self.network.shapes[place]
        if len(sample) == 3 and shape == (self.n, *sample) and self._are_images(place, is_gradient=is_gradient):
            return np.moveaxis(np.zeros((self.network.seeds, *sample, self.n), dtype), -1, 1)
        return np.zeros((self.network.seeds, *shape), dtype)

    def _are_images(self, place: int, *, is_gradient: bool) -> bool:
        """Is a sample an image to the layers beside `place`? One that only reads may also see it as one row."""
        layers, shapes = self.network.layers, self.network.shapes
        after = next((i for i in range(place, len(layers)) if not layers[i].is_view), None)
        if after is None:
            return False
        beside = [(layers[after], shapes[after]), *((layer, shapes[place]) for layer in layers[:place][-1:])]
        is_cut = any(layer.takes_rows and len(shape) > layer.row_axes for layer, shape in beside)
        return not is_cut and len(shapes[after]) in ((3,) if is_gradient else (1, 3))

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
            gradients.append(
                self._reshaped(before, place)
                if is_view and before is not None
                else self._empty(place, is_gradient=True)
            )
        return gradients

    def _reshaped(self, array: Array, place: int) -> Array:
        return array.reshape(*array.shape[:2], *self.network.shapes[place])

    def _scratch(self, place: int) -> tuple[Array, ...]:
        """The arrays that the layer at `place` asks for; they begin as zeros."""
        kinds: dict[str, Any] = {"f": self.network.theta.dtype, "d": np.float64, "b": np.bool_, "i": np.intp}
        shapes = self.network.layers[place].scratch_shapes(self.n, self.network.shapes[place])
        return tuple(self._laid_out(shape, place, kinds[kind]) for shape, kind in shapes)

    def _for_loss(self, array: Array) -> Array:
        return array.reshape(len(array), -1) if self.loss.elementwise else array

    def tape(self, x: Array, y: Array | None = None) -> Tape:
        """Write down the pass over batch x with targets y, both with a leading axis of 1 or all seeds."""
        self._check(x, y)
        inputs = self.inputs(x)
        forward: list[Call] = []
        for place, layer in enumerate(self.network.layers):
            forward += self._forward(place, layer, inputs)
        if y is None:
            return Tape(forward, [])
        p, targets = self._for_loss(inputs[-1]), self._for_loss(y)
        arrays: tuple[Array | None, ...] = (p, targets, self.value, *self.loss_scratch)
        forward += self._calls(self.loss.forward, arrays, self.loss_constants, given=(0, 1))
        if not self.gradients:
            return Tape(forward, [])
        dp = None if self.gradients[-1] is None else self._for_loss(self.gradients[-1])
        backward = [
            self._settle(place, layer, inputs) for place, layer in enumerate(self.network.layers) if layer.settle
        ]
        arrays = (p, targets, dp, *self.loss_scratch)
        backward += self._calls(self.loss.backward, arrays, self.loss_constants, given=(0, 1))
        for place in reversed(range(self.network.first_trained, len(self.network.layers))):
            backward += self._gather(place) + self._backward(place, self.network.layers[place], inputs)
        return Tape(forward, backward)

    def _check(self, x: Array, y: Array | None) -> None:
        """Raise WrongNumbers where samples or targets have another shape than the network."""
        takes, gives = self.network.shapes[0], self.network.shapes[-1]
        if x.shape[1:] != (self.n, *takes):
            raise WrongNumbers(f"The network takes {self.n} samples of shape {takes}; these are {x.shape[1:]}.")
        if y is not None and y.shape[1:] != (self.n, *gives):
            hint = "" if self.loss.elementwise else f" {self.loss.name} wants a row of the classes' shares (one-hot)."
            raise WrongNumbers(f"The network gives {(self.n, *gives)}, the targets are {y.shape[1:]}.{hint}")

    def _call(
        self, function: Callable[..., None], arrays: tuple[Array | None, ...], constants: tuple[Array, ...]
    ) -> Call:
        """Write down a call; a lone seed's arrays go without the seeds' axis, which constants never have."""
        if self.network.seeds == 1:
            arrays = tuple(None if array is None else array[0, ...] for array in arrays)
        return function, (*arrays, *constants)

    def _calls(
        self,
        function: Callable[..., None],
        arrays: tuple[Array | None, ...],
        constants: tuple[Array, ...],
        given: tuple[int, ...],
    ) -> list[Call]:
        """Write down what a function does in training, call by call; what is measured once is not worth it."""
        call = self._call(function, arrays, constants)
        return recorded(*call, given) if self.gradients else [call]

    def inputs(self, x: Array) -> list[Array]:
        """What every layer is given, and at the end what the network gives."""
        inputs = [x]
        for place, output in enumerate(self.outputs):
            inputs.append(self._reshaped(inputs[-1], place + 1) if output is None else output)
        return inputs

    def _forward(self, place: int, layer: Layer, inputs: list[Array]) -> list[Call]:
        if layer.is_view:
            return []
        arrays, constants = self._arrays(place, layer, inputs), self.constants[place]
        act = layer.forward if self.gradients else layer.infer
        if layer.is_random and self.gradients:  # draws are no calls of NumPy's
            return [self._call(act, arrays, constants)]
        calls = self._calls(act, arrays, constants, given=(0,) if layer.source is None else (0, 2))
        if calls and calls[0][0] == act:
            self.unrecorded.add(place)
        return calls

    def _settle(self, place: int, layer: Layer, inputs: list[Array]) -> Call:
        if layer.settle is None:
            raise TypeError(f"{layer.name} remembers nothing")
        return self._call(layer.settle, self._arrays(place, layer, inputs), self.constants[place])

    def _backward(self, place: int, layer: Layer, inputs: list[Array]) -> list[Call]:
        if layer.is_view:
            return []
        x, y, *others = self._arrays(place, layer, inputs)
        dy, dx = _rows(self.gradients[place + 1], layer), _rows(self.gradients[place], layer)
        arrays = (x, y, dy, dx, *others)
        if place in self.unrecorded:  # its forward makes arrays anew, which a tape would not see
            return [self._call(layer.backward, arrays, self.constants[place])]
        return self._calls(layer.backward, arrays, self.constants[place], given=(0, 2))

    def _arrays(self, place: int, layer: Layer, inputs: list[Array]) -> tuple[Array, ...]:
        """x, y, the other layer's output where one is taken, and scratch."""
        x, y = _rows(inputs[place], layer), _rows(inputs[place + 1], layer)
        other = () if layer.source is None else (inputs[self.network.place_of(layer.source) + 1],)
        return (x, y, *other, *self.scratch[place])

    def _gather(self, place: int) -> list[Call]:
        """Add what later layers that take this one's output send back to it."""
        gradient = self.gradients[place + 1]
        takers = [i for i, layer in enumerate(self.network.layers) if self._takes(layer, place)]
        return [(np.add, (gradient, self.gradients[i + 1], gradient)) for i in takers]

    def _takes(self, layer: Layer, place: int) -> bool:
        return layer.source is not None and self.network.place_of(layer.source) == place

    def sides(self, inputs: list[Array]) -> list[Array]:
        """On which side of every kink of a layer the last forward went."""
        sides: list[Array] = []
        for place, layer in enumerate(self.network.layers):
            sides += [] if layer.is_view else layer.sides(*self._arrays(place, layer, inputs))
        return sides

    def first_broken(self, row: int) -> str:
        """Name the first layer whose output of the last forward is not finite for the seed in this row."""
        for layer, output in zip(self.network.layers, self.outputs, strict=True):
            if output is not None and not np.isfinite(output[row]).all():
                return f"layers[{layer.index}] {layer.name}"
        return f"loss {self.loss.name}"


def _rows(array: Any, layer: Layer) -> Any:
    """An array as the layer wants it: (seeds, rows, numbers) for one that acts on the last axis, or axes, alone."""
    if array is None or not layer.takes_rows:
        return array
    return array.reshape(len(array), -1, math.prod(array.shape[-layer.row_axes :]))
