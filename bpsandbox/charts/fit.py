"""Draw a function of one number that a network fitted, over its examples."""

from __future__ import annotations

from collections.abc import Sequence

from bpsandbox.messages import _
from bpsandbox.numbers import grouped, short

from . import svg
from .marks import mark
from .paths import line
from .plane import Spot, plane, ticks

WIDTH, HEIGHT, UNIT = 400, 260, 10
Numbers = Sequence[float]


def fit(
    xs: Numbers, ys: Numbers, points: Sequence[tuple[float, float]], *, epoch: int, seed: int, prefix: str,
    held_out: Sequence[bool] = (),
) -> tuple[str, list[Spot]]:  # fmt: skip
    """Return the drawing, and the places where values are read. Points of which `held_out` is true are hollow."""
    x, y = ticks(min(xs), max(xs), 6), ticks(*_frame(ys, points))

    def at(px: float, py: float) -> tuple[float, float]:
        return x.at(px) * WIDTH * UNIT, (1 - min(1.2, max(-0.2, y.at(py)))) * HEIGHT * UNIT

    held = held_out or [False] * len(points)
    dots = "".join(mark(0, *at(*point), 24) for point, is_held in zip(points, held, strict=True) if not is_held)
    hollow = "".join(mark(0, *at(*point), 24) for point, is_held in zip(points, held, strict=True) if is_held)
    curve = line([at(px, py) for px, py in zip(xs, ys, strict=True)])
    fitted = svg.tag("svg", svg.tag("path", class_="fitted", d=curve), width=WIDTH * UNIT, height=HEIGHT * UNIT)
    examples = svg.tag("path", class_="example", d=dots)
    examples += svg.tag("path", class_="example is-held-out", d=hollow) if hollow else ""
    inner = examples + fitted  # the inner svg cuts what is outside
    texts = (
        _("Fitted function at epoch {epoch}, seed {seed}", epoch=grouped(epoch), seed=seed),
        _("The network's output goes from {low} to {high}.", low=short(min(ys)), high=short(max(ys))),
    )
    drawing = plane(
        inner, x, y, texts, box=(WIDTH * UNIT, HEIGHT * UNIT), prefix=prefix, class_="fit", names=("x", "y")
    )
    return drawing, [
        (x.at(px), 1 - min(1.0, max(0.0, y.at(py))), _("x {x}: output {y}", x=short(px), y=short(py)))
        for px, py in list(zip(xs, ys, strict=True))[::2]
    ]


def is_outside(ys: Numbers, points: Sequence[tuple[float, float]]) -> bool:
    """Return whether nothing of the function is within the picture."""
    low, high = _frame(ys, points)
    return not any(low <= y <= high for y in ys)


def _frame(ys: Numbers, points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the ends of y: those of the examples, and of the function up to one range beyond them."""
    given = [py for _x, py in points] or list(ys)
    low, high = min(given), max(given)
    room = (high - low) or 1.0
    return max(min(low, *ys), low - room) - 0.05 * room, min(max(high, *ys), high + room) + 0.05 * room
