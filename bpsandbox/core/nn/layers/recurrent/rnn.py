"""The plain recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bpsandbox.core.types import Array, Shape

from .recurrent import Recurrent, steps


class Scratch(NamedTuple):
    """Arrays shared by forward and backward."""

    xs: Array
    """x with time first: (t, n, d)"""
    a: Array
    """x_k W_ih^T + b; in backward f'(a_k), then dL/da_k: (t, n, h)"""
    h: Array
    """h_0 … h_t: (t + 1, n, h)"""
    dh: Array
    """dL/dh_1 … dL/dh_t: (t, n, h)"""
    u: Array
    """The gradient that a step passes back: (n, h)"""


class RNN(Recurrent):
    """a_k = x_k W_ih^T + b + h_{k-1} W_hh^T, h_k = tanh(a_k), or relu. Elman, Finding structure in time, 1990."""

    place_of_dh = Scratch._fields.index("dh")

    def __init__(
        self,
        hidden_size: int,
        *,
        nonlinearity: str = "tanh",
        returns: str = "last",
        truncate: int | None = None,
        bias: bool = True,
    ) -> None:
        super().__init__(hidden_size, returns=returns, truncate=truncate, bias=bias)
        self.nonlinearity = nonlinearity

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        (t, d), size = shape, self.hidden_size
        state = (t, n, size)
        shapes = [(t, n, d), state, (t + 1, n, size), state, (n, size)]
        return [(shape, "f") for shape in shapes]

    def forward(self, x: Array, y: Array, *scratch: Array) -> None:
        xs, a, h, *_ = scratch
        self.project_inputs(x, xs, a, h)  # a_k = x_k W_ih^T + b, h_0 = 0
        states = steps(h)
        for h_before, a_k, h_k in zip(states, steps(a), states[1:], strict=False):
            np.matmul(h_before, self.W_hh_T, out=h_k)
            np.add(a_k, h_k, out=h_k)  # a_k = a_k + h_{k-1} W_hh^T
            self.activate(h_k)  # h_k = f(a_k)
        self.write_output(h, y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array | None, *scratch: Array) -> None:
        xs, a, h, dh, u = scratch
        self.output_gradients(dy, dh)  # dL/dh_k = dL/dy_k
        self.slope(h[..., 1:, :, :], a)
        das, dhs = steps(a), steps(dh)
        for k in reversed(range(len(das))):
            np.multiply(das[k], dhs[k], out=das[k])  # dL/da_k = f'(a_k) dL/dh_k
            if self.passes_back(k, len(das)):
                np.matmul(das[k], self.W_hh, out=u)
                np.add(dhs[k - 1], u, out=dhs[k - 1])  # dL/dh_{k-1} = dL/dh_{k-1} + dL/da_k W_hh
        self.parameter_gradients(xs, h[..., :-1, :, :], a)
        self.input_gradients(a, xs, dx)

    def activate(self, a: Array) -> None:
        """f(a) = tanh(a), or max(a, 0)"""
        if self.nonlinearity == "tanh":
            np.tanh(a, out=a)
        else:
            np.maximum(a, 0.0, out=a)

    def slope(self, h: Array, slope: Array) -> None:
        """f'(a) by h = f(a): 1 - h^2, or 1 where h > 0, else 0"""
        if self.nonlinearity == "tanh":
            np.multiply(h, h, out=slope)
            np.subtract(1.0, slope, out=slope)
        else:
            np.sign(h, out=slope)

    def kink_sides(self, x: Array, y: Array, *scratch: Array) -> list[Array]:
        return [] if self.nonlinearity == "tanh" else [np.sign(Scratch(*scratch).h)]
