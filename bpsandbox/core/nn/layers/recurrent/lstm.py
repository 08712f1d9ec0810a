"""The long short-term memory layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bpsandbox.core.nn.special import sigmoid
from bpsandbox.core.types import Array, Shape

from .gates import add_each, add_gates, gate_of_all_steps, gates_by_step, gates_of_step
from .recurrent import Recurrent, steps


class Scratch(NamedTuple):
    """Arrays shared by forward and backward. Gates are in the order i f g o."""

    xs: Array
    """x with time first: (t, n, d)"""
    gates: Array
    """a_k before, the gates after their activations: (4, t, n, h)"""
    c: Array
    """c_0 … c_t: (t + 1, n, h)"""
    tanh_c: Array
    """tanh(c_k), in backward replaced by dh_k/dc_k: (t, n, h)"""
    h: Array
    """h_0 … h_t: (t + 1, n, h)"""
    da: Array
    """Slopes of the gates, then dL/da_k: (4, t, n, h)"""
    dc: Array
    """dL/dc_k of the current step: (n, h)"""
    dh: Array
    """dL/dh_1 … dL/dh_t: (t, n, h)"""
    products: Array
    """The product of one step with W_hh, for each gate: (4, n, h)"""
    term: Array
    """One term of a sum: (n, h)"""


class LSTM(Recurrent):
    """Long short-term memory with cell state c; gates in the order i f g o.

        a = x_k W_ih^T + b + h_{k-1} W_hh^T, in four blocks a_i a_f a_g a_o
        i = sigmoid(a_i), f = sigmoid(a_f), g = tanh(a_g), o = sigmoid(a_o)
        c_k = f c_{k-1} + i g, c_0 = 0
        h_k = o tanh(c_k), h_0 = 0

    Hochreiter, Schmidhuber, Long short-term memory, 1997; the forget gate is by Gers, Schmidhuber, Cummins, 2000.
    """

    gates = 4
    place_of_dh = Scratch._fields.index("dh")

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        (t, d), h = shape, self.hidden_size
        shapes: dict[str, Shape] = {
            "xs": (t, n, d),
            "gates": (4, t, n, h),
            "c": (t + 1, n, h),
            "tanh_c": (t, n, h),
            "h": (t + 1, n, h),
            "da": (4, t, n, h),
            "dc": (n, h),
            "dh": (t, n, h),
            "products": (4, n, h),
            "term": (n, h),
        }
        return [(shapes[name], "f") for name in Scratch._fields]

    def forward(self, x: Array, y: Array, *scratch: Array) -> None:
        m = Scratch(*scratch)
        self.project_inputs(x, m.xs, m.gates, m.h)  # a_k = x_k W_ih^T + b, h_0 = 0
        m.c[..., 0, :, :] = 0.0  # c_0 = 0
        h, c, tanh_c, gates = steps(m.h), steps(m.c), steps(m.tanh_c), gates_by_step(m.gates)
        for k in range(len(gates)):
            i, f, g, o = gates[k]
            np.matmul(self.for_gates(h[k]), self.W_hh_T, out=m.products)
            add_each(gates[k], m.products)  # a_k = a_k + h_{k-1} W_hh^T
            sigmoid(i, out=i)
            sigmoid(f, out=f)
            np.tanh(g, out=g)
            sigmoid(o, out=o)
            np.multiply(f, c[k], out=c[k + 1])
            np.multiply(i, g, out=m.term)
            np.add(c[k + 1], m.term, out=c[k + 1])  # c_k = f c_{k-1} + i g
            np.tanh(c[k + 1], out=tanh_c[k])
            np.multiply(o, tanh_c[k], out=h[k + 1])  # h_k = o tanh(c_k)
        self.write_output(m.h, y)

    def backward(self, x: Array, y: Array, dy: Array, dx: Array | None, *scratch: Array) -> None:
        m = Scratch(*scratch)
        self.output_gradients(dy, m.dh)  # dL/dh_k = dL/dy_k
        self.slopes(m)
        m.dc[...] = 0.0
        da, dh, slope_of_c = steps(m.da), steps(m.dh), steps(m.tanh_c)
        forget = steps(gate_of_all_steps(m.gates, 1))
        for k in reversed(range(len(da))):
            da_i, da_f, da_g, da_o = gates_of_step(da[k])
            np.multiply(da_o, dh[k], out=da_o)  # dL/da_o = dh/da_o dL/dh
            np.multiply(slope_of_c[k], dh[k], out=m.term)
            np.add(m.dc, m.term, out=m.dc)  # dL/dc = dL/dc + dh/dc dL/dh
            for da_gate in (da_i, da_f, da_g):
                np.multiply(da_gate, m.dc, out=da_gate)  # dL/da = dc/da dL/dc
            np.multiply(m.dc, forget[k], out=m.dc)  # dL/dc_{k-1} = f dL/dc
            if self.passes_back(k, len(da)):
                np.matmul(da[k], self.W_hh, out=m.products)
                add_gates(m.products, dh[k - 1])  # dL/dh_{k-1} = dL/dh_{k-1} + dL/da_k W_hh
            else:
                m.dc[...] = 0.0  # no gradient leaves a segment of truncated backpropagation
        self.parameter_gradients(m.xs, m.h[..., :-1, :, :], m.da)
        self.input_gradients(m.da, m.xs, dx)

    def slopes(self, m: Scratch) -> None:
        """Write dc_k/da and dh_k/da_o to da, and dh_k/dc_k over tanh(c_k), for all steps at once."""
        i, _, g, o = (gate_of_all_steps(m.gates, place) for place in range(4))
        # by_i is the derivative of c_k by a_i, and so on; by_o is that of h_k
        by_i, by_f, by_g, by_o = (gate_of_all_steps(m.da, place) for place in range(4))
        np.subtract(1.0, m.gates, out=m.da)
        np.multiply(m.da, m.gates, out=m.da)  # sigmoid' = sigmoid (1 - sigmoid)
        np.multiply(by_i, g, out=by_i)  # dc/da_i = g i (1 - i)
        np.multiply(by_f, m.c[..., :-1, :, :], out=by_f)  # dc/da_f = c_{k-1} f (1 - f)
        np.multiply(g, g, out=by_g)
        np.subtract(1.0, by_g, out=by_g)
        np.multiply(by_g, i, out=by_g)  # dc/da_g = i (1 - g^2)
        np.multiply(by_o, m.tanh_c, out=by_o)  # dh/da_o = tanh(c) o (1 - o)
        np.multiply(m.tanh_c, m.tanh_c, out=m.tanh_c)
        np.subtract(1.0, m.tanh_c, out=m.tanh_c)
        np.multiply(m.tanh_c, o, out=m.tanh_c)  # dh/dc = o (1 - tanh(c)^2)
