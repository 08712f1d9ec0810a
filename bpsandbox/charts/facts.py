"""The few numbers that stand under a curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .series import Series, first_of, quantile, series


@dataclass(frozen=True)
class Facts:
    """How the seeds of a run ended, in one measure. `solved` counts seeds that reached their target."""

    name: str
    seeds: int
    median: float | None
    low: float | None
    high: float | None
    best: float | None
    first: float | None
    solved: int
    stuck: int
    diverged: int

    @property
    def off(self) -> int:
        return self.stuck + self.diverged

    @property
    def is_mostly_solved(self) -> bool:
        return 2 * self.solved > self.seeds

    @property
    def has_spread(self) -> bool:
        return self.seeds > 1 and self.median is not None


def facts(document: dict[str, Any], name: str = "train_loss") -> Facts:
    """Sum up a result document, or progress so far. The final values are those the seeds ended with."""
    main = series(document, name)
    ends = sorted(v for v in _ends(document, main) if v is not None)
    best = sorted(v for v in document.get("best", {}).get(name, ()) if v is not None) or ends
    return Facts(
        name=name,
        seeds=len(main.seeds),
        median=quantile(ends, 0.5) if ends else None,
        low=quantile(ends, 0.25) if ends else None,
        high=quantile(ends, 0.75) if ends else None,
        best=(best[0] if main.is_loss else best[-1]) if best else None,
        first=first_of(main.median),
        solved=sum(reason == "target" for reason in main.reasons),
        stuck=len(main.stuck),
        diverged=len(main.diverged),
    )


def _ends(document: dict[str, Any], main: Series) -> tuple[float | None, ...]:
    return tuple(document.get("final", {}).get(main.name) or main.finals)
