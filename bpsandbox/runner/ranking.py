"""Ranking of the settings of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bpsandbox.document import Recorded

MOST_DRAWN = 6
"""The number of settings that one drawing can distinguish."""

Finals = Sequence[float | None]


def ranked(finals: Sequence[Finals], failed: Sequence[int], *, lower_is_better: bool = True) -> list[int]:
    """Return the indices of settings, best first, by the median of their seeds' final values.

    Settings of which more than half of the seeds failed come after the others, and settings without any number last.
    """
    sign = 1.0 if lower_is_better else -1.0
    return sorted(range(len(finals)), key=lambda place: _worth(finals[place], failed[place], sign))


def _worth(finals: Finals, failed: int, sign: float) -> tuple[int, float]:
    known = [value for value in finals if value is not None]
    if not known:
        return 2, 0.0
    return int(2 * failed > len(finals)), sign * median(known)


def best_first(document: Recorded, name: str) -> list[tuple[int, ...]]:
    """Return the seeds (indices in the document) of each setting of a finished sweep, best setting first."""
    members = [member.rows for member in document.members or ()]
    ends = document.final.get(name) or (None,) * len(document.seeds)
    finals = [[ends[row] for row in rows] for rows in members]
    failed = [sum(document.stop[row].reason == "diverged" for row in rows) for rows in members]
    return [members[place] for place in ranked(finals, failed)]
