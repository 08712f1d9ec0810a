"""The steps of a recurrent layer in print, whatever its cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from bpsandbox.core.nn.layers import GRU, LSTM, RNN
from bpsandbox.explain.working.algebra import Array, Term, named
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import gradient_steps, input_gradient_step, layer_step
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .cell import Arrays, Cell
from .gru import GRUCell
from .lstm import LSTMCell
from .rnn import RNNCell

CELLS: dict[type, type[Cell]] = {RNN: RNNCell, LSTM: LSTMCell, GRU: GRUCell}
QUANTITIES = {
    "a": N_("weighted sum"),
    "h": N_("state"),
    "i": N_("input gate"),
    "f": N_("forget gate"),
    "g": N_("candidate"),
    "o": N_("output gate"),
    "c": N_("cell"),
    "r": N_("reset gate"),
    "z": N_("update gate"),
    "n": N_("candidate"),
    "dh": N_("gradient of the state"),
    "dc": N_("gradient of the cell"),
    "da": N_("delta"),
    "di": N_("delta of the input gate"),
    "df": N_("delta of the forget gate"),
    "dg": N_("delta of the candidate"),
    "do": N_("delta of the output gate"),
    "dr": N_("delta of the reset gate"),
    "dz": N_("delta of the update gate"),
    "dn": N_("delta of the candidate"),
}
MOST_STEPS = 6
"""A longer sequence is shown by its first three and its last two steps."""


def cell_of(place: Place) -> Cell:
    return CELLS[type(place.layer)](place)


def shown(steps: int) -> list[int]:
    """The steps that are printed, from 1."""
    if steps <= MOST_STEPS:
        return list(range(1, steps + 1))
    return [1, 2, 3, steps - 1, steps]


def forward(place: Place) -> Iterator[Step]:
    cell, x = cell_of(place), place.x.astype(place.example.dtype)
    states = _of_example(_wide(cell.forward(x[:, np.newaxis])))
    for k in shown(len(x)):
        yield from _skipped(place, "forward", k, len(x))
        for made in cell.forward_equations(k, x[k - 1], states):
            title = N_("Layer {layer}, step {step} of {steps}: {quantity}")
            yield layer_step(
                place, "forward", f"{k}.{made.letter}", title, made.name, made.term, made.stored,
                step=k, steps=len(x), quantity=QUANTITIES[made.letter],
            )  # fmt: skip
    title = N_("Layer {layer}: output of the sequence")
    yield layer_step(place, "forward", "output", title, place.output, _output(cell, states), _stored_output(place))


def _skipped(place: Place, phase: Literal["forward", "backward"], k: int, steps: int) -> Iterator[Step]:
    """Say which steps of a long sequence are left out, where they would be."""
    if steps <= MOST_STEPS or k != (steps - 1 if phase == "forward" else 3):
        return
    between = {"layer": place.number, "first": 4, "last": steps - 2}
    title = Sentence(N_("Layer {layer}: steps {first} to {last}"), between)
    note = Sentence(N_("They are computed in the same way and are omitted here."))
    yield Step(f"{phase}.{place.number}.skipped", phase, place.number, title, notes=(note,))


def _wide(arrays: Arrays) -> Arrays:
    return {letter: np.asarray(array, dtype=np.float64) for letter, array in arrays.items()}


def _of_example(arrays: Arrays) -> Arrays:
    return {letter: array[:, 0] for letter, array in arrays.items()}


def _output(cell: Cell, states: Arrays) -> Term:
    """The last state, or all of them beside each other."""
    place, h = cell.place, states["h"][1:]
    if place.layer.returns != "all":
        return cell.vector("h", len(h), h[-1])
    oriented = place.example.oriented(h)
    symbols = rf"\left[ {cell.name('h', 1)}, \ldots, {cell.name('h', len(h))} \right]"
    return replace(named(symbols, oriented), operands=((place.output, oriented),))


def _stored_output(place: Place) -> Array:
    return place.example.oriented(place.y)


def _by_step(place: Place, dys: Array, steps: int, size: int) -> Array:
    """dL/dy of each step, (steps, rows, size); 0 where the output has only the last state."""
    if place.layer.returns == "all":
        return dys.swapaxes(0, 1)
    found = np.zeros((steps, len(dys), size), dys.dtype)
    found[-1] = dys
    return found


def _worked(place: Place, xs: Array, dys: Array) -> tuple[Cell, Arrays, Arrays]:
    """The way there and back for some rows of the batch, xs (rows, t, d)."""
    cell, dtype = cell_of(place), place.example.dtype
    x, dys = xs.astype(dtype).swapaxes(0, 1), dys.astype(dtype)
    states = cell.forward(x)
    return cell, _wide(states), _wide(cell.backward(x, states, _by_step(place, dys, len(x), cell.size)))


def backward(place: Place) -> Iterator[Step]:
    example, x, steps = place.example, np.asarray(place.x, dtype=np.float64), len(place.x)
    cell, states, back = _worked(place, place.x[np.newaxis], place.dy[np.newaxis])
    states, back = _of_example(states), _of_example(back)
    if place.layer.truncate is not None and place.layer.truncate < steps:
        yield _truncated(place)
    for k in reversed(shown(steps)):
        yield from _skipped(place, "backward", k, steps)
        for made in cell.backward_equations(k, states, back):
            title = N_("Layer {layer}, back through step {step}: {quantity}")
            yield layer_step(
                place, "backward", f"{k}.{made.letter}", title, made.name, made.term, made.stored,
                step=k, quantity=QUANTITIES[made.letter],
            )  # fmt: skip
    delta = example.vector(place.symbol(r"\Delta"), back["a"])
    hidden = example.vector(place.symbol(r"\Delta") + "_{h}", back["a_h"]) if "a_h" in back else delta
    yield from _side_by_side(cell, states, back)
    terms = {
        "weight_ih": (place.symbol("W") + "_{ih}", example.outer(delta, example.vector(place.input, x))),
        "weight_hh": (place.symbol("W") + "_{hh}", cell.hidden_gradient(hidden, states, back)),
    }
    if place.layer.bias:
        ones = example.vector(r"\mathbf{1}", np.ones((steps, 1)))
        terms["bias_ih"] = (place.symbol("b"), example.outer(delta, ones))
    yield from gradient_steps(place, terms, gradients)
    if place.dx is not None:
        yield input_gradient_step(place, example.back(cell.whole("weight_ih"), delta), example.oriented(place.dx))


def _side_by_side(cell: Cell, states: Arrays, back: Arrays) -> Iterator[Step]:
    """The steps' vectors as matrices, so that a sum over steps is one product."""
    place, title = cell.place, N_("Layer {layer}: {quantity} of all steps, side by side")
    rows = {
        "deltas": (place.symbol(r"\Delta"), r"\delta", 1, back["a"], N_("deltas")),
        "hidden": (place.symbol(r"\Delta") + "_{h}", r"\delta_{h}", 1, back.get("a_h"), N_("deltas behind the reset")),
        "states": (place.symbol("H"), "h", 0, states["h"][:-1], N_("states")),
        "reset": (place.symbol("M"), r"r \odot h", 1, states["m"] if cell.resets_before else None, N_("reset states")),
    }
    for part, (name, letter, first, values, quantity) in rows.items():
        if values is None:
            continue
        oriented = place.example.oriented(values)
        symbols = rf"\left[ {letter}_{{{first}}}, \ldots, {letter}_{{{first + len(values) - 1}}} \right]"
        term = replace(named(symbols, oriented), operands=())
        yield layer_step(place, "backward", part, title, name, term, oriented, quantity=quantity)


def _truncated(place: Place) -> Step:
    title = Sentence(N_("Layer {layer}: truncated backpropagation through time"), {"layer": place.number})
    text = N_("The sequence is cut into segments of {steps}, counted from its end; no gradient passes between them.")
    note = Sentence(text, {"steps": int(place.layer.truncate or 0)})
    return Step(f"backward.{place.number}.truncate", "backward", place.number, title, notes=(note,))


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """The parameters' gradients over some rows of the batch, summed over their steps."""
    cell, states, back = _worked(place, xs[list(rows)], dys[list(rows)])
    x = np.asarray(xs[list(rows)], dtype=np.float64).swapaxes(0, 1)
    found = {
        "weight_ih": np.einsum("tno,tni->oi", back["a"], x),
        "weight_hh": cell.hidden_gradients(states, back),
    }
    return found | ({"bias_ih": back["a"].sum(axis=(0, 1))} if place.layer.bias else {})
