"""Where the numbers of a seed broke, and what they were before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST = 40


@dataclass(frozen=True)
class Broken:
    """A seed that diverged: in which layer, at which step, and its last finite values with the epoch they are of."""

    seed: int
    setting: int | None
    layer: str
    epoch: int
    step: int
    last_epoch: float | None
    last: dict[str, float]


def diverged(document: dict[str, Any], most: int = MOST) -> tuple[Broken, ...]:
    """List the diverged seeds of a result, at most so many."""
    return tuple(_broken(document))[:most]


def _broken(document: dict[str, Any]) -> Iterator[Broken]:
    settings = {row: n for n, member in enumerate(document.get("members") or (), 1) for row in member["rows"]}
    for row, stop in enumerate(document.get("stop") or ()):
        if stop.get("reason") == "diverged":
            epoch, last = (stop["last_epoch"], stop["last"]) if "last" in stop else _last_finite(document, row)
            layer = stop.get("layer") or ""
            yield Broken(document["seeds"][row], settings.get(row), layer, stop["epoch"], stop["step"], epoch, last)


def _last_finite(document: dict[str, Any], row: int) -> tuple[float | None, dict[str, float]]:
    """The last point at which all curves of the seed have numbers, and these numbers: of results that lack `last`."""
    curves = document["curves"]
    for place in range(len(document["epochs"]) - 1, -1, -1):
        values = {name: rows[place][row] for name, rows in curves.items()}
        if all(value is not None for value in values.values()):
            return document["epochs"][place], values
    return None, {}
