"""The arrays of a pass through a network, allocated once for a batch size, and the tapes of such passes."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bpsandbox.core.errors import WrongNumbers
from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.nn.layers.images import are_images
from bpsandbox.core.nn.losses import Loss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.types import Array, Shape

from .recording import agree, recorded
from .temporaries import Temporaries
from .tuning import Call

Arrays = tuple[Array | None, ...]
KINDS: dict[str, Any] = {"d": np.float64, "b": np.bool_, "i": np.intp}
"""Dtypes of scratch arrays other than the run's float type, f: see Layer.scratch_shapes."""


class Tape(NamedTuple):
    """The calls of one pass over one fixed batch, in order: see `play`."""

    forward: list[Call]
    backward: list[Call]


def play(calls: list[Call]) -> None:
    for function, arrays in calls:
        function(*arrays)


class Workspace:
    """Outputs, gradients and scratch of every layer for batches of n rows.

    With `backward` it is for training, otherwise for evaluation mode, in which layers `evaluate`. Without `record` a
    tape calls every method directly. The first tape records every method twice to check that it repeats the same calls,
    unless another workspace of the same layers has `proved` it.

    `outputs[i]` is the output of layer i, `gradients[i]` is dL/d(input of layer i), `value` the loss of each seed. The
    tapes of a workspace share all arrays, so only one is replayed at a time, from forward to backward.
    """

    def __init__(
        self, network: Network, loss: Loss, n: int, *, backward: bool = True, record: bool = True,
        proved: Workspace | None = None,
    ) -> None:  # fmt: skip
        self.network, self.loss, self.n = network, copy.copy(loss), n
        self.value = np.empty(network.seeds, dtype=network.theta.dtype)
        self.outputs = self._outputs()
        self.scratch = [self._scratch(place) for place in range(len(network.layers))]
        self.gradients = self._gradients() if backward else []
        self.temporaries = Temporaries()
        self.called: set[object] = set() if record else {"loss", *range(len(network.layers))}
        if proved is not None:
            self.called |= proved.called
        """Positions of layers, or "loss", whose methods are called directly because they cannot be recorded."""
        self.is_proved = proved is not None
        """Whether every method of this workspace was recorded twice with the same calls."""

    # arrays

    def _zeros(self, shape: Shape, place: int, dtype: Any, *, is_gradient: bool = False) -> Array:
        """Return zeros of this shape after the seeds' axis, for the input of the layer at `place`.

        For images, the samples' axis is the last one in memory: see layers.images.
        """
        layers, shapes = self.network.layers, self.network.shapes
        is_batch = shape == (self.n, *shapes[place])
        if is_batch and are_images(layers, shapes, place, is_gradient=is_gradient):
            return np.moveaxis(np.zeros((self.network.seeds, *shape[1:], self.n), dtype), -1, 1)
        return np.zeros((self.network.seeds, *shape), dtype)

    def _batch(self, place: int, *, is_gradient: bool = False) -> Array:
        """Return an array for the input of the layer at `place`, or for its gradient."""
        shape = (self.n, *self.network.shapes[place])
        return self._zeros(shape, place, self.network.theta.dtype, is_gradient=is_gradient)

    def _outputs(self) -> list[Array | None]:
        """Return every layer's output; for a view layer a view of the last array, or None for a view of the batch."""
        outputs: list[Array | None] = []
        for place, layer in enumerate(self.network.layers):
            before = outputs[-1] if outputs else None
            if not layer.is_view:
                outputs.append(self._batch(place + 1))
            else:
                outputs.append(None if before is None else self._reshaped(before, place + 1))
        return outputs

    def _gradients(self) -> list[Array | None]:
        first = self.network.first_trained
        gradients: list[Array | None] = [None] * (first + 1)
        for place in range(first + 1, len(self.network.layers) + 1):
            before = gradients[place - 1]
            is_view = self.network.layers[place - 1].is_view and before is not None
            gradients.append(self._reshaped(before, place) if is_view else self._batch(place, is_gradient=True))
        return gradients

    def _reshaped(self, array: Any, place: int) -> Array:
        return array.reshape(*array.shape[:2], *self.network.shapes[place])

    def _scratch(self, place: int) -> tuple[Array, ...]:
        """Return the scratch arrays of the layer at `place`, initially zero."""
        shapes = self.network.layers[place].scratch_shapes(self.n, self.network.shapes[place])
        dtype = self.network.theta.dtype
        return tuple(self._zeros(shape, place, KINDS.get(kind, dtype)) for shape, kind in shapes)

    def inputs(self, x: Array) -> list[Array]:
        """Return the input of every layer, and last the network's output."""
        inputs = [x]
        for place, output in enumerate(self.outputs):
            inputs.append(self._reshaped(inputs[-1], place + 1) if output is None else output)
        return inputs

    def arrays(self, place: int, inputs: list[Array]) -> tuple[Array, ...]:
        """Return x and y of the layer at `place`, the output of its other source if it has one, and its scratch."""
        layer = self.network.layers[place]
        other = () if layer.source is None else (inputs[self.network.place_of(layer.source) + 1],)
        return (_rows(inputs[place], layer), _rows(inputs[place + 1], layer), *other, *self.scratch[place])

    # tapes

    def tape(self, x: Array, y: Array | None = None) -> Tape:
        """Record the pass over batch x with targets y, both with a leading axis of length 1 or of all seeds.

        In evaluation mode this also performs the pass: `outputs` has its results, and so has `value` if y is given.
        """
        self._check(x, y)
        while True:
            called = set(self.called)
            tape = self._tape(x, y)
            if called == self.called:
                self.is_proved = True
                return tape

    def _tape(self, x: Array, y: Array | None) -> Tape:
        self.temporaries.begin_tape()
        layers, inputs = list(enumerate(self.network.layers)), self.inputs(x)
        forward = [call for place, _ in layers for call in self.forward_of(place, inputs)]
        if y is None:
            return Tape(forward, [])
        forward += self._loss_calls(self.loss.forward, inputs[-1], y, self.value)
        if not self.gradients:
            return Tape(forward, [])
        updates = [(place, layer.update_running_stats) for place, layer in layers]
        backward = [self._call(update, self.arrays(place, inputs)) for place, update in updates if update is not None]
        backward += self._loss_calls(self.loss.backward, inputs[-1], y, self.gradients[-1])
        for place, _ in reversed(layers[self.network.first_trained :]):
            backward += self._gather(place) + self.backward_of(place, inputs)
        return Tape(forward, backward)

    def _check(self, x: Array, y: Array | None) -> None:
        """Raise WrongNumbers if samples or targets do not have the network's shapes."""
        takes, gives = self.network.shapes[0], self.network.shapes[-1]
        if x.shape[1:] != (self.n, *takes):
            raise WrongNumbers(f"The network takes {self.n} samples of shape {takes}; these are {x.shape[1:]}.")
        if y is not None and y.shape[1:] != (self.n, *gives):
            hint = "" if self.loss.elementwise else f" {self.loss.name} wants a row of the classes' shares (one-hot)."
            raise WrongNumbers(f"The network gives {(self.n, *gives)}, the targets are {y.shape[1:]}.{hint}")

    def forward_of(self, place: int, inputs: list[Array]) -> list[Call]:
        """Return the calls of a layer's forward, or of `evaluate`."""
        layer = self.network.layers[place]
        if layer.is_view:
            return []
        if layer.is_random and self.gradients:  # random draws cannot be replayed
            self.called.add(place)
        method = layer.forward if self.gradients else layer.evaluate
        given = (0,) if layer.source is None else (0, 2)
        return self._calls(place, method, self.arrays(place, inputs), given)

    def backward_of(self, place: int, inputs: list[Array]) -> list[Call]:
        """Return the calls of a layer's backward."""
        layer = self.network.layers[place]
        if layer.is_view:
            return []
        x, y, *others = self.arrays(place, inputs)
        dy, dx = _rows(self.gradients[place + 1], layer), _rows(self.gradients[place], layer)
        return self._calls(place, layer.backward, (x, y, dy, dx, *others), (0, 2))

    def _loss_calls(self, method: Callable[..., None], p: Array, y: Array, out: Array | None) -> list[Call]:
        """Return the calls of a method of the loss; an elementwise loss gets one row of numbers per seed."""
        arrays: Arrays = (p, y, out)
        if self.loss.elementwise:
            arrays = tuple(None if array is None else array.reshape(len(array), -1) for array in arrays)
        if out is self.value:
            arrays = (*arrays[:2], out)
        return self._calls("loss", method, arrays, (0, 1))

    def _gather(self, place: int) -> list[Call]:
        """Add the gradients from later layers whose `source` is this layer."""
        gradient = self.gradients[place + 1]
        takers = [i for i, layer in enumerate(self.network.layers) if self._takes(layer, place)]
        return [(np.add, (gradient, self.gradients[i + 1], gradient)) for i in takers]

    def _takes(self, layer: Layer, place: int) -> bool:
        return layer.source is not None and self.network.place_of(layer.source) == place

    def _calls(
        self, owner: int | str, method: Callable[..., None], arrays: Arrays, given: tuple[int, ...]
    ) -> list[Call]:
        """Record a method, or call it directly if that is not possible or two recordings differ."""
        whole = self._call(method, arrays)
        if owner in self.called:
            return [whole]
        kept = len(self.temporaries.kept)
        calls = self._recorded(whole, given)
        if not self.is_proved and calls[:1] != [whole]:
            del self.temporaries.kept[kept:]
            again = self._recorded(whole, given)
            calls = again if agree(calls, again, self.temporaries) else [whole]
        if calls[:1] == [whole]:
            self.called.add(owner)
        return calls

    def _recorded(self, whole: Call, given: tuple[int, ...]) -> list[Call]:
        return recorded(*whole, given, temporaries=self.temporaries, is_stack=self.network.seeds > 1)

    def _call(self, method: Callable[..., None], arrays: Arrays) -> Call:
        """Return a direct call of a method; with one seed, arrays do not have the seeds' axis."""
        if self.network.seeds == 1:
            arrays = tuple(None if array is None else array[0, ...] for array in arrays)
        return method, arrays

    # after a pass

    def kink_sides(self, inputs: list[Array]) -> list[Array]:
        """Return the side of every kink of a layer on which the last forward was."""
        sides: list[Array] = []
        for place, layer in enumerate(self.network.layers):
            sides += [] if layer.is_view else layer.kink_sides(*self.arrays(place, inputs))
        return sides

    def first_broken(self, row: int) -> str:
        """Return the name of the first layer whose output is not finite for the seed in this row."""
        for layer, output in zip(self.network.layers, self.outputs, strict=True):
            if output is not None and not np.isfinite(output[row]).all():
                return f"layers[{layer.index}] {layer.name}"
        return f"loss {self.loss.name}"


def _rows(array: Any, layer: Layer) -> Any:
    """Return an array in the layer's shape: (seeds, rows, numbers) for a layer that acts on the last axes."""
    if array is None or layer.row_axes == 0:
        return array
    return array.reshape(len(array), -1, math.prod(array.shape[-layer.row_axes :]))
