"""Find a step length that satisfies the strong Wolfe conditions.

Sufficient decrease: f(t) <= f(0) + c1 t f'(0). Curvature: |f'(t)| <= c2 |f'(0)|. Nocedal, Wright, Numerical
optimization, 2006, algorithms 3.5 and 3.6, with the safeguards of PyTorch and minFunc (M. Schmidt, 2005).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from bpsandbox.core.types import Array

Number = np.float64
ZERO = Number(0.0)
C1, C2, SMALLEST = 1e-4, 0.9, 1e-9


@dataclass
class Point:
    """A point on the line: step length, objective, slope and gradient (a separate array for each point)."""

    g: Array
    t: Number = ZERO
    f: Number = ZERO
    slope: Number = ZERO


Search = Generator[Point, None, Point]
"""Yields a point with its t; the caller sets its f, slope and g before resuming."""


class Line:
    """A search from `start`, the point at t = 0, with three spare points for trials."""

    def __init__(self, start: Point, spare: tuple[Point, Point, Point], reach: Number, most: int) -> None:
        self.start, self.points = start, (start, *spare)
        self.reach = reach
        """The largest absolute value of the direction."""
        self.most = most
        self.tried = 0

    def search(self, t: Number) -> Search:
        """Find a point that satisfies both conditions, trying t first."""
        low, high, is_done = yield from self._bracket(t)
        return low if is_done else (yield from self._zoom(low, high))

    def _bracket(self, t: Number) -> Generator[Point, None, tuple[Point, Point, bool]]:
        """Extend the step until two points bracket an acceptable one, or one is found."""
        last = self.start
        new = yield from self._try(t, last)
        for i in range(self.most):
            if self._is_too_high(new) or (i > 1 and new.f >= last.f):
                return last, new, False
            if self._is_flat(new):
                return new, new, True
            if new.slope >= 0.0:
                return last, new, False
            bounds = new.t + 0.01 * (new.t - last.t), new.t * 10.0
            last, t = new, lowest(last, new, bounds)
            new = yield from self._try(t, last)
        return self.start, new, False

    def _zoom(self, one: Point, other: Point) -> Search:
        """Shrink the bracket until a point is acceptable or the bracket is too small. `pair` keeps PyTorch's order."""
        pair, is_stuck = [one, other], False
        low = _lower(pair)
        while self.tried <= self.most and not abs(pair[1].t - pair[0].t) * self.reach < SMALLEST:
            t, is_stuck = inward(pair, lowest(pair[0], pair[1]), is_stuck=is_stuck)
            new = yield from self._try(t, *pair)
            if self._is_too_high(new) or new.f >= pair[low].f:
                pair[1 - low] = new
                low = _lower(pair)
                continue
            is_done = self._is_flat(new)
            if not is_done and new.slope * (pair[1 - low].t - pair[low].t) >= 0.0:
                pair[1 - low] = pair[low]
            pair[low] = new
            if is_done:
                break
        return pair[low]

    def _try(self, t: Number, *kept: Point) -> Search:
        """Evaluate at t, in a point that is no longer used."""
        new = next(point for point in self.points[1:] if all(point is not other for other in kept))
        new.t = t
        self.tried += 1
        yield new
        return new

    def _is_too_high(self, new: Point) -> bool:
        return bool(new.f > self.start.f + C1 * new.t * self.start.slope)

    def _is_flat(self, new: Point) -> bool:
        return bool(abs(new.slope) <= -C2 * self.start.slope)


def _lower(pair: list[Point]) -> int:
    return 0 if pair[0].f <= pair[1].f else 1


def lowest(a: Point, b: Point, bounds: tuple[Number, Number] | None = None) -> Number:
    """Return the minimiser of the cubic through both points and slopes, clamped to bounds (or to the points)."""
    low, high = bounds or ((a.t, b.t) if a.t <= b.t else (b.t, a.t))
    d1 = a.slope + b.slope - 3.0 * (a.f - b.f) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0.0:
        return (low + high) / 2.0
    d2 = np.sqrt(square)
    near, far = (a, b) if a.t <= b.t else (b, a)
    t = far.t - (far.t - near.t) * ((far.slope + d2 - d1) / (far.slope - near.slope + 2.0 * d2))
    return min(max(t, low), high)


def inward(pair: list[Point], t: Number, *, is_stuck: bool) -> tuple[Number, bool]:
    """Keep a trial away from the ends of the bracket; return it, and whether it was too close."""
    high, low = max(pair[0].t, pair[1].t), min(pair[0].t, pair[1].t)
    margin = 0.1 * (high - low)
    if not min(high - t, t - low) < margin:
        return t, False
    if is_stuck or t >= high or t <= low:
        return (high - margin if abs(t - high) < abs(t - low) else low + margin), False
    return t, True
