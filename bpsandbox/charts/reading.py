"""Return the exact values of a curve for a pointer that moves along it."""

from __future__ import annotations

from typing import Any

from bpsandbox.numbers import grouped, short

from .look import PLAIN, Look, within
from .series import Drawable, Series, series
from .settings import best_setting
from .table import sampled

MOST = 400


def readings(document: Drawable, *, name: str = "train_loss", most: int = MOST, look: Look = PLAIN) -> list[list[Any]]:
    """Return [share of the width, position, median, lower and upper quartile] for points of a curve, formatted.

    Quartiles are omitted for a single seed. For a sweep, the best setting is read.
    """
    best = best_setting(document, name)
    main = within(best.line if best else series(document, name), look)
    if not any(main.columns):
        return []
    return read(main, main.x[0] if look.is_zoomed else 0.0, main.x_last, most)


def read(main: Series, first: float, last: float, most: int) -> list[list[Any]]:
    """Return the readings of one line on an axis from `first` to `last`."""
    shares = (0.5, 0.25, 0.75) if len(main.seeds) > 1 else (0.5,)
    columns = [main.quantile(share) for share in shares]
    width = (last - first) or 1.0
    return [
        [round((main.x[i] - first) / width, 4), grouped(main.x[i]), *(short(column[i], 4) for column in columns)]
        for i in sampled(main, most)
    ]
