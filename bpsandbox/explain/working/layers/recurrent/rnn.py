"""The simple recurrent layer: z_k = W_ih x_k + W_hh h_{k-1} + b, h_k = tanh(z_k) or max(z_k, 0). Elman, 1990."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, constant, function, hadamard, minus, power

from .cell import Arrays, Cell, Equation


class RNNCell(Cell):
    """One state, one sum a step."""

    @property
    def is_tanh(self) -> bool:
        return self.place.layer.nonlinearity == "tanh"

    def forward(self, x: Array) -> Arrays:
        W_ih, W_hh, b = self.block("weight_ih"), self.block("weight_hh"), self.block("bias_ih")
        f = np.tanh if self.is_tanh else lambda a: np.maximum(a, 0.0)
        h, a = [np.zeros((x.shape[1], self.size), x.dtype)], []
        for x_k in x:
            a.append(x_k @ W_ih.T + h[-1] @ W_hh.T + b)
            h.append(f(a[-1]))
        return {"a": np.array(a), "h": np.array(h)}

    def backward(self, x: Array, states: Arrays, dy: Array) -> Arrays:
        W_hh, h = self.block("weight_hh"), states["h"]
        slope = 1.0 - h[1:] ** 2 if self.is_tanh else (h[1:] > 0).astype(float)
        dh, da = dy.copy(), np.zeros_like(dy)
        for k in range(len(x), 0, -1):
            da[k - 1] = slope[k - 1] * dh[k - 1]
            if self.reaches(k - 1, len(x)):
                dh[k - 2] += da[k - 1] @ W_hh
        return {"h": dh, "a": da, "y": dy}

    def forward_equations(self, k: int, x: Array, states: Mapping[str, Array]) -> Iterator[Equation]:
        z, h = states["a"][k - 1], states["h"]
        oriented = self.place.example.oriented
        yield Equation("a", self.name("z", k), self.sums(k, x, h[k - 1]), oriented(z))
        name, f = (r"\tanh", np.tanh) if self.is_tanh else (r"\mathrm{ReLU}", lambda z: np.maximum(z, 0.0))
        yield Equation("h", self.name("h", k), function(name, f, self.vector("z", k, z)), oriented(h[k]))

    def backward_equations(self, k: int, states: Mapping[str, Array], back: Mapping[str, Array]) -> Iterator[Equation]:
        steps, oriented = len(back["h"]), self.place.example.oriented
        sent: list[Term] = []
        if self.reaches(k, steps):
            delta = self.vector(r"\delta", k + 1, back["a"][k])
            sent.append(self.place.example.back(self.weight("weight_hh"), delta))
        dh = self.derivative("h", k, back["h"][k - 1])
        yield Equation("dh", dh.symbols, self.arrives(k, steps, back["y"][k - 1], sent), oriented(back["h"][k - 1]))
        h = self.vector("h", k, states["h"][k])
        slope = (
            minus(constant(1), power(h, 2))
            if self.is_tanh
            else function(r"\mathbf{1}_{>0}", lambda values: (values > 0).astype(float), h)
        )
        yield Equation("da", self.name(r"\delta", k), hadamard(dh, slope), oriented(back["a"][k - 1]))
