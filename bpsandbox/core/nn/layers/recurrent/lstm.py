"""Long short-term memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bpsandbox.core.nn.special import sigmoid
from bpsandbox.core.types import Array, Shape

from .gates import add_each, add_gates, all_of, gates, gates_by_step
from .recurrent import Recurrent, steps


class Memory(NamedTuple):
    """What forward and backward of a pass share."""

    xs: Array
    """x, time in front: (t, n, d)"""
    a: Array
    """What goes into the gates, then the gates i f g o: (4, t, n, h)"""
    c: Array
    """c_0 … c_t: (t + 1, n, h)"""
    s: Array
    """tanh(c_k); in backward dh_k/dc_k: (t, n, h)"""
    h: Array
    """h_0 … h_t: (t + 1, n, h)"""
    da: Array
    """dL/da of the four gates: (4, t, n, h)"""
    dc: Array
    """dL/dc_k of the step at hand: (n, h)"""
    dh: Array
    """dL/dh_1 … dL/dh_t: (t, n, h)"""
    u: Array
    """A product for each gate: (4, n, h)"""
    v: Array
    """(n, h)"""


class LSTM(Recurrent):
    """A cell c that gates fill, empty and show; gates in the order i f g o.

        a = x_k W_ih^T + b + h_{k-1} W_hh^T, in four blocks
        i = sigmoid(a_i), f = sigmoid(a_f), g = tanh(a_g), o = sigmoid(a_o)
        c_k = f c_{k-1} + i g, c_0 = 0
        h_k = o tanh(c_k), h_0 = 0

    Hochreiter, Schmidhuber, Long short-term memory, 1997; the forget gate is of Gers, Schmidhuber, Cummins, 2000.
    """

    gates = 4
    place_of_dh = Memory._fields.index("dh")

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        (t, d), size = shape, self.hidden_size
        row, states, gates = (n, size), (t, n, size), (4, t, n, size)
        from_0 = (t + 1, n, size)
        shapes = [(t, n, d), gates, from_0, states, from_0, gates, row, states, (4, *row), row]
        return [(shape, "f") for shape in shapes]

    def forward(self, x: Array, y: Array, *memory: Array) -> None:
        m = Memory(*memory)
        self.read(x, m.xs, m.a, m.h)  # a_k = x_k W_ih^T + b, h_0 = 0
        m.c[..., 0, :, :] = 0.0
        hs, cs = steps(m.h), steps(m.c)
        for h, a, c, s, c_k, h_k in zip(hs, gates_by_step(m.a), cs, steps(m.s), cs[1:], hs[1:], strict=False):
            np.matmul(self.for_gates(h), self.W_hh_T, out=m.u)
            add_each(a, m.u)  # a_k = a_k + h_{k-1} W_hh^T
            i, f, g, o = a
            sigmoid(i, out=i)
            sigmoid(f, out=f)
            np.tanh(g, out=g)
            sigmoid(o, out=o)
            np.multiply(f, c, out=c_k)
            np.multiply(i, g, out=m.v)
            np.add(c_k, m.v, out=c_k)  # c_k = f c_{k-1} + i g
            np.tanh(c_k, out=s)
            np.multiply(o, s, out=h_k)  # h_k = o tanh(c_k)
        self.give(m.h, y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array | None, *memory: Array) -> None:
        m = Memory(*memory)
        self.receive(dy, m.dh)  # dL/dh_k = dL/dy_k
        self.slopes(m.a, m.c[..., :-1, :, :], m.s, m.da)
        m.dc[...] = 0.0
        das, dhs, ss, fs = steps(m.da), steps(m.dh), steps(m.s), steps(all_of(m.a, 1))
        for k in reversed(range(len(das))):
            by_i, by_f, by_g, by_o = gates(das[k])
            np.multiply(by_o, dhs[k], out=by_o)  # dL/da_o = dh/da_o dL/dh
            np.multiply(ss[k], dhs[k], out=m.v)
            np.add(m.dc, m.v, out=m.dc)  # dL/dc = dL/dc + dh/dc dL/dh
            for by_a in (by_i, by_f, by_g):
                np.multiply(by_a, m.dc, out=by_a)  # dL/da = dc/da dL/dc
            np.multiply(m.dc, fs[k], out=m.dc)  # dL/dc_{k-1} = f dL/dc
            if self.reaches(k, len(das)):
                np.matmul(das[k], self.W_hh, out=m.u)
                add_gates(m.u, dhs[k - 1])  # dL/dh_{k-1} = dL/dh_{k-1} + dL/da_k W_hh
            else:
                m.dc[...] = 0.0
        self.sum_over_steps(m.xs, m.h[..., :-1, :, :], m.da)
        self.send_on(m.da, m.xs, dx)

    def slopes(self, gates: Array, c_before: Array, s: Array, slopes: Array) -> None:
        """How c_k and h_k change with a_k and c_k, for all steps at once."""
        i, _, g, o = (all_of(gates, place) for place in range(4))
        by_i, by_f, by_g, by_o = (all_of(slopes, place) for place in range(4))
        np.subtract(1.0, gates, out=slopes)
        np.multiply(slopes, gates, out=slopes)  # sigmoid' = sigmoid (1 - sigmoid)
        np.multiply(by_i, g, out=by_i)  # dc/da_i = g i (1 - i)
        np.multiply(by_f, c_before, out=by_f)  # dc/da_f = c_{k-1} f (1 - f)
        np.multiply(g, g, out=by_g)
        np.subtract(1.0, by_g, out=by_g)
        np.multiply(by_g, i, out=by_g)  # dc/da_g = i (1 - g^2)
        np.multiply(by_o, s, out=by_o)  # dh/da_o = tanh(c) o (1 - o)
        np.multiply(s, s, out=s)
        np.subtract(1.0, s, out=s)
        np.multiply(s, o, out=s)  # dh/dc = o (1 - tanh(c)^2)
