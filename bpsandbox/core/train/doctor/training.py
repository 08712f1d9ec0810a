"""Findings in the curves: diverged, plateau, chaotic, overfitting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

from bpsandbox.core.train.curves import finite
from bpsandbox.document import HARM, Evidence, Finding, Undefined

from .outcomes import Outcomes, overfits

HARM_OF_BASELINE = 0.05
"""A held-out loss has to rise by this share of the baseline too: from nearly nothing to nearly nothing is no harm."""


def in_curves(outcomes: Outcomes) -> Iterator[Finding]:
    """Yield what is wrong with the curves of the seeds."""
    yield from _not_finite(outcomes)
    yield from _grown(outcomes)
    yield from _overshot(outcomes)
    yield from _plateaus(outcomes)
    yield from _chaotic(outcomes)
    over = overfitting(outcomes, HARM)
    if over is not None and over.rise > HARM_OF_BASELINE * outcomes.scale:
        yield over.finding(outcomes)


def _not_finite(outcomes: Outcomes) -> Iterator[Finding]:
    """Yield a finding of each reason why numbers were not finite."""
    document = outcomes.document
    by_reason: dict[Undefined | None, list[int]] = {}
    for place in outcomes.not_finite:
        by_reason.setdefault(document.stop[place].undefined, []).append(place)
    for reason, places in by_reason.items():
        yield _not_finite_for(reason, places, outcomes)


def _not_finite_for(reason: Undefined | None, places: list[int], outcomes: Outcomes) -> Finding:
    stops = [outcomes.document.stop[place] for place in places]
    layers = Counter(stop.layer for stop in stops if stop.layer)
    evidence = Evidence(
        why=reason or "not_finite",
        last_finite=tuple((stop.last or {}).get("train_loss") for stop in stops),
        growth=None if reason else _growth(outcomes, places),
        place=layers.most_common(1)[0][0] if layers else None,
    )
    step = min(stop.step for stop in stops)
    return Finding("diverged", outcomes.named(places), None, step, evidence)


def _grown(outcomes: Outcomes) -> Iterator[Finding]:
    if outcomes.grown:
        curves = [outcomes.loss(place) for place in outcomes.grown]
        evidence = Evidence(
            why="grown",
            first=tuple(curve[0] for curve in curves),
            losses=tuple(curve[-1] for curve in curves),
            growth=_growth(outcomes, outcomes.grown),
        )
        yield Finding("diverged", outcomes.named(outcomes.grown), None, None, evidence)


def _overshot(outcomes: Outcomes) -> Iterator[Finding]:
    if outcomes.overshot:
        curves = [outcomes.loss(place) for place in outcomes.overshot]
        evidence = Evidence(
            why="overshot",
            first=tuple(curve[0] for curve in curves),
            highest=tuple(max(curve) for curve in curves),
            losses=tuple(curve[-1] for curve in curves),
        )
        yield Finding("diverged", outcomes.named(outcomes.overshot), None, None, evidence)


def _growth(outcomes: Outcomes, places: list[int]) -> float | None:
    """Return the median factor by which the loss grew at each step, from its first value to its last finite one."""
    steps = outcomes.document.steps
    factors = []
    for place in places:
        curve = outcomes.loss(place)
        done = steps[len(curve) - 1] - steps[0] if curve else 0
        if done > 0 and 0.0 < curve[0] < curve[-1]:
            factors.append((curve[-1] / curve[0]) ** (1.0 / done))
    return finite(median(factors)) if factors else None


def _plateaus(outcomes: Outcomes) -> Iterator[Finding]:
    stuck = outcomes.stuck
    unlearned = [place for place in outcomes.unlearned if place not in stuck]
    flat = [place for place in outcomes.flat if place not in stuck and place not in unlearned]
    if stuck:
        best = min(outcomes.whole, key=lambda place: outcomes.loss(place)[-1])
        yield _plateau(outcomes, stuck, Evidence(why="stuck", best=outcomes.objective(best)[-1]))
    if unlearned:
        yield _plateau(outcomes, unlearned, Evidence(why="baseline", baseline=outcomes.baseline))
    if flat and outcomes.capacity is not None:
        parameters, targets = outcomes.capacity.parameters, outcomes.capacity.targets
        evidence = Evidence(why="flat", baseline=outcomes.baseline, parameters=parameters, targets=targets)
        yield _plateau(outcomes, flat, evidence)


def _plateau(outcomes: Outcomes, places: list[int], evidence: Evidence) -> Finding:
    curves = [outcomes.objective(place) for place in places]
    moved = median((curve[0] - curve[-1]) / abs(curve[0]) if curve[0] else 0.0 for curve in curves)
    losses = tuple(curve[-1] for curve in curves)
    evidence = replace(evidence, losses=losses, moved=finite(moved))
    return Finding("plateau", outcomes.named(places), None, None, evidence)


def _chaotic(outcomes: Outcomes) -> Iterator[Finding]:
    places = sorted((*outcomes.chaotic, *outcomes.restless))
    if places:
        sizes, rises = zip(*(outcomes.jump(place) for place in places), strict=True)
        evidence = Evidence(jump=median(sizes), rises=median(rises), scale=outcomes.scale)
        evidence = evidence if outcomes.baseline else replace(evidence, why="start")
        yield Finding("chaotic", outcomes.named(places), None, None, evidence)


@dataclass(frozen=True)
class Overfitting:
    """A median held-out loss that rose: `row` is the point where it was lowest."""

    part: str
    places: tuple[int, ...]
    row: int
    lowest: float
    last: float
    train: float

    @property
    def rise(self) -> float:
        return self.last - self.lowest

    def finding(self, outcomes: Outcomes) -> Finding:
        document = outcomes.document
        epoch, numbers = document.epochs[self.row], {"lowest": self.lowest, "last": self.last, "train": self.train}
        evidence = Evidence(part=self.part, epoch=epoch, **numbers)  # type: ignore[arg-type]
        return Finding("overfitting", outcomes.named(self.places), None, document.steps[self.row], evidence)


def overfitting(outcomes: Outcomes, share: float) -> Overfitting | None:
    """Find overfitting on validation data, or else on test data, from the medians that a reader sees."""
    return next((found for part in ("val", "test") if (found := _overfitting(outcomes, part, share))), None)


def _overfitting(outcomes: Outcomes, part: str, share: float) -> Overfitting | None:
    places = [place for place in outcomes.whole if outcomes.document.stop[place].restored_epoch is None]
    held_out, training = outcomes.middle(f"{part}_loss", places), outcomes.middle(outcomes.document.unpenalised, places)
    if not held_out or not training or not overfits(held_out, training, share):
        return None
    low = held_out.index(min(held_out))
    return Overfitting(part, tuple(places), low, held_out[low], held_out[-1], training[-1])
