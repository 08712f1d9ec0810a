"""Limited-memory BFGS, which estimates curvature from past steps."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

import numpy as np

from bpsandbox.core.types import Array

from .base import Optimizer
from .wolfe import Line, Number, Point, Search


class LBFGS(Optimizer):
    """w = w + t d, d = -H g, H an inverse Hessian estimated from the last `history_size` steps and changes of g.

    One step is up to `max_iter` such moves with at most `max_eval` evaluations of the objective (1.25 max_iter
    when it is None). t is lr (min(1, 1 / sum |g|) lr in the first move), or found by a strong Wolfe line search.
    Each seed has its own search; the seeds still searching are evaluated together. All examples must be in the batch.
    Nocedal, Updating quasi-Newton matrices with limited storage, 1980; PyTorch's rules and tolerances.
    """

    scratches = 0

    def __init__(
        self,
        lr: float = 1.0,
        *,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        super().__init__(lr)
        self.max_iter = max_iter
        self.max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        self.tolerance_grad, self.tolerance_change = tolerance_grad, tolerance_change
        self.history_size = history_size
        self.searches_line = line_search_fn == "strong_wolfe"

    def bind(self, w: Array, g: Array, rate: float | Array | None = None) -> None:
        super().bind(w, g, rate)
        self.seeds = [Descent(self, w.shape[1], w.dtype) for _ in w]

    def narrow(self, keep: Array, w: Array, g: Array) -> None:
        super().narrow(keep, w, g)
        self.seeds = [copy.deepcopy(self.seeds[row]) for row in keep]

    def _allocate(self) -> None:
        """Allocate no scratch and no blocks: a search needs all parameters of a seed."""

    def update(self, w: Array, g: Array) -> None:
        """Move all seeds, evaluating those that wait for it together."""
        if self.closure is None:
            raise TypeError("LBFGS evaluates what it minimises: it needs a closure")
        moves = {row: self._moves(row, w[row], g[row]) for row in range(len(w))}
        while moves := {row: move for row, move in moves.items() if next(move, None) is not None}:
            self.closure.evaluate()

    def _moves(self, row: int, w: Array, g: Array) -> Iterator[bool]:
        rate = np.asarray(self.rate)
        lr = Number(np.max(rate[row] if rate.ndim == 2 else rate))

        def value() -> Number:
            return Number(self.closure.value()[row])  # type: ignore[union-attr]

        return self.seeds[row].moves(Place(w, g, value), lr)


class Place(NamedTuple):
    """The current point of a seed: parameters, gradient and objective."""

    w: Array
    g: Array
    value: Callable[[], Number]


class Move(NamedTuple):
    """One move w = w + t d of a step."""

    t: float
    length: float
    """The Euclidean norm of d."""
    objective: float
    """At the start of the move."""
    evaluations: int
    """Number of evaluations of the objective in this move."""


class Descent:
    """The moves of one seed, and its history of them.

    `changes[k]` = y = g' - g and `steps[k]` = s = t d of past moves, in a ring buffer of `history_size` entries.
    """

    def __init__(self, rule: LBFGS, size: int, dtype: np.dtype) -> None:
        self.max_iter, self.max_eval, self.searches_line = rule.max_iter, rule.max_eval, rule.searches_line
        self.tolerance_grad, self.tolerance_change = rule.tolerance_grad, rule.tolerance_change
        self.changes, self.steps = np.empty((2, rule.history_size, size), dtype)
        self.shares = np.empty(rule.history_size)
        self.products = np.empty(rule.history_size)
        self.first, self.count, self.done = 0, 0, 0
        self.scale = Number(1.0)
        self.t = Number(0.0)
        self.d, self.w, self.old_g, self.s = np.zeros((4, size), dtype)
        self.here = Point(np.empty(size, dtype))
        self.spare = Point(np.empty(size, dtype)), Point(np.empty(size, dtype)), Point(np.empty(size, dtype))
        self.trail: list[Move] | None = None
        """Records the moves if it is set to a list."""

    def moves(self, place: Place, lr: Number) -> Iterator[bool]:
        """Move until a tolerance or a limit is met. Yields whenever w has changed and must be evaluated."""
        self._read(self.here, place)
        evaluations = 1
        if self._largest(self.here.g) <= self.tolerance_grad:
            return
        for i in range(1, self.max_iter + 1):
            self._choose_direction(lr)
            if self.here.slope > -self.tolerance_change:
                return
            old_f, is_last, before = self.here.f, i == self.max_iter, evaluations
            if self.searches_line:
                evaluations += yield from self._search(place, self.max_eval - evaluations)
            else:
                evaluations += yield from self._go(place, is_last=is_last)
            if self.trail is not None:
                length = float(np.sqrt(np.dot(self.d, self.d)))
                self.trail.append(Move(float(self.t), length, float(old_f), evaluations - before))
            if is_last or evaluations >= self.max_eval or self._has_converged(old_f):
                return

    def _read(self, point: Point, place: Place) -> None:
        np.copyto(point.g, place.g)
        point.f, point.slope = place.value(), Number(np.dot(place.g, self.d))

    def _largest(self, array: Array) -> Number:
        """Return the largest absolute value."""
        np.abs(array, out=self.s)
        return np.maximum.reduce(self.s)

    def _choose_direction(self, lr: Number) -> None:
        """Choose the direction d and the first length t of the next move."""
        g, self.done = self.here.g, self.done + 1
        if self.done == 1:
            np.negative(g, out=self.d)
            np.abs(g, out=self.s)
            self.t = min(Number(1.0), Number(1.0 / np.add.reduce(self.s))) * lr
        else:
            self._remember(g)
            self._two_loop_recursion(g)
            self.t = lr
        np.copyto(self.old_g, g)
        self.here.t, self.here.slope = Number(0.0), Number(np.dot(g, self.d))

    def _remember(self, g: Array) -> None:
        """Store y and s of the last move if the curvature y.s is positive."""
        size = len(self.steps)
        place = (self.first + self.count) % size
        np.multiply(self.d, float(self.t), out=self.s)
        np.subtract(g, self.old_g, out=self.old_g)
        product = np.dot(self.old_g, self.s)
        if not product > 1e-10:
            return
        np.copyto(self.changes[place], self.old_g)
        np.copyto(self.steps[place], self.s)
        self.products[place] = 1.0 / product
        self.scale = product / np.dot(self.old_g, self.old_g)
        self.first, self.count = (self.first + (self.count == size)) % size, min(self.count + 1, size)

    def _two_loop_recursion(self, g: Array) -> None:
        """d = -H g by the two-loop recursion: from the newest stored move to the oldest, and back."""
        d, order = self.d, [(self.first + i) % len(self.steps) for i in range(self.count)]
        np.negative(g, out=d)
        for k in reversed(order):
            self.shares[k] = np.dot(self.steps[k], d) * self.products[k]
            self._add(self.changes[k], -self.shares[k])
        d *= float(self.scale)
        for k in order:
            back = np.dot(self.changes[k], d) * self.products[k]
            self._add(self.steps[k], self.shares[k] - back)

    def _add(self, array: Array, share: float) -> None:
        """d = d + share array"""
        np.multiply(array, float(share), out=self.s)
        self.d += self.s

    def _go(self, place: Place, *, is_last: bool) -> Generator[bool, None, int]:
        """w = w + t d; return the number of evaluations. After the last move none is needed."""
        np.multiply(self.d, float(self.t), out=self.s)
        np.add(place.w, self.s, out=place.w)
        if is_last:
            return 0
        yield True
        self._read(self.here, place)
        return 1

    def _search(self, place: Place, most: int) -> Generator[bool, None, int]:
        """Find t along d, and move there; return the number of evaluations."""
        np.copyto(self.w, place.w)
        line = Line(self.here, self.spare, self._largest(self.d), most)
        found = yield from self._follow(line.search(self.t), place)
        self.t = found.t
        self._move_to(place, found.t)
        one, two, three = (point for point in (self.here, *self.spare) if point is not found)
        self.here, self.spare = found, (one, two, three)
        return line.tried

    def _follow(self, search: Search, place: Place) -> Generator[bool, None, Point]:
        """Evaluate the points that the search asks for, one after the other; return the accepted one."""
        try:
            while True:
                point = next(search)
                self._move_to(place, point.t)
                yield True
                self._read(point, place)
        except StopIteration as end:
            return end.value

    def _move_to(self, place: Place, t: Number) -> None:
        """w = start + t d"""
        np.multiply(self.d, float(t), out=place.w)
        np.add(place.w, self.w, out=place.w)

    def _has_converged(self, old_f: Number) -> bool:
        """Return whether the gradient, the move or its gain is below its tolerance."""
        if self._largest(self.here.g) <= self.tolerance_grad:
            return True
        np.multiply(self.d, float(self.t), out=self.s)
        return bool(self._largest(self.s) <= self.tolerance_change or abs(self.here.f - old_f) < self.tolerance_change)
