"""Summarise each curve over the seeds: median, quartiles, worst and best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bpsandbox.core.train.curves import is_higher_better
from bpsandbox.document import Document
from bpsandbox.messages import _
from bpsandbox.numbers import short
from bpsandbox.runner.results import is_cut

from .series import Values, quantile


@dataclass(frozen=True)
class Statistics:
    """One row: a curve's last or best values over the seeds, formatted; `missing` seeds have no such number."""

    name: str
    when: str
    median: str
    low: str
    high: str
    worst: str
    best: str
    missing: int


def statistics(document: Document) -> tuple[Statistics, ...]:
    """Return two rows for each curve; none for a single seed or a sweep, whose seeds have different settings."""
    if len(document.seeds) < 2 or document.members:
        return ()
    return tuple(_rows(document))


def _rows(document: Document) -> Iterator[Statistics]:
    last = _("when it stopped") if is_cut(document.stop) else _("final")
    for name, finals in document.final.items():
        yield _row(name, last, finals)
        bests = document.best.get(name)
        if bests:
            yield _row(name, _("best"), bests)


def _row(name: str, when: str, values: Values) -> Statistics:
    known = sorted(value for value in values if value is not None)
    shares = [short(quantile(known, share) if known else None, 4) for share in (0.5, 0.25, 0.75, 0.0, 1.0)]
    median, low, high, least, most = shares
    worst, best = (least, most) if is_higher_better(name) else (most, least)
    return Statistics(name, when, median, low, high, worst, best, len(values) - len(known))
