"""Long short-term memory: gates i, f, g, o; c_k = f ⊙ c_{k-1} + i ⊙ g, h_k = o ⊙ tanh(c_k).

Hochreiter, Schmidhuber, Long short-term memory, 1997; the forget gate is of Gers, Schmidhuber, Cummins, 2000.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, constant, function, hadamard, minus, plus, power, sigmoid

from .cell import Arrays, Cell, Equation


class LSTMCell(Cell):
    """Four gates, a cell and a state."""

    gates = "ifgo"

    def forward(self, x: Array) -> Arrays:
        W_ih, W_hh, b = self.block("weight_ih"), self.block("weight_hh"), self.block("bias_ih")
        zeros = np.zeros((x.shape[1], self.size), x.dtype)
        h, c = [zeros], [zeros]
        found: dict[str, list[Array]] = {gate: [] for gate in self.gates}
        for x_k in x:
            a = np.split(x_k @ W_ih.T + h[-1] @ W_hh.T + b, 4, axis=-1)
            values = [np.tanh(a_g) if gate == "g" else sigmoid(a_g) for gate, a_g in zip(self.gates, a, strict=True)]
            for gate, value in zip(self.gates, values, strict=True):
                found[gate].append(value)
            i, f, g, o = values
            c.append(f * c[-1] + i * g)
            h.append(o * np.tanh(c[-1]))
        return {gate: np.array(values) for gate, values in found.items()} | {"c": np.array(c), "h": np.array(h)}

    def backward(self, x: Array, states: Arrays, dy: Array) -> Arrays:
        W_hh = self.block("weight_hh")
        i, f, g, o, c = (states[letter] for letter in "ifgoc")
        dh, dc = dy.copy(), np.zeros_like(dy)
        da = np.zeros((*dy.shape[:2], 4 * self.size), dy.dtype)
        for k in range(len(x), 0, -1):
            j, t = k - 1, np.tanh(c[k])
            dc[j] += dh[j] * o[j] * (1.0 - t**2)
            by_gate = (
                dc[j] * g[j] * i[j] * (1.0 - i[j]),
                dc[j] * c[j] * f[j] * (1.0 - f[j]),
                dc[j] * i[j] * (1.0 - g[j] ** 2),
                dh[j] * t * o[j] * (1.0 - o[j]),
            )
            da[j] = np.concatenate(by_gate, axis=-1)
            if self.reaches(k - 1, len(x)):
                dh[j - 1] += da[j] @ W_hh
                dc[j - 1] = dc[j] * f[j]
        return {"h": dh, "c": dc, "a": da, "y": dy}

    def forward_equations(self, k: int, x: Array, states: Mapping[str, Array]) -> Iterator[Equation]:
        oriented, c, h = self.place.example.oriented, states["c"], states["h"]
        for gate in self.gates:
            name, squash = (r"\tanh", np.tanh) if gate == "g" else (r"\sigma", sigmoid)
            term = function(name, squash, self.sums(k, x, h[k - 1], gate))
            yield Equation(gate, self.name(gate, k), term, oriented(states[gate][k - 1]))
        i, f, g, o = (self.vector(gate, k, states[gate][k - 1]) for gate in self.gates)
        cell = plus(hadamard(f, self.vector("c", k - 1, c[k - 1])), hadamard(i, g))
        yield Equation("c", self.name("c", k), cell, oriented(c[k]))
        shown = hadamard(o, function(r"\tanh", np.tanh, self.vector("c", k, c[k])))
        yield Equation("h", self.name("h", k), shown, oriented(h[k]))

    def backward_equations(self, k: int, states: Mapping[str, Array], back: Mapping[str, Array]) -> Iterator[Equation]:
        steps, example, oriented = len(back["h"]), self.place.example, self.place.example.oriented
        sent: list[Term] = []
        if self.reaches(k, steps):
            delta = example.vector(self.name(r"\delta", k + 1), back["a"][k])
            sent.append(example.back(self.whole("weight_hh"), delta))
        dh = self.derivative("h", k, back["h"][k - 1])
        yield Equation("dh", dh.symbols, self.arrives(k, steps, back["y"][k - 1], sent), oriented(back["h"][k - 1]))
        i, f, g, o = (self.vector(gate, k, states[gate][k - 1]) for gate in self.gates)
        one, t = constant(1), function(r"\tanh", np.tanh, self.vector("c", k, states["c"][k]))
        from_state = hadamard(hadamard(dh, o), minus(one, power(t, 2)))
        dc = self.derivative("c", k, back["c"][k - 1])
        terms = [from_state]
        if self.reaches(k, steps):
            later = self.vector("f", k + 1, states["f"][k])
            terms.append(hadamard(self.derivative("c", k + 1, back["c"][k]), later))
        yield Equation("dc", dc.symbols, plus(*terms), oriented(back["c"][k - 1]))
        before = self.vector("c", k - 1, states["c"][k - 1])
        rules = {
            "i": hadamard(hadamard(dc, g), hadamard(i, minus(one, i))),
            "f": hadamard(hadamard(dc, before), hadamard(f, minus(one, f))),
            "g": hadamard(hadamard(dc, i), minus(one, power(g, 2))),
            "o": hadamard(hadamard(dh, t), hadamard(o, minus(one, o))),
        }
        for gate, part in zip(self.gates, np.split(back["a"][k - 1], 4), strict=True):
            yield Equation(f"d{gate}", self.name(r"\delta", k, gate), rules[gate], oriented(part))
