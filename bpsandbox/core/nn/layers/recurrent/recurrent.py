"""What recurrent layers share."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.core.nn.layers.base import Layer
from bpsandbox.core.types import Array, Shape


class Recurrent(Layer):
    """A layer that reads the steps k = 1 … t of a sequence into a state: h_k = f(x_k, h_{k-1}), h_0 = 0.

    Shapes, behind the seeds' axis: x (n, t, d); y (n, h), the last state, or (n, t, h), all of them. Inside, time comes
    before the batch, (t, n, h): a step is one block of memory, and products with all steps are one product. A layer
    with several gates has them in front, (gates, t, n, h).

    W_ih (gates h, d) multiplies x_k, W_hh (gates h, h) multiplies h_{k-1}, b (gates h) is added: one bias, where
    PyTorch has a second, bias_hh, that is only added to the first. Each gate has a block of h rows.

    `truncate: k` cuts the way back. The steps are parted into segments of k, counted back from the last step, and no
    gradient passes from a segment to the one before it, while forward carries the state on:

        dL/dh_i = dL/dy_i + (the gradient that step i + 1 sends back if (t - i) mod k is not 0, else 0).

    Where y is the last state the loss so reaches the last k steps and no others. Williams, Peng, An efficient
    gradient-based algorithm for on-line training of recurrent network trajectories, 1990: BPTT(k; k).
    """

    gates: ClassVar[int] = 1
    place_of_dh: ClassVar[int]
    """Where dL/dh lies among the scratch arrays."""

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
        """Look at (gates h, columns) as (gates, h, columns); a lone gate has no axis."""
        if self.gates == 1:
            return tensor
        return tensor.reshape(*tensor.shape[:-2], self.gates, self.hidden_size, tensor.shape[-1])

    def for_gates(self, array: Array) -> Array:
        """Look at a matrix as one that all gates share."""
        return array if self.gates == 1 else array[..., np.newaxis, :, :]

    # before and after the walk through time

    def read(self, x: Array, xs: Array, a: Array, h: Array) -> None:
        """Put time in front of the batch, multiply all steps with W_ih, and begin with h_0 = 0."""
        np.copyto(xs, swapped(x))
        np.matmul(self.for_gates(rows(xs)), self.W_ih_T, out=rows(a))  # a_k = x_k W_ih^T
        if self.b is not None:
            np.add(rows(a), self.b, out=rows(a))  # a_k = a_k + b
        h[..., 0, :, :] = 0.0

    def give(self, h: Array, y: Array) -> None:
        """y = h_t, or h_1 … h_t"""
        np.copyto(y, swapped(h[..., 1:, :, :]) if self.returns == "all" else h[..., -1, :, :])

    # before and after the walk back

    def receive(self, dy: Array, dh: Array) -> None:
        """Begin every dL/dh_k with what comes from y: dL/dy_k, or 0 where y does not hold h_k."""
        if self.returns == "all":
            np.copyto(dh, swapped(dy))
            return
        dh[..., :-1, :, :] = 0.0
        np.copyto(dh[..., -1, :, :], dy)

    def reaches(self, i: int, t: int) -> bool:
        """Does step i + 1 send its gradient back to step i?"""
        return i > 0 and (self.truncate is None or (t - i) % self.truncate != 0)

    def sum_over_steps(self, xs: Array, before: Array, da: Array) -> None:
        """The parameters' gradients, of all steps and rows in one product."""
        da_T = rows(da).swapaxes(-1, -2)
        np.matmul(da_T, self.for_gates(rows(xs)), out=self.dW_ih)  # dL/dW_ih = sum over k of da_k^T x_k
        np.matmul(da_T, self.for_gates(rows(before)), out=self.dW_hh)  # dL/dW_hh = sum over k of da_k^T h_{k-1}
        self.sum_bias(da)

    def sum_bias(self, da: Array) -> None:
        if self.db is not None:
            np.add.reduce(rows(da), axis=-2, out=self.db)  # dL/db = sum over k and rows of da_k

    def send_on(self, da: Array, xs: Array, dx: Array | None) -> None:
        """dL/dx_k = da_k W_ih, summed over gates, by way of xs, which has served."""
        if dx is None:
            return
        dx[...] = 0.0
        for gate in range(self.gates):
            da_gate, W = (da, self.W_ih) if self.gates == 1 else (da[..., gate, :, :, :], self.W_ih[..., gate, :, :])
            np.matmul(rows(da_gate), W, out=rows(xs))
            np.add(dx, swapped(xs), out=dx)

    def through_time(self, *memory: Array) -> Array:
        """dL/dh_1 … dL/dh_t of the last backward, (t, n, h), given the layer's scratch arrays."""
        return memory[self.place_of_dh]


def swapped(array: Array) -> Array:
    """Look at (n, t, numbers) as (t, n, numbers), and back."""
    return array.swapaxes(-2, -3)


def rows(array: Array) -> Array:
    """Look at (t, n, numbers) as (t n, numbers)."""
    return array.reshape(*array.shape[:-3], -1, array.shape[-1])


def steps(array: Array) -> list[Array]:
    """The steps of (t, n, numbers) one by one, each (n, numbers); seeds and gates stay in front."""
    return [array[..., k, :, :] for k in range(array.shape[-3])]
