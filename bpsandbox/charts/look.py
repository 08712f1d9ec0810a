"""What a reader chose to see of a curve: a range, which lines, smoothing, one seed, one epoch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .series import Series, Values

SMOOTHINGS = (0.0, 0.6, 0.9, 0.97)
HIDEABLE = ("seeds", "band", "median", "val", "test")
NUMBERED = re.compile(r"[0-9]{1,4}|seed-[0-9]{1,15}")


@dataclass(frozen=True)
class Look:
    """Positions are epochs, or steps where the curve counts steps; `rates` is a range of steps of the rate finder.

    `setting` is the number of a sweep's setting whose pictures are shown.

    `hidden` has names of HIDEABLE, numbers of settings, and seeds by the names that `of_seed` gives them.
    """

    start: float | None = None
    end: float | None = None
    hidden: frozenset[str] = frozenset()
    smoothing: float = 0.0
    seed: int | None = None
    at: float | None = None
    rates: tuple[int | None, int | None] = (None, None)
    setting: int | None = None

    @property
    def weight(self) -> str:
        """Return the weight of the smoothing as the form names it."""
        return f"{self.smoothing:g}"

    @property
    def is_changed(self) -> bool:
        """Whether the curve is drawn otherwise than by default."""
        return self.is_zoomed or bool(self.hidden or self.smoothing)

    @property
    def rate_range(self) -> Look:
        """Return the range of the rate finder as that of a curve."""
        return Look(*self.rates)

    @property
    def is_zoomed(self) -> bool:
        return self.start is not None or self.end is not None


PLAIN = Look()


def within(main: Series, look: Look) -> Series:
    """Return the recorded points of a range; all of them if fewer than two are in it.

    Seeds that stopped before it still count in its quantiles.
    """
    if not look.is_zoomed or not main.x:
        return main
    start = main.x[0] if look.start is None else look.start
    end = main.x[-1] if look.end is None else look.end
    inside = [i for i, x in enumerate(main.x) if start <= x <= end]
    if len(inside) < 2:
        return main
    part = slice(inside[0], inside[-1] + 1)
    cut = replace(main, x=main.x[part], seeds=tuple(values[part] for values in main.seeds), x_last=main.x[inside[-1]])
    cut.__dict__["held"] = tuple(values[part] for values in main.held)  # what held before the range holds within it
    return cut


def smoothed(values: Values, weight: float) -> Values:
    """Return the exponential moving average over the points, divided by 1 - weight^t so that it starts unbiased."""
    if not weight:
        return values
    made: list[float | None] = []
    total, rest = 0.0, 1.0
    for value in values:
        if value is not None:
            total, rest = weight * total + (1 - weight) * value, rest * weight
        made.append(None if value is None else total / (1 - rest))
    return tuple(made)


def look_of(given: Mapping[str, str], hidden: Iterable[str]) -> Look:
    """Read a look from the fields of a query; what is not valid is ignored."""
    start, end, seed, at, setting = (_whole(given.get(name, "")) for name in ("from", "to", "seed", "epoch", "setting"))
    if start is not None and end is not None and start >= end:
        start = end = None
    weight = next((each for each in SMOOTHINGS if f"{each:g}" == given.get("smooth")), 0.0)
    known = frozenset(name for name in hidden if name in HIDEABLE or NUMBERED.fullmatch(name))
    first, last = (_whole(given.get(name, "")) for name in ("rate_from", "rate_to"))
    rates = (None, None) if first is not None and last is not None and first >= last else (first, last)
    return Look(start, end, known, weight, seed, at, rates, setting)


def of_seed(seed: int) -> str:
    """Name the line of one seed, which can be hidden."""
    return f"seed-{seed}"


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
