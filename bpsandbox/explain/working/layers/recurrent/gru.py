"""The gated recurrent unit: gates r, z, n; h_k = (1 - z) ⊙ n + z ⊙ h_{k-1}.

The reset gate acts after the product with W_hn, as in PyTorch, or before it, as in Cho and others, Learning phrase
representations using RNN encoder-decoder, 2014.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    constant,
    function,
    hadamard,
    minus,
    plus,
    power,
    sigmoid,
    stacked,
)

from .cell import Arrays, Cell, Equation


class GRUCell(Cell):
    """Three gates and a state."""

    gates = "rzn"

    @property
    def resets_after(self) -> bool:
        return self.place.layer.reset_after

    @property
    def resets_before(self) -> bool:  # type: ignore[override]
        return not self.resets_after

    def forward(self, x: Array) -> Arrays:
        W = {gate: (self.block("weight_ih", gate), self.block("weight_hh", gate)) for gate in self.gates}
        b = {gate: self.block("bias_ih", gate) for gate in self.gates}
        h = [np.zeros((x.shape[1], self.size), x.dtype)]
        found: dict[str, list[Array]] = {letter: [] for letter in "rznm"}
        for x_k in x:
            r, z = (sigmoid(x_k @ W[gate][0].T + h[-1] @ W[gate][1].T + b[gate]) for gate in "rz")
            m = h[-1] @ W["n"][1].T if self.resets_after else r * h[-1]
            inner = r * m if self.resets_after else m @ W["n"][1].T
            n = np.tanh(x_k @ W["n"][0].T + b["n"] + inner)
            for letter, value in zip("rznm", (r, z, n, m), strict=True):
                found[letter].append(value)
            h.append((1.0 - z) * n + z * h[-1])
        return {letter: np.array(values) for letter, values in found.items()} | {"h": np.array(h)}

    def backward(self, x: Array, states: Arrays, dy: Array) -> Arrays:
        W_r, W_z, W_n = (self.block("weight_hh", gate) for gate in self.gates)
        r, z, n, m, h = (states[letter] for letter in "rznmh")
        dh = dy.copy()
        da, da_h = (np.zeros((*dy.shape[:2], 3 * self.size), dy.dtype) for _ in range(2))
        for k in range(len(x), 0, -1):
            j = k - 1
            by_n = dh[j] * (1.0 - z[j]) * (1.0 - n[j] ** 2)
            by_z = dh[j] * (h[j] - n[j]) * z[j] * (1.0 - z[j])
            reset = by_n * m[j] if self.resets_after else (by_n @ W_n) * h[j]
            by_r = reset * r[j] * (1.0 - r[j])
            hidden = by_n * r[j] if self.resets_after else by_n
            da[j] = np.concatenate((by_r, by_z, by_n), axis=-1)
            da_h[j] = np.concatenate((by_r, by_z, hidden), axis=-1)
            if self.reaches(k - 1, len(x)):
                back = hidden @ W_n if self.resets_after else (by_n @ W_n) * r[j]
                dh[j - 1] += z[j] * dh[j] + by_r @ W_r + by_z @ W_z + back
        return {"h": dh, "a": da, "a_h": da_h, "y": dy}

    def forward_equations(self, k: int, x: Array, states: Mapping[str, Array]) -> Iterator[Equation]:
        example, oriented, h = self.place.example, self.place.example.oriented, states["h"]
        for gate in "rz":
            term = function(r"\sigma", sigmoid, self.sums(k, x, h[k - 1], gate))
            yield Equation(gate, self.name(gate, k), term, oriented(states[gate][k - 1]))
        r, z, n = (self.vector(gate, k, states[gate][k - 1]) for gate in self.gates)
        before, weight = self.vector("h", k - 1, h[k - 1]), self.weight("weight_hh", "n")
        inner = hadamard(r, example.applied(weight, before))
        if not self.resets_after:
            inner = example.applied(weight, hadamard(r, before))
        into = example.applied(self.weight("weight_ih", "n"), self.x(k, x))
        new = function(r"\tanh", np.tanh, plus(into, *self.bias("n"), inner))
        yield Equation("n", self.name("n", k), new, oriented(states["n"][k - 1]))
        kept = plus(hadamard(minus(constant(1), z), n), hadamard(z, before))
        yield Equation("h", self.name("h", k), kept, oriented(h[k]))

    def backward_equations(self, k: int, states: Mapping[str, Array], back: Mapping[str, Array]) -> Iterator[Equation]:
        steps, example, oriented = len(back["h"]), self.place.example, self.place.example.oriented
        sent = list(self._sent(k, states, back)) if self.reaches(k, steps) else []
        dh = self.derivative("h", k, back["h"][k - 1])
        yield Equation("dh", dh.symbols, self.arrives(k, steps, back["y"][k - 1], sent), oriented(back["h"][k - 1]))
        r, z, n = (self.vector(gate, k, states[gate][k - 1]) for gate in self.gates)
        one, before = constant(1), self.vector("h", k - 1, states["h"][k - 1])
        by_r, by_z, by_n = np.split(back["a"][k - 1], 3)
        new = hadamard(hadamard(dh, minus(one, z)), minus(one, power(n, 2)))
        yield Equation("dn", self.name(r"\delta", k, "n"), new, oriented(by_n))
        update = hadamard(hadamard(dh, minus(before, n)), hadamard(z, minus(one, z)))
        yield Equation("dz", self.name(r"\delta", k, "z"), update, oriented(by_z))
        delta_n, weight = example.vector(self.name(r"\delta", k, "n"), by_n), self.weight("weight_hh", "n")
        if self.resets_after:
            through = hadamard(delta_n, example.applied(weight, before))
        else:
            through = hadamard(example.back(weight, delta_n), before)
        yield Equation(
            "dr", self.name(r"\delta", k, "r"), hadamard(through, hadamard(r, minus(one, r))), oriented(by_r)
        )

    def _sent(self, k: int, states: Mapping[str, Array], back: Mapping[str, Array]) -> Iterator[Term]:
        """What step k + 1 sends to h_k: by way of z, and of the three sums."""
        example = self.place.example
        z, r = (self.vector(gate, k + 1, states[gate][k]) for gate in "zr")
        yield hadamard(z, self.derivative("h", k + 1, back["h"][k]))
        deltas = dict(zip(self.gates, np.split(back["a"][k], 3), strict=True))
        terms = {gate: example.vector(self.name(r"\delta", k + 1, gate), value) for gate, value in deltas.items()}
        for gate in "rz":
            yield example.back(self.weight("weight_hh", gate), terms[gate])
        weight = self.weight("weight_hh", "n")
        if self.resets_after:
            yield example.back(weight, hadamard(terms["n"], r))
        else:
            yield hadamard(example.back(weight, terms["n"]), r)

    # with the reset before its product, W_hn multiplies r ⊙ h_{k-1}

    def hidden_gradient(self, delta: Term, states: Mapping[str, Array], back: Mapping[str, Array]) -> Term:
        if self.resets_after:
            return super().hidden_gradient(delta, states, back)
        example, symbol = self.place.example, self.place.symbol
        gates, new = back["a"][:, : 2 * self.size], back["a"][:, 2 * self.size :]
        before = example.vector(symbol("H"), states["h"][:-1])
        reset = example.vector(symbol("M"), states["m"])
        return stacked(
            example.outer(example.vector(symbol(r"\Delta") + "_{rz}", gates), before),
            example.outer(example.vector(symbol(r"\Delta") + "_{n}", new), reset),
        )

    def hidden_gradients(self, states: Arrays, back: Arrays) -> Array:
        if self.resets_after:
            return super().hidden_gradients(states, back)
        gates, new = back["a"][..., : 2 * self.size], back["a"][..., 2 * self.size :]
        parts = ((gates, states["h"][:-1]), (new, states["m"]))
        return np.concatenate([np.einsum("tno,tni->oi", delta, before) for delta, before in parts])
