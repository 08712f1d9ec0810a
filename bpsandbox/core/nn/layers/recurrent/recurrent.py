"""Base class of recurrent layers: operations on all steps of a sequence at once."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.types import Array, Shape


class Recurrent(Layer):
    """A layer with a state that is updated by the steps k = 1 … t of a sequence: h_k = f(x_k, h_{k-1}), h_0 = 0.

    Shapes, after the seeds' axis: x (n, t, d); y (n, h), the last state, or (n, t, h), all states. The computation has
    time before the batch, (t, n, h), so that a step is contiguous and all steps are multiplied in one product. Layers
    with several gates have a leading axis of gates, (gates, t, n, h).

    W_ih (gates h, d) multiplies x_k, W_hh (gates h, h) multiplies h_{k-1}, and b (gates h) is added. Each gate has a
    block of h rows. PyTorch has a second bias, bias_hh, which is merely added to the first; here there is one.

    `truncate: k` is truncated backpropagation through time. Steps are split into segments of k, counted back from the
    last step, and no gradient passes from a segment to the previous one; forward still passes the state on:

        dL/dh_i = dL/dy_i + (the gradient from step i + 1 if (t - i) mod k is not 0, else 0).

    If y is the last state, the gradient reaches only the last k steps. Williams, Peng, An efficient gradient-based
    algorithm for on-line training of recurrent network trajectories, 1990: BPTT(k; k).
    """

    gates: ClassVar[int] = 1
    place_of_dh: ClassVar[int]
    """Index of dL/dh in the scratch arrays."""

    def __init__(
        self, hidden_size: int, *, returns: str = "last", truncate: int | None = None, bias: bool = True
    ) -> None:
        self.hidden_size = hidden_size
        self.returns = returns
        self.truncate = truncate
        self.bias = bias

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 2:
            raise ShapeMismatch(self.name, "sequences of rows of numbers", shape)
        return (shape[0], self.hidden_size) if self.returns == "all" else (self.hidden_size,)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        out = self.gates * self.hidden_size
        weights: dict[str, Shape] = {"weight_ih": (out, shape[-1]), "weight_hh": (out, self.hidden_size)}
        return weights | {"bias_ih": (out,)} if self.bias else weights

    def multiply_adds(self, shape: Shape) -> int:
        t, d = shape
        return t * self.gates * self.hidden_size * (d + self.hidden_size)

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        self.W_ih, self.W_hh = self._by_gate(values["weight_ih"]), self._by_gate(values["weight_hh"])
        self.W_ih_T, self.W_hh_T = self.W_ih.swapaxes(-1, -2), self.W_hh.swapaxes(-1, -2)
        self.dW_ih, self.dW_hh = self._by_gate(gradients["weight_ih"]), self._by_gate(gradients["weight_hh"])
        self.b = self._by_gate(values["bias_ih"][..., np.newaxis]).swapaxes(-1, -2) if self.bias else None
        self.db = self._by_gate(gradients["bias_ih"][..., np.newaxis])[..., 0] if self.bias else None

    def _by_gate(self, tensor: Array) -> Array:
        """Return (gates h, columns) as (gates, h, columns), a view; with one gate, without the axis of gates."""
        if self.gates == 1:
            return tensor
        return tensor.reshape(*tensor.shape[:-2], self.gates, self.hidden_size, tensor.shape[-1])

    def for_gates(self, array: Array) -> Array:
        """Return a matrix with an axis of gates, for broadcasting."""
        return array if self.gates == 1 else array[..., np.newaxis, :, :]

    # forward, before and after the loop over time

    def project_inputs(self, x: Array, xs: Array, a: Array, h: Array) -> None:
        """Write x with time first to xs, its product with W_ih to a, and h_0 = 0."""
        np.copyto(xs, time_first(x))
        np.matmul(self.for_gates(rows(xs)), self.W_ih_T, out=rows(a))  # a_k = x_k W_ih^T
        if self.b is not None:
            np.add(rows(a), self.b, out=rows(a))  # a_k = a_k + b
        h[..., 0, :, :] = 0.0

    def write_output(self, h: Array, y: Array) -> None:
        """y = h_t, or h_1 … h_t"""
        np.copyto(y, time_first(h[..., 1:, :, :]) if self.returns == "all" else h[..., -1, :, :])

    # backward, before and after the loop over time

    def output_gradients(self, dy: Array, dh: Array) -> None:
        """dL/dh_k = dL/dy_k, or 0 where h_k is not part of y"""
        if self.returns == "all":
            np.copyto(dh, time_first(dy))
            return
        dh[..., :-1, :, :] = 0.0
        np.copyto(dh[..., -1, :, :], dy)

    def passes_back(self, i: int, t: int) -> bool:
        """Return whether the gradient passes from step i + 1 to step i. Steps count from 1; h_0 needs no gradient."""
        return i > 0 and (self.truncate is None or (t - i) % self.truncate != 0)

    def parameter_gradients(self, xs: Array, before: Array, da: Array) -> None:
        """Sum the parameters' gradients over all steps and rows; before = h_0 … h_{t-1}."""
        da_T = rows(da).swapaxes(-1, -2)
        np.matmul(da_T, self.for_gates(rows(xs)), out=self.dW_ih)  # dL/dW_ih = sum over k of da_k^T x_k
        np.matmul(da_T, self.for_gates(rows(before)), out=self.dW_hh)  # dL/dW_hh = sum over k of da_k^T h_{k-1}
        self.bias_gradient(da)

    def bias_gradient(self, da: Array) -> None:
        if self.db is not None:
            np.add.reduce(rows(da), axis=-2, out=self.db)  # dL/db = sum over k and rows of da_k

    def input_gradients(self, da: Array, xs: Array, dx: Array | None) -> None:
        """dL/dx_k = da_k W_ih, summed over gates; xs is overwritten"""
        if dx is None:
            return
        dx[...] = 0.0
        for gate in range(self.gates):
            da_gate, W = (da, self.W_ih) if self.gates == 1 else (da[..., gate, :, :, :], self.W_ih[..., gate, :, :])
            np.matmul(rows(da_gate), W, out=rows(xs))
            np.add(dx, time_first(xs), out=dx)

    def through_time(self, *memory: Array) -> Array:
        """Return dL/dh_1 … dL/dh_t of the last backward, (t, n, h), given the layer's scratch arrays."""
        return memory[self.place_of_dh]


def time_first(array: Array) -> Array:
    """Return (n, t, numbers) as (t, n, numbers), or the other way round; a view."""
    return array.swapaxes(-2, -3)


def rows(array: Array) -> Array:
    """Return (t, n, numbers) as (t n, numbers), a view."""
    return array.reshape(*array.shape[:-3], -1, array.shape[-1])


def steps(array: Array) -> list[Array]:
    """Return the steps of (t, n, numbers) one by one, each (n, numbers), after the axes of seeds and gates."""
    return [array[..., k, :, :] for k in range(array.shape[-3])]
