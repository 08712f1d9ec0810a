"""Choose the axes of a curve."""

from collections.abc import Iterable

from .layouts import Layout
from .series import Series
from .ticks import Axis, linear_axis, log_axis


def value_axis(main: Series, companions: Iterable[Series], log: bool) -> Axis:
    """Return the y axis. A log axis needs a loss without negative values and with one above zero.

    Diverged seeds leave the plot at the top instead of compressing all others, unless all diverged.
    """
    values = [v for i, seed in enumerate(main.seeds) if i not in main.diverged for v in seed if v is not None]
    values = values or [v for seed in main.seeds for v in seed if v is not None]
    values += [v for companion in companions for v in companion.median if v is not None]
    positive = [v for v in values if v > 0]
    if log and main.is_loss and positive and min(values) >= 0:
        return log_axis(max(min(positive), 1e-300), max(positive))
    if not main.is_loss and min(values) >= 0 and 0.5 < max(values) <= 1:
        return linear_axis(min(values), 1.0)
    low, high = min(values), max(values)
    room = 0.04 * (high - low)
    return linear_axis(low if low == 0 else low - room if low < 0 else low, high + room)


def narrow_ticks(ticks: tuple[tuple[float, str], ...], layout: Layout, narrow: Layout) -> frozenset[float]:
    """Return the ticks that are kept when a fluid drawing is as narrow as a phone."""
    if not layout.is_fluid:
        return frozenset(value for value, _ in ticks)
    every = -(-len(ticks) // narrow.most_ticks)
    return frozenset(value for value, _ in ticks[::every])
