"""The captured step as its explanation sees it: the example, its layers one by one, names, and orientation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from bpsandbox.core import Capture
from bpsandbox.core.nn.layers import GRU, LSTM, RNN, Embedding
from bpsandbox.core.nn.layers.batch_norm import BatchNorm
from bpsandbox.core.nn.network import Slot

from .algebra import Array, Term, matmul, named, transposed

Vectors = Literal["columns", "rows"]
Losses = Literal["mean", "sum", "half"]
VECTORS, LOSSES = get_args(Vectors), get_args(Losses)


@dataclass(frozen=True)
class Convention:
    """How a reader wants formulas written; the numbers are the same.

    With `vectors` columns a layer is z = W x + b, with rows z = x W^T + b. `loss` chooses what squares are gathered to
    before the loss is scaled: their mean as the config has it, their sum, or half their sum.
    """

    vectors: Vectors = "columns"
    loss: Losses = "mean"

    @classmethod
    def of(cls, vectors: str, loss: str) -> Convention:
        """Choose by words. Raises KeyError for one that is none."""
        return CONVENTIONS[f"{vectors}.{loss}"]

    @property
    def name(self) -> str:
        """The name under which a run keeps what is written so."""
        return f"{self.vectors}.{self.loss}"


RECURRENT = (RNN, LSTM, GRU)
LETTERS = {
    "weight": "W",
    "bias": "b",
    "weight_ih": "W_{ih}",
    "weight_hh": "W_{hh}",
    "bias_ih": "b",
}
SCALES = {"weight": r"\gamma", "bias": r"\beta"}
"""Letters of the parameters that normalisation scales and shifts with."""


CONVENTIONS = {one.name: one for one in (Convention(vectors, loss) for vectors in VECTORS for loss in LOSSES)}


def partial(name: str, of: str = "L") -> str:
    """The derivative of the loss by a quantity."""
    return rf"\frac{{\partial {of}}}{{\partial {name}}}"


@dataclass(frozen=True)
class Example:
    """One captured step, and how it is to be written."""

    capture: Capture
    convention: Convention = Convention()

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The layers in order; an activation written on a layer is a place of its own with the same number."""
        return tuple(Place(self, index, layer) for index, layer in enumerate(self.capture.network.layers))

    @property
    def dtype(self) -> str:
        return self.capture.experiment.dtype

    @property
    def count(self) -> int:
        """Examples in the batch."""
        return len(self.capture.batch)

    @property
    def share(self) -> str:
        """The example's share of the loss: L where it is the whole batch, else L with the example's number."""
        return "L" if self.is_whole_batch else f"L_{{{self.capture.sample}}}"

    @property
    def is_whole_batch(self) -> bool:
        """Is the example all that the step was made from?"""
        return self.count == 1 and self.capture.is_in_batch

    @property
    def first_trained(self) -> int:
        """The place from which on gradients are computed."""
        return self.capture.network.first_trained

    def vector(self, name: str, values: Array) -> Term:
        """A vector (d,), or rows of numbers (t, d), as a column or columns, or as a row or rows.

        The last axis of what has more axes is a row in either convention: the channels of an image are below another.
        """
        return named(name, self.oriented(values))

    def oriented(self, values: Array) -> Array:
        """`values` as `vector` lays it out."""
        array = np.asarray(values, dtype=np.float64)
        if array.ndim > 2:
            return array.reshape(-1, array.shape[-1])
        rows = np.atleast_2d(array)
        return rows.T if self.convention.vectors == "columns" else rows

    def applied(self, weight: Term, x: Term) -> Term:
        """W x, or x W^T."""
        return matmul(weight, x) if self.convention.vectors == "columns" else matmul(x, transposed(weight))

    def back(self, weight: Term, delta: Term) -> Term:
        """W^T δ, or δ W."""
        return matmul(transposed(weight), delta) if self.convention.vectors == "columns" else matmul(delta, weight)

    def outer(self, delta: Term, x: Term) -> Term:
        """δ x^T, or δ^T x: (d_out, d_in), summed over steps where there are several."""
        if self.convention.vectors == "columns":
            return matmul(delta, transposed(x))
        return matmul(transposed(delta), x)


