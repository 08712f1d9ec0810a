"""Find where seeds diverged, and their last finite values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpsandbox.document import Document

MOST = 40


@dataclass(frozen=True)
class Broken:
    """A seed that diverged: the layer, the step, and its last finite values with their epoch."""

    seed: int
    setting: int | None
    layer: str
    epoch: int
    step: int
    last_epoch: float | None
    last: dict[str, float]


def diverged(document: Document, most: int = MOST) -> tuple[Broken, ...]:
    """List at most `most` seeds of a result with a number that was not finite."""
    return tuple(_broken(document))[:most]


def _broken(document: Document) -> Iterator[Broken]:
    settings = document.settings
    for row in document.not_finite:
        stop = document.stop[row]
        epoch, last = _last_finite(document, row) if stop.last is None else (stop.last_epoch, stop.last)
        yield Broken(document.seeds[row], settings.get(row), stop.layer or "", stop.epoch, stop.step, epoch, last)


def _last_finite(document: Document, row: int) -> tuple[float | None, dict[str, float]]:
    """Return the last point at which all curves of the seed are finite, with the values, for results without `last`."""
    for place in range(len(document.epochs) - 1, -1, -1):
        values = {name: value for name, rows in document.curves.items() if (value := rows[place][row]) is not None}
        if len(values) == len(document.curves):
            return document.epochs[place], values
    return None, {}
