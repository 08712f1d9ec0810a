"""Exact intervals of a share: C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits, 1934."""

from __future__ import annotations

from collections.abc import Callable
from math import comb

HALVINGS = 50


def exact(found: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the least and the largest share at which a count as far from it as this one is not too improbable."""
    beyond = (1.0 - level) / 2.0
    low = _where(lambda share: at_least(found, of, share), beyond) if found else 0.0
    high = _where(lambda share: at_least(found + 1, of, share), 1.0 - beyond) if found < of else 1.0
    return low, high


def at_least(count: int, of: int, share: float) -> float:
    """Return the probability of `count` or more among so many, which grows with the share."""
    return sum(comb(of, i) * share**i * (1.0 - share) ** (of - i) for i in range(count, of + 1))


def _where(grows: Callable[[float], float], value: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if grows(middle) < value else (low, middle)
    return (low + high) / 2.0


def written(found: int, of: int) -> str:
    """Write a share with its interval in percent: 96 % (90–99)."""
    if not of:
        return "–"
    low, high = exact(found, of)
    return f"{found / of:.0%} ({100 * low:.0f}–{100 * high:.0f})".replace("%", " %")
