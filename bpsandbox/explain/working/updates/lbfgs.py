"""LBFGS, told as what it did: its moves, how far each went, and what the objective was before and after."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.explain.numbers import number
from bpsandbox.explain.working.algebra import Term, constant, fraction, minimum, named, negative, plus, times
from bpsandbox.explain.working.example import Example
from bpsandbox.explain.working.step import Sentence, Step, equation
from bpsandbox.messages import N_

from .gradient import is_frozen
from .rates import rate_symbol
from .tensor import Tensor

SHOWN = 8
"""So many moves are told one by one; of more, the first ones and the last."""


def steps(example: Example) -> Iterator[Step]:
    yield _summary(example)
    moves = example.capture.moves
    if not moves:
        return
    is_first = example.capture.step == 0
    if is_first:
        yield from _first_move(example)
    for place in (place for place in example.places if place.slots):
        for slot in place.slots:
            if not is_frozen(example, slot):
                yield _new(Tensor(place, slot), is_first=is_first)


def _summary(example: Example) -> Step:
    """How many moves and evaluations, the objective and the gradient before and after, and each move."""
    capture, moves = example.capture, example.capture.moves
    objective = capture.whole.loss + capture.penalty
    size = float(np.abs(capture.gradient).max())
    told = [
        Sentence(
            N_("A step of LBFGS makes moves w + t d. Moves: {moves}; evaluations of the objective: {evaluations}."),
            {"moves": len(moves), "evaluations": 1 + sum(move.evaluations for move in moves)},
        ),
        Sentence(
            N_("The objective went from {before} to {after}, the largest number of its gradient from {size} to {now}."),
            {
                "before": _inline(objective),
                "after": _inline(capture.objective_after or 0.0),
                "size": _inline(size),
                "now": _inline(capture.slope_after or 0.0),
            },
        ),
        *_moves(example),
    ]
    if not moves:
        told.insert(1, Sentence(N_("No move was made: the gradient or the slope along d is within a tolerance.")))
    return Step("update.lbfgs", "update", None, Sentence(N_("What LBFGS did")), notes=tuple(told))


def _moves(example: Example) -> Iterator[Sentence]:
    moves = example.capture.moves
    shown = range(len(moves)) if len(moves) <= SHOWN else [*range(SHOWN - 1), len(moves) - 1]
    for k in shown:
        move = moves[k]
        yield Sentence(
            N_("Move {number}: from objective {objective}, t = {t}, norm of d = {length}."),
            {"number": k + 1, "objective": _inline(move.objective), "t": _inline(move.t),
             "length": _inline(move.length)},
        )  # fmt: skip
    if len(moves) > SHOWN:
        yield Sentence(N_("The moves in between are not listed."))


def _inline(value: float) -> str:
    return rf"\({number(value)}\)"


def _first_move(example: Example) -> Iterator[Step]:
    """The run's very first move goes along -g, and t is min(1, 1 / Σ|g|) η without a line search."""
    for place in (place for place in example.places if place.slots):
        for slot in place.slots:
            if not is_frozen(example, slot):
                yield _direction(Tensor(place, slot))
    if example.capture.optimizer_after.searches_line:  # type: ignore[attr-defined]
        return
    size, rate = _sum_of_sizes(example), _rate(example)
    term = times(minimum(constant(1), fraction(constant(1), size)), rate)
    made = equation("t_1", term, example.capture.moves[0].t, dtype=example.dtype)
    yield Step("update.length", "update", None, Sentence(N_("Step length of the first move")), **made)


def _rate(example: Example) -> Term:
    place = next(place for place in example.places if place.slots and not is_frozen(example, place.slots[0]))
    return named(rate_symbol(place), float(example.capture.rates.max()))


def _sum_of_sizes(example: Example) -> Term:
    return named(r"\lVert g \rVert_1", float(np.abs(example.capture.gradient.astype(float)).sum()))


def _direction(tensor: Tensor) -> Step:
    title = N_("Layer {layer}: direction of the first move of the {parameter}")
    return tensor.step("direction", title, tensor.own("d"), negative(tensor.received))


def _new(tensor: Tensor, *, is_first: bool) -> Step:
    """w + t d where it made the first move alone, else w and the sum of all moves."""
    moves = tensor.place.example.capture.moves
    if len(moves) == 1:
        t = named("t_1", moves[0].t)
        if is_first:
            d = named(tensor.own("d"), -tensor.received.value)
        else:
            d = named(tensor.own("d"), tensor.matrix(tensor.optimizer.seeds[0].d))
        return tensor.new(plus(tensor.w, times(t, d)))
    capture = tensor.place.example.capture
    whole = tensor.matrix(capture.after.astype(float) - capture.before.astype(float))
    return tensor.new(plus(tensor.w, named(rf"\sum_k t_k \, d_{{k, {tensor.symbol}}}", whole)))
