"""The findings of results that were stored before there were any: what their warnings and their seeds' ends say.

They have less evidence than others, so `Finding.is_complete` may be false.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .findings import KINDS, Evidence, Finding

if TYPE_CHECKING:
    from .result import Recorded, RunWarning

HARM = 0.1
"""A held-out loss has to rise by this share of its lowest value to be overfitting."""
PLATEAUS = {"nothing_learned": "baseline", "stuck": "stuck"}
INSIDE = ("symmetric", "dead", "saturated")


def older_findings(document: Recorded) -> tuple[Finding, ...]:
    """Return the findings that a result has as warnings, causes before their effects."""
    found = [finding for warning in document.warnings for finding in _findings(warning, document)]
    kinds = {finding.kind for finding in (*document.findings, *found)}
    if document.not_finite and "diverged" not in kinds:
        found.append(_not_finite(tuple(document.seeds[place] for place in document.not_finite)))
    return tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind)))


def _findings(warning: RunWarning, document: Recorded) -> Iterator[Finding]:
    code, seeds = warning.code, warning.seeds or ()
    if code in PLATEAUS:
        yield _plateau(PLATEAUS[code], seeds, warning, document)
    elif code == "diverged":
        yield _not_finite(seeds)
    elif code == "grown":
        yield Finding("diverged", seeds, None, None, Evidence(why="grown", losses=warning.losses))
    elif code in INSIDE:
        evidence = Evidence(type=warning.type, units=warning.units, share=warning.share)
        yield Finding(code, seeds, warning.layer, None, evidence)  # type: ignore[arg-type]
    elif code == "vanishing":
        yield Finding("vanishing", seeds, warning.first_layer, 0, Evidence(through="layers"))
    elif code == "overfitting" and not document.is_examined and _does_harm(warning):
        yield _overfitting(seeds, warning)


def _not_finite(seeds: tuple[int, ...]) -> Finding:
    return Finding("diverged", seeds, None, None, Evidence(why="not_finite"))


def _plateau(why: Any, seeds: tuple[int, ...], warning: RunWarning, document: Recorded) -> Finding:
    finals = dict(zip(document.seeds, document.final.get(document.principal, ()), strict=False))
    losses = warning.losses or tuple(finals.get(seed) for seed in seeds)
    known = [loss for loss in finals.values() if loss is not None]
    best = min(known) if why == "stuck" and known else None
    return Finding("plateau", seeds, None, None, Evidence(why=why, losses=losses, baseline=warning.baseline, best=best))


def _does_harm(warning: RunWarning) -> bool:
    """Return whether the rise is large enough: those of results that were examined are not, so they are no findings."""
    lowest, last = warning.lowest or 0.0, warning.last or 0.0
    return last - lowest >= HARM * abs(lowest)


def _overfitting(seeds: tuple[int, ...], warning: RunWarning) -> Finding:
    numbers: dict[str, Any] = {name: getattr(warning, name) for name in ("part", "epoch", "lowest", "last")}
    return Finding("overfitting", seeds, None, None, Evidence(**numbers))
