"""Place samples in a picture, and draw the axes beside it."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.charts import svg
from bpsandbox.charts.ticks import Axis, linear_axis

from .frame import ACROSS, DOWN, EDGE, HEIGHT, UNIT, WIDTH, Array, extent

LEFT, BOTTOM = 46 * UNIT, 34 * UNIT
"""Room for the words of the axes, outside the picture."""


@dataclass(frozen=True)
class Places:
    """Two numbers for each sample, and where they are in the picture, y upward."""

    x: Array
    y: Array
    left: float
    top: float
    across: float
    up: float
    x_low: float
    y_high: float

    @classmethod
    def of(cls, x: Array, y: Array, *, is_square: bool) -> Places:
        """Fill the picture; with `is_square` both axes have one scale."""
        (x_low, x_span), (y_low, y_span) = extent(x), extent(y)
        across, up = ACROSS / x_span, DOWN / y_span
        if is_square:
            across = up = min(across, up)
        left = EDGE + (ACROSS - across * x_span) / 2
        top = EDGE + (DOWN - up * y_span) / 2
        return cls(x, y, left, top, across, up, x_low, y_low + y_span)

    def at_x(self, value: float) -> int:
        return round(self.left + self.across * (value - self.x_low))

    def at_y(self, value: float) -> int:
        return round(self.top + self.up * (self.y_high - value))

    def of_samples(self) -> list[tuple[int, int]]:
        return [(self.at_x(a), self.at_y(b)) for a, b in zip(self.x.tolist(), self.y.tolist(), strict=True)]

    @property
    def axes(self) -> tuple[Axis, Axis]:
        (x_low, x_span), (y_low, y_span) = extent(self.x), extent(self.y)
        return linear_axis(x_low, x_low + x_span, 5), linear_axis(y_low, y_low + y_span, 5)


def box() -> tuple[int, int, int, int]:
    """Return left, top, width and height of a picture with axes, in path units."""
    return -LEFT, 0, WIDTH * UNIT + LEFT, HEIGHT * UNIT + BOTTOM


def drawn_axes(places: Places, x_name: str, y_name: str) -> str:
    """Draw ticks, their lines and the names of both axes."""
    foot, (x_axis, y_axis) = HEIGHT * UNIT, places.axes
    parts = []
    for value, words in x_axis.ticks:
        at = places.at_x(value)
        if 0 <= at <= WIDTH * UNIT:
            parts.append(svg.tag("path", class_="grid", d=f"M{at} 0V{foot}"))
            parts.append(svg.text(words, x=at, y=foot + 14 * UNIT, text_anchor="middle"))
    for value, words in y_axis.ticks:
        at = places.at_y(value)
        if 0 <= at <= foot:
            parts.append(svg.tag("path", class_="grid", d=f"M0 {at}H{WIDTH * UNIT}"))
            parts.append(svg.text(words, x=-6 * UNIT, y=at + 4 * UNIT, text_anchor="end"))
    parts.append(svg.text(x_name, class_="name", x=WIDTH * UNIT // 2, y=foot + 30 * UNIT, text_anchor="middle"))
    parts.append(svg.text(y_name, class_="name", x=10 * UNIT - LEFT, y=12 * UNIT))
    return svg.tag("g", "".join(parts), class_="data-axes", aria_hidden="true")
