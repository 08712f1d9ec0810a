"""The gradient doctor: findings of a result with cause, equation and cures, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpsandbox.document import Document, Finding
from bpsandbox.messages import _
from bpsandbox.numbers import grouped
from bpsandbox.spec import Spec

from .causes import cause_of
from .cures import CHANGES, Cure, cured, cures, range_cures, record_cure, setting_of
from .equations import equations
from .older import sentence_of
from .words import as_warning, finding_words, title_of

MOST_SEEDS = 8

__all__ = [
    "CHANGES",
    "Cure",
    "Diagnosis",
    "as_warning",
    "cured",
    "diagnoses",
    "finding_words",
    "range_cures",
    "record_cure",
    "title_of",
]


@dataclass(frozen=True)
class Diagnosis:
    """A finding as a page shows it. `lines` and `numbers` are LaTeX, `facts` where it was found."""

    kind: str
    title: str
    cause: str
    facts: tuple[str, ...]
    lines: tuple[str, ...]
    numbers: tuple[str, ...]
    cures: tuple[Cure, ...]


def diagnoses(document: Document, spec: Spec) -> tuple[Diagnosis, ...]:
    """Return the findings of a result of this config, causes first."""
    return tuple(_diagnosis(finding, document, spec) for finding in document.known_findings)


def _diagnosis(finding: Finding, document: Document, spec: Spec) -> Diagnosis:
    found = document.known_findings
    others = tuple(other for other in found if other != finding)
    lines, numbers = equations(finding, setting_of(finding, spec).config) if finding.is_complete else ((), ())
    return Diagnosis(
        finding.kind,
        title_of(finding.kind),
        cause_of(finding) if finding.is_complete else sentence_of(finding, document),
        tuple(filter(None, _facts(finding, document))),
        lines,
        numbers,
        cures(finding, others, spec),
    )


def _facts(finding: Finding, document: Document) -> tuple[str, ...]:
    settings = finding.evidence.settings
    return (
        _seeds(finding, document),
        _setting(settings),
        _("layer {layer}", layer=finding.layer) if finding.layer is not None else "",
        _("step {step}", step=grouped(finding.step)) if finding.step is not None else "",
    )


def _setting(numbers: Sequence[int] | None) -> str:
    if numbers and len(numbers) == 1:
        return _("setting {number}", number=numbers[0])
    return _("settings {numbers}", numbers=_listed(numbers)) if numbers else ""


def _seeds(finding: Finding, document: Document) -> str:
    count, seeds = len(finding.seeds), len(document.seeds)
    if seeds == 1:
        return ""
    counted = _("{count} of {seeds} seeds", count=grouped(count), seeds=grouped(seeds))
    if count == seeds or document.members:
        return counted
    return _("{counted}: {numbers}", counted=counted, numbers=_listed(finding.seeds))


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:MOST_SEEDS])) + (", …" if len(numbers) > MOST_SEEDS else "")
