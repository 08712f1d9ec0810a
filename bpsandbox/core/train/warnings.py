"""What a reader should know about a result that is not a finding of the doctor: codes with their numbers.

    still_falling     stopped while the loss fell and no held-out loss rose; `seeds`
    overfitting       the median loss of `part` was lowest (`lowest`) at `epoch` and rose to `last`, too little for a
                      finding, while that of training went on falling
    gradient_check    backward does not agree with finite differences

Results of engines 1 and 2 have more codes, which are findings now. `explain` turns the codes into sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bpsandbox.document import Document, Finding, RunWarning

from .doctor.outcomes import FEWEST_POINTS, Outcomes
from .doctor.training import overfitting
from .trends import noise, trend

RISE = 0.05
"""A held-out loss that rose by this share of its lowest value shows overfitting. It is between GL_1 and GL_5 of
L. Prechelt, Early stopping, but when?, 1998."""
WORTH_WHILE = 0.005
"""A loss keeps falling if its last tenth has at least this share of the total decrease."""
COMPARED = ("overfitting",)
"""Warnings that compare the seeds of one config."""


def warnings(outcomes: Outcomes, findings: Sequence[Finding] = ()) -> tuple[RunWarning, ...]:
    """List the warnings of a result, given its findings, which are not repeated."""
    over = _overfitting(outcomes)
    is_found = any(finding.kind == "overfitting" for finding in findings)
    each = (None if is_found else over, None if over else _still_falling(outcomes), _bad_gradient(outcomes.document))
    return tuple(warning for warning in each if warning)


def merged(found: Sequence[Sequence[RunWarning]]) -> tuple[RunWarning, ...]:
    """Merge the warnings of a sweep's sessions by code, without those that compare seeds: settings differ."""
    told: dict[str, RunWarning] = {}
    for warning in (warning for each in found for warning in each if warning.code not in COMPARED):
        before = told.get(warning.code)
        seeds = (before.seeds if before else None) or ()
        told[warning.code] = replace(warning, seeds=seeds + warning.seeds if warning.seeds is not None else None)
    return tuple(told.values())


def _overfitting(outcomes: Outcomes) -> RunWarning | None:
    found = overfitting(outcomes, RISE)
    if found is None:
        return None
    epoch = outcomes.document.epochs[found.row]
    seeds = outcomes.named(found.places)
    return RunWarning(
        "overfitting", seeds=seeds, part=found.part, epoch=epoch, lowest=found.lowest, last=found.last
    )  # fmt: skip


def _still_falling(outcomes: Outcomes) -> RunWarning | None:
    seeds = outcomes.named([place for place in outcomes.to_the_end if _still_falls(outcomes, place)])
    return RunWarning("still_falling", seeds=seeds) if seeds else None


def _still_falls(outcomes: Outcomes, place: int) -> bool:
    losses = outcomes.loss(place)
    if len(losses) < FEWEST_POINTS or not outcomes.falls(place) or _rises(outcomes, place):
        return False
    late = trend(losses)
    return late.before - late.last > WORTH_WHILE * (losses[0] - late.last)


def _rises(outcomes: Outcomes, place: int) -> bool:
    """Return whether a held-out loss ended above its lowest value."""
    curves = [curve for part in ("val", "test") if (curve := outcomes.curve(f"{part}_loss", place))]
    return any(curve[-1] - min(curve) > max(0.01 * abs(min(curve)), noise(curve)) for curve in curves)


def _bad_gradient(document: Document) -> RunWarning | None:
    bands = {check.band for check in document.checks.gradient_check or ()}
    return RunWarning("gradient_check") if bands & {"wrong", "suspicious"} else None