@dataclass(frozen=True)
class Place:
    """One layer of the network in this step, with what went in and came out for the example."""

    example: Example
    index: int
    layer: Any
    """A Layer; its class has the options of its kind."""

    @property
    def number(self) -> int:
        """The layer's index in the config, which an activation written on a layer shares."""
        return self.layer.index

    @property
    def before(self) -> Place | None:
        return self.example.places[self.index - 1] if self.index else None

    @property
    def after(self) -> Place | None:
        return self.example.places[self.index + 1] if self.index + 1 < len(self.example.places) else None

    # what the example gave and got: arrays of one sample's shape

    @property
    def x(self) -> Array:
        return self.xs[self.example.capture.place]

    @property
    def y(self) -> Array:
        return self.ys[self.example.capture.place]

    @property
    def dy(self) -> Array:
        """dL/dy of the example; only where gradients are computed."""
        return self.dys[self.example.capture.place]

    @property
    def dx(self) -> Array | None:
        """dL/dx of the example by way of this layer alone; None where no gradient is needed."""
        dxs = self.dxs
        return None if dxs is None else dxs[self.example.capture.place]

    @property
    def is_before_batch_norm(self) -> bool:
        """Does a later layer mix the examples of the batch?"""
        return any(isinstance(place.layer, BatchNorm) for place in self.example.places[self.index + 1 :])

    # the same of the whole batch that contains it, a row an example

    @property
    def xs(self) -> Array:
        return self.example.capture.shown.inputs[self.index]

    @property
    def ys(self) -> Array:
        return self.example.capture.shown.inputs[self.index + 1]

    @property
    def dys(self) -> Array:
        gradient = self.example.capture.shown.gradients[self.index + 1]
        if gradient is None:
            raise LookupError(f"no gradient is computed for the output of layer {self.number}")
        return gradient - self._added_before if self.is_view else gradient

    @property
    def is_view(self) -> bool:
        """Does the layer share the memory of its gradients dL/dx and dL/dy?"""
        return self.layer.is_view and self.example.capture.shown.gradients[self.index] is not None

    @property
    def _added_before(self) -> Array | float:
        """What residual connections added to dL/dx of a view after its dL/dy was done; dL/dy in memory has it too."""
        if self.before is None:
            return 0.0
        added = sum(taker.dys for taker in self.before.takers)
        more = self.before._added_before if self.before.is_view else 0.0
        return np.reshape(added + more, self.ys.shape) if np.ndim(added + more) else 0.0

    @property
    def dxs(self) -> Array | None:
        """dL/dx by way of this layer alone: what residual connections add to the same output is left out."""
        gradient = self.example.capture.shown.gradients[self.index]
        if gradient is None or self.before is None:
            return gradient
        if self.before.is_view:
            gradient = gradient - self.before._added_before
        return gradient - sum(taker.dys for taker in self.before.takers)

    @property
    def scratch(self) -> tuple[Array, ...]:
        return self.example.capture.shown.scratch[self.index]

    @property
    def takers(self) -> tuple[Place, ...]:
        """The Add layers that take this place's output."""
        network = self.example.capture.network
        return tuple(
            place
            for place in self.example.places
            if place.layer.source is not None and network.place_of(place.layer.source) == self.index
        )

    # parameters

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(slot for slot in self.example.capture.network.slots if slot.layer == self.index)

    def tensor(self, parameter: str) -> Array:
        """A parameter before the update."""
        return self._view(parameter, self.example.capture.before)

    def loss_gradient(self, parameter: str) -> Array:
        """dL/dparameter of the batch's loss, without penalties."""
        return self._view(parameter, self.example.capture.loss_gradient)

    def _view(self, parameter: str, flat: Array) -> Array:
        slot = next(slot for slot in self.slots if slot.parameter == parameter)
        return slot.view(flat[np.newaxis, : self.example.capture.network.size])[0]

    # names

    @property
    def has_own_activation(self) -> bool:
        """Is an activation written on this layer?"""
        return self.after is not None and self.after.number == self.number

    @property
    def output(self) -> str:
        """z where an activation written on the layer follows, a otherwise, and y hat at the end."""
        if self.after is None:
            return r"\hat{y}"
        return self.symbol("z") if self.has_own_activation else self.symbol("a")

    @property
    def input(self) -> str:
        return "x" if self.before is None else self.before.output

    @property
    def output_gradient(self) -> str:
        """The name of dL/dy: δ where it is one (see has_delta), else the derivative written out."""
        return self.symbol(r"\delta") if self.has_delta else partial(self.output)

    @property
    def output_gradient_meaning(self) -> str:
        """dL/dy written out where its name is δ, else nothing."""
        return partial(self.output) if self.has_delta else ""

    @property
    def has_delta(self) -> bool:
        """Is dL/dy called δ? It is behind parameters, but a recurrent layer has a δ of its own at each step."""
        return bool(self.slots) and not isinstance(self.layer, RECURRENT)

    def symbol(self, letter: str) -> str:
        return f"{letter}^{{[{self.number}]}}"

    def parameter_symbol(self, parameter: str) -> str:
        """The name of a parameter: W, b, W_{ih}, γ of a normalisation, E of an embedding, with the layer's number."""
        if isinstance(self.layer, Embedding):
            return self.symbol("E")
        letters = SCALES if self.layer.is_scale else LETTERS
        return self.symbol(letters[parameter])

    def parameter_matrix(self, slot: Slot, flat: Array) -> Array:
        """A parameter's part of a flat array, as it is printed: a vector as `vector` does, a kernel (out, the rest)."""
        values = np.asarray(flat[slot.start : slot.stop], dtype=np.float64)
        if len(slot.shape) == 1:
            return self.example.oriented(values)
        return values.reshape(slot.shape[0], -1)

    # terms

    @property
    def input_term(self) -> Term:
        return self.example.vector(self.input, self.x)

    @property
    def output_term(self) -> Term:
        return self.example.vector(self.output, self.y)

    @property
    def output_gradient_term(self) -> Term:
        return self.example.vector(self.output_gradient, self.dy)


def share_of(place: Place, name: str, sample: int | str) -> str:
    """The derivative of an example's share of the loss, by a parameter of this layer.

    Where a later layer normalises over the batch, the losses of all examples depend on each example. Then it is the
    part of the whole derivative that comes by way of this example's own numbers.
    """
    if place.example.is_whole_batch:
        return partial(name)
    if place.is_before_batch_norm:
        return rf"{partial(name)}\Big|_{{{sample if sample == 'n' else f'n={sample}'}}}"
    return partial(name, f"L_{{{sample}}}" if isinstance(sample, int) else f"L_{sample}")


def others(capture: Capture) -> Sequence[int]:
    """Rows of the batch beside the example's own; all of them where the example is not in the batch."""
    return [row for row in range(len(capture.batch)) if not capture.is_in_batch or row != capture.place]
