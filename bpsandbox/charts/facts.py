"""Compute the key numbers shown below a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpsandbox.document import Progress, Stop
from bpsandbox.runner.results import cut_at, is_cut, learned_nothing, middle_of

from .series import Drawable, Series, Values, first_of, quantile, series
from .settings import Setting, best_setting


@dataclass(frozen=True)
class Facts:
    """How the seeds of a run ended, in one measure. `solved` counts seeds that reached their target.

    For a sweep, the numbers are those of its best setting (`setting`); `seeds`, `solved` and `diverged` count all
    settings' seeds, and `stuck` is 0, because settings differ on purpose.
    """

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
    learned_nothing: bool = False
    setting: Setting | None = None
    settings: int = 0
    is_cut: bool = False
    """Whether a seed that the numbers are of did not come to its end."""
    stopped_at: int | None = None
    """If so: the epoch that the numbers are of, if that is the same for all of them."""
    baseline: float | None = None
    """Only for the training loss."""
    unpenalised: float | None = None
    """The median loss to compare with the baseline, if `median` is not that."""

    @property
    def off(self) -> int:
        return self.stuck + self.diverged

    @property
    def is_mostly_solved(self) -> bool:
        return 2 * self.solved > self.seeds

    @property
    def has_spread(self) -> bool:
        seeds = self.setting.seeds if self.setting else self.seeds
        return seeds > 1 and self.median is not None


def facts(document: Drawable, name: str = "train_loss") -> Facts:
    """Summarise a result document, or progress so far. Final values are those of the restored weights, if any."""
    main = series(document, name)
    if document.members:
        return _of_sweep(document, main)
    ends = sorted(v for v in _ends(document, main) if v is not None)
    best = sorted(v for v in document.best.get(name, ()) if v is not None) or ends
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
        diverged=0 if isinstance(document, Progress) else document.diverged,
        learned_nothing=learned_nothing(document),
        is_cut=isinstance(document, Progress) or is_cut(document.stop),
        stopped_at=_stopped_at(document, document.stop),
        baseline=_baseline(document, name),
        unpenalised=_unpenalised(document, name, range(len(main.seeds))),
    )


def _of_sweep(document: Drawable, main: Series) -> Facts:
    best = best_setting(document, main.name)
    assert document.members and best is not None
    rows = document.members[best.number - 1].rows
    stops = [document.stop[row] for row in rows if document.stop]
    choose = min if best.line.is_lower_better else max
    return Facts(
        name=main.name,
        seeds=len(main.seeds),
        median=best.final,
        low=best.low,
        high=best.high,
        best=choose((value for value in best.bests if value is not None), default=None),
        first=first_of(best.line.median),
        solved=sum(reason == "target" for reason in main.reasons),
        stuck=0,
        diverged=0 if isinstance(document, Progress) else document.diverged,
        learned_nothing=learned_nothing(document),
        setting=best,
        settings=len(document.members),
        is_cut=isinstance(document, Progress) or is_cut(stops),
        stopped_at=_stopped_at(document, stops),
        baseline=_baseline(document, main.name),
        unpenalised=_unpenalised(document, main.name, rows),
    )


def _baseline(document: Drawable, name: str) -> float | None:
    if isinstance(document, Progress) or name not in (document.principal, document.unpenalised):
        return None
    return document.baseline


def _unpenalised(document: Drawable, name: str, rows: Sequence[int]) -> float | None:
    if isinstance(document, Progress) or name != document.principal or not document.is_penalised:
        return None
    finals = document.final.get(document.unpenalised, ())
    return middle_of(finals[row] for row in rows if row < len(finals))


def _stopped_at(document: Drawable, stops: Sequence[Stop]) -> int | None:
    if isinstance(document, Progress):
        return int(document.points[-1][0]) if document.points else None
    return cut_at(stops)


def _ends(document: Drawable, main: Series) -> Values:
    return document.final.get(main.name) or main.finals
