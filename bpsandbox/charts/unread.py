"""Say which fields of an address a run's page cannot show, instead of ignoring them without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bpsandbox.document import Recorded

from .lines import lines_of
from .look import SMOOTHINGS, look_of
from .series import curve_names, series

LONGEST = 40
"""How many characters of a value are repeated."""


def unread(document: Recorded, given: Mapping[str, str], hidden: Sequence[str]) -> tuple[str, ...]:
    """Return the fields, as name=value, that name no curve, scale, range, seed, epoch or line of this result."""
    return tuple(f"{name}={value[:LONGEST]}" for name, value in _unread(document, given, hidden))


def _unread(document: Recorded, given: Mapping[str, str], hidden: Sequence[str]) -> Iterator[tuple[str, str]]:
    curve, known = given.get("curve", ""), curve_names(document)
    look = look_of(given, hidden)
    last = max([*document.epochs[-1:], *(stop.epoch for stop in document.stop)], default=0)
    allowed = {
        "curve": curve in known,
        "scale": given.get("scale") in ("log", "linear"),
        "smooth": given.get("smooth") in [f"{each:g}" for each in SMOOTHINGS],
        "seed": look.seed in document.seeds,
        "setting": look.setting in range(1, 1 + len(document.members or ())),
        "epoch": look.at is not None and look.at <= last,
    }
    yield from ((name, given[name]) for name, is_read in allowed.items() if given.get(name) and not is_read)
    name = curve if curve in known else document.principal
    inside = [x for x in series(document, name).x if _is_within(x, look.start, look.end)]
    for end, value in (("from", look.start), ("to", look.end)):
        if given.get(end) and (value is None or len(inside) < 2):
            yield end, given[end]
    lines = {line.name for line in lines_of(document, name, look)}
    yield from (("hide", each) for each in hidden if each and each not in lines)


def _is_within(x: float, start: float | None, end: float | None) -> bool:
    return (start is None or start <= x) and (end is None or x <= end)
