"""The gated recurrent unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bpsandbox.core.nn.special import sigmoid
from bpsandbox.core.types import Array, Shape

from .gates import add_each, add_gates, gate_of_all_steps, gates_by_step, gates_of_step
from .recurrent import Recurrent, rows, steps


class Scratch(NamedTuple):
    """Arrays shared by forward and backward."""

    xs: Array
    """x with time first: (t, n, d)"""
    a: Array
    """a_k before, r z n after their activations; in backward n is replaced by dh_k/da_n: (3, t, n, h)"""
    m: Array
    """W_hn h_{k-1}, or r h_{k-1} where the reset is before the product: (t, n, h)"""
    h: Array
    """h_0 … h_t: (t + 1, n, h)"""
    da: Array
    """dL/da of r z n: (3, t, n, h)"""
    dh: Array
    """dL/dh_1 … dL/dh_t: (t, n, h)"""
    u: Array
    """The product of one step, for each gate: (3, n, h)"""
    v: Array
    """One term of a sum: (n, h)"""
    w: Array
    """1 - z: (t, n, h)"""


class GRU(Recurrent):
    """Gated recurrent unit; gates in the order r z n.

        r = sigmoid(x_k W_ir^T + b_r + h_{k-1} W_hr^T)
        z = sigmoid(x_k W_iz^T + b_z + h_{k-1} W_hz^T)
        n = tanh(x_k W_in^T + b_n + r (h_{k-1} W_hn^T)), or without reset_after tanh(… + (r h_{k-1}) W_hn^T)
        h_k = (1 - z) n + z h_{k-1}, h_0 = 0

    Cho and others, Learning phrase representations using RNN encoder-decoder, 2014, who reset before the product;
    cuDNN and PyTorch reset after it.
    """

    gates = 3
    place_of_dh = Scratch._fields.index("dh")

    def __init__(
        self,
        hidden_size: int,
        *,
        returns: str = "last",
        truncate: int | None = None,
        bias: bool = True,
        reset_after: bool = True,
    ) -> None:
        super().__init__(hidden_size, returns=returns, truncate=truncate, bias=bias)
        self.reset_after = reset_after

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        (t, d), size = shape, self.hidden_size
        row, states, gates = (n, size), (t, n, size), (3, t, n, size)
        from_0 = (t + 1, n, size)
        shapes = [(t, n, d), gates, states, from_0, gates, states, (3, *row), row, states]
        return [(shape, "f") for shape in shapes]

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        super().attach(values, gradients)
        self.W_hr_hz, self.W_hn = self.W_hh[..., :2, :, :], self.W_hh[..., 2, :, :]
        self.W_hr_hz_T, self.W_hn_T = self.W_hr_hz.swapaxes(-1, -2), self.W_hn.swapaxes(-1, -2)
        self.dW_hr_hz, self.dW_hn = self.dW_hh[..., :2, :, :], self.dW_hh[..., 2, :, :]

    def forward(self, x: Array, y: Array, *scratch: Array) -> None:
        m = Scratch(*scratch)
        self.project_inputs(x, m.xs, m.a, m.h)  # a_k = x_k W_ih^T + b, h_0 = 0
        u, hs = m.u[..., :2, :, :], steps(m.h)
        for h, a, m_k, h_k in zip(hs, gates_by_step(m.a), steps(m.m), hs[1:], strict=False):
            np.matmul(self.for_gates(h), self.W_hr_hz_T, out=u)
            add_each(a, u)  # a_k = a_k + h_{k-1} W_hh^T for r and z
            r, z, n = a
            sigmoid(r, out=r)
            sigmoid(z, out=z)
            self.reset(r, h, m_k, m.v)
            np.add(n, m.v, out=n)
            np.tanh(n, out=n)
            np.subtract(h, n, out=h_k)
            np.multiply(z, h_k, out=h_k)
            np.add(n, h_k, out=h_k)  # h_k = n + z (h_{k-1} - n)
        self.write_output(m.h, y)

    def reset(self, r: Array, h: Array, m: Array, out: Array) -> None:
        """out = r (h W_hn^T), or (r h) W_hn^T"""
        if self.reset_after:
            np.matmul(h, self.W_hn_T, out=m)
            np.multiply(r, m, out=out)
        else:
            np.multiply(r, h, out=m)
            np.matmul(m, self.W_hn_T, out=out)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array | None, *scratch: Array) -> None:
        m = Scratch(*scratch)
        self.output_gradients(dy, m.dh)  # dL/dh_k = dL/dy_k
        self.slopes(m)
        walk_through_time = self.through_time_reset_after if self.reset_after else self.through_time_reset_before
        walk_through_time(m)
        np.matmul(rows(m.da).swapaxes(-1, -2), self.for_gates(rows(m.xs)), out=self.dW_ih)
        self.bias_gradient(m.da)
        self.input_gradients(m.da, m.xs, dx)

    def slopes(self, m: Scratch) -> None:
        """Write dh_k/da to da, and dh_k/da_n over n, for all steps at once."""
        r, z, n = (gate_of_all_steps(m.a, place) for place in range(3))
        by_r, by_z, by_m = (gate_of_all_steps(m.da, place) for place in range(3))
        before = m.h[..., :-1, :, :]
        np.subtract(1.0, z, out=m.w)
        np.subtract(before, n, out=by_z)
        np.multiply(by_z, z, out=by_z)
        np.multiply(by_z, m.w, out=by_z)  # dh/da_z = (h_{k-1} - n) z (1 - z)
        np.multiply(n, n, out=n)
        np.subtract(1.0, n, out=n)
        np.multiply(n, m.w, out=n)  # dh/da_n = (1 - z) (1 - n^2)
        np.subtract(1.0, r, out=by_r)
        np.multiply(by_r, r, out=by_r)
        if self.reset_after:
            np.multiply(by_r, m.m, out=by_r)
            np.multiply(by_r, n, out=by_r)  # dh/da_r = dh/da_n m r (1 - r)
            np.multiply(n, r, out=by_m)  # dh/dm = dh/da_n r
        else:
            np.multiply(by_r, before, out=by_r)  # d(r h)/da_r = h_{k-1} r (1 - r)
            np.copyto(by_m, n)

    def through_time_reset_after(self, m: Scratch) -> None:
        """Backpropagate from the last step to the first. The third gate's da is dL/dm, m = h_{k-1} W_hn^T, until the
        last line."""
        das, dhs, zs = steps(m.da), steps(m.dh), steps(gate_of_all_steps(m.a, 1))
        for k in reversed(range(len(das))):
            for by_a in gates_of_step(das[k]):
                np.multiply(by_a, dhs[k], out=by_a)  # dL/da = dh/da dL/dh for r, z and m
            if self.passes_back(k, len(das)):
                np.multiply(zs[k], dhs[k], out=m.v)
                np.add(dhs[k - 1], m.v, out=dhs[k - 1])  # dL/dh_{k-1} = dL/dh_{k-1} + z dL/dh_k
                np.matmul(das[k], self.W_hh, out=m.u)
                add_gates(m.u, dhs[k - 1])  # … + dL/da W_hh
        before = self.for_gates(rows(m.h[..., :-1, :, :]))
        np.matmul(rows(m.da).swapaxes(-1, -2), before, out=self.dW_hh)  # dL/dW_hh = sum of da_k^T h_{k-1}
        np.multiply(gate_of_all_steps(m.a, 2), m.dh, out=gate_of_all_steps(m.da, 2))  # dL/da_n = dh/da_n dL/dh

    def through_time_reset_before(self, m: Scratch) -> None:
        """Backpropagate from the last step to the first, where n has the term (r h_{k-1}) W_hn^T."""
        das, dhs, rs, zs = steps(m.da), steps(m.dh), steps(gate_of_all_steps(m.a, 0)), steps(gate_of_all_steps(m.a, 1))
        for k in reversed(range(len(das))):
            by_r, by_z, by_n = gates_of_step(das[k])
            np.multiply(by_z, dhs[k], out=by_z)  # dL/da_z = dh/da_z dL/dh
            np.multiply(by_n, dhs[k], out=by_n)  # dL/da_n = dh/da_n dL/dh
            np.matmul(by_n, self.W_hn, out=m.v)  # dL/d(r h) = dL/da_n W_hn
            np.multiply(by_r, m.v, out=by_r)  # dL/da_r = h r (1 - r) dL/d(r h)
            if self.passes_back(k, len(das)):
                np.multiply(m.v, rs[k], out=m.v)
                np.add(dhs[k - 1], m.v, out=dhs[k - 1])  # dL/dh_{k-1} = dL/dh_{k-1} + r dL/d(r h)
                np.multiply(zs[k], dhs[k], out=m.v)
                np.add(dhs[k - 1], m.v, out=dhs[k - 1])  # … + z dL/dh_k
                np.matmul(das[k][..., :2, :, :], self.W_hr_hz, out=m.u[..., :2, :, :])
                add_gates(m.u[..., :2, :, :], dhs[k - 1])  # … + dL/da W_hh for r and z
        r_z_T, n_T = rows(m.da[..., :2, :, :, :]).swapaxes(-1, -2), rows(gate_of_all_steps(m.da, 2)).swapaxes(-1, -2)
        np.matmul(r_z_T, self.for_gates(rows(m.h[..., :-1, :, :])), out=self.dW_hr_hz)
        np.matmul(n_T, rows(m.m), out=self.dW_hn)  # dL/dW_hn = sum of da_n^T (r h_{k-1})
