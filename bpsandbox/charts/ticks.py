"""Choose the ticks of an axis and their labels."""

import math
from dataclasses import dataclass

from bpsandbox.numbers import grouped, power_of_ten, short

ROUNDING = 1e-9
"""Relative difference that is drawn as none: below it there is only noise."""


@dataclass(frozen=True)
class Axis:
    """An interval of values mapped to 0 … 1, with its ticks as (value, text)."""

    low: float
    high: float
    is_log: bool
    ticks: tuple[tuple[float, str], ...]
    is_flat: bool = False
    """Whether all values are equal but for rounding."""

    def at(self, value: float) -> float:
        """Map a value to its share of the interval; values outside are mapped outside 0 … 1."""
        if not self.is_log:
            return (value - self.low) / (self.high - self.low)
        low, high = math.log10(self.low), math.log10(self.high)  # high / low may overflow
        return (math.log10(max(value, self.low * 1e-6)) - low) / (high - low)


def are_equal(low: float, high: float) -> bool:
    """Return whether two ends differ by no more than rounding errors."""
    return high - low <= ROUNDING * max(abs(low), abs(high))


def counting_axis(last: float, at_most: int = 7) -> Axis:
    """Return an axis of epochs or steps from 0 to `last`; ticks are whole numbers."""
    high = max(float(last), 1.0)
    step = max(1.0, nice_step(high, at_most))
    values = [step * i for i in range(int(high / step + 1e-9) + 1)]
    return Axis(0.0, high, False, tuple((v, grouped(v)) for v in values))


def range_axis(low: float, high: float, at_most: int = 7) -> Axis:
    """Return an axis of epochs or steps between two of them."""
    if low <= 0:
        return counting_axis(high, at_most)
    step = max(1.0, nice_step(max(high - low, 1.0), at_most))
    first = math.ceil(low / step - 1e-9)
    values = [step * i for i in range(first, math.floor(high / step + 1e-9) + 1)]
    return Axis(low, max(high, low + 1.0), False, tuple((v, grouped(v)) for v in values))


def linear_axis(low: float, high: float, at_most: int = 6) -> Axis:
    """Return a linear axis; one that starts near zero starts at zero."""
    is_flat = low < high and are_equal(low, high)
    if low > 0 and low < 0.35 * high:
        low = 0.0
    if high <= low or is_flat:
        spread = max(abs(high) * 0.1, 1e-12) if high else 1.0
        low, high = (0.0 if low >= 0 and low - spread < 0 else low - spread), high + spread
    step = nice_step(high - low, at_most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    values = [i * step for i in range(first, last + 1)]
    return Axis(low, high, False, tuple((v, tick_text(v, step)) for v in values), is_flat)


def log_axis(low: float, high: float, at_most: int = 6) -> Axis:
    """Return a log axis of positive values; a short range also gets ticks within decades."""
    is_flat = low < high and are_equal(low, high)
    room = (high / low) ** 0.08 if 1.001 < high / low < 5 else 1.15
    low, high = max(low / room, 1e-307), min(high * room, 1e308)
    decades = list(range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1))
    if len(decades) >= 3:
        every = math.ceil(len(decades) / at_most)
        shown = [k for k in decades if k % every == 0]
        return Axis(low, high, True, tuple((10.0**k, power_of_ten(k)) for k in shown), is_flat)
    return Axis(low, high, True, _short_log_ticks(low, high, at_most), is_flat)


def _short_log_ticks(low: float, high: float, at_most: int) -> tuple[tuple[float, str], ...]:
    """Return ticks at 1, 2, 5 in each decade, or evenly spaced ones if those are too few."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    values = [m * 10.0**k for k in range(first, last + 1) for m in (1, 2, 5)]
    inside = [v for v in values if low <= v <= high]
    if len(inside) >= 3:
        return tuple((v, short(v)) for v in inside[-at_most - 2 :])
    step = nice_step(high - low, 5)
    start = math.ceil(low / step - 1e-9)
    values = [i * step for i in range(start, math.floor(high / step + 1e-9) + 1)]
    return tuple((v, tick_text(v, step)) for v in values if v > 0)


def nice_step(span: float, at_most: int) -> float:
    """Return the smallest of 1, 2, 5 × 10^k that divides `span` into at most `at_most` − 1 parts."""
    raw = span / max(1, at_most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 5, 10):
        if factor * power >= raw * (1 - 1e-9):
            return factor * power
    return 10 * power


def tick_text(value: float, step: float) -> str:
    """Format a tick with the decimals that its step needs."""
    if abs(value) < step * 1e-9:
        return "0"
    if abs(value) >= 1e5 or abs(step) < 1e-4:
        return short(value)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value:,.{places}f}".replace("-", "−")
