"""Print the outcome of a run: final and best values of every curve, why it stopped, warnings and hints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from bpsandbox import charts, explain
from bpsandbox.document import ConfusionMatrix, Document, Member
from bpsandbox.runner import results

Config = dict[str, Any]
MOST_BROKEN, FEW, MOST_CLASSES = 8, 6, 12


def table(document: Document, config: Config | None = None) -> str:
    """Return the numbers, warnings and hints of a result as text."""
    lines = settings(document) if document.members else numbers(document)
    return "\n".join([*lines, "", *ends(document), *checks(document, config or {}), *remarks(document)])


def settings(document: Document) -> Iterator[str]:
    """Yield one row for each setting of a sweep, the best first, then the numbers of the best one."""
    name = document.principal
    groups = results.best_first(document, name)
    members = {member.rows: (str(i), member) for i, member in enumerate(document.members or (), 1)}
    paths = list(members[groups[0]][1].values)
    head = ["setting", *charts.headings(paths), f"last {name}", "best", "diverged"]
    rows = [head, *(setting_row(document, name, *members[rows]) for rows in groups)]
    yield f"{len(groups)} settings, medians of {len(groups[0])} seeds, best first"
    yield from aligned(rows)
    yield ""
    yield f"setting {members[groups[0]][0]}, drawn above"
    yield from numbers(results.best(document))


def setting_row(document: Document, name: str, number: str, member: Member) -> list[str]:
    final, best = (
        known([part[name][row] for row in member.rows]) if name in part else []
        for part in (document.final, document.best)
    )
    failed = sum(document.stop[row].reason == "diverged" for row in member.rows)
    values = [charts.shown(value) for value in member.values.values()]
    cells = (figure(final and median(final)), figure(best and median(best)), str(failed) if failed else "-")
    return [number, *values, *cells]


def numbers(document: Document) -> Iterator[str]:
    seeds = len(document.seeds)
    spread = seeds > 1
    head = ["", "last", "best", "at epoch", *(["lowest seed", "highest seed"] if spread else [])]
    rows = [head, *(row(document, name, spread) for name in document.final)]
    if spread:
        yield f"medians of {seeds} seeds"
    yield from aligned(rows)


def aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    for cells in rows:
        first, *rest = cells
        yield "  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))])


def row(document: Document, name: str, spread: bool) -> list[str]:
    final = known(document.final[name])
    best = known(document.best.get(name, ()))
    epochs = known(document.best_epoch.get(name, ()))
    cells = [name, figure(final and median(final)), figure(best and median(best)), figure(epochs and median(epochs))]
    return [*cells, figure(final and min(final)), figure(final and max(final))] if spread else cells


def known(values: Sequence[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def figure(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else "-"


def ends(document: Document) -> Iterator[str]:
    """Yield why the seeds stopped, where they diverged, and what was restored."""
    reasons = Counter[str](stop.reason for stop in document.stop)
    yield "stopped: " + ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common())
    if "diverged" in reasons:
        yield from broken(document)
    if explain.restored(document.stop):
        yield f"last values: {explain.restored(document.stop)}"


def broken(document: Document) -> Iterator[str]:
    """Yield one row for all seeds that diverged in the same layer at the same step, the earliest first."""
    name = document.principal
    seeds = explain.diverged(document, len(document.seeds))
    groups: dict[tuple, list[explain.Broken]] = {}
    for seed in sorted(seeds, key=lambda seed: (seed.setting or 0, seed.step)):
        groups.setdefault((seed.setting, seed.layer, seed.epoch, seed.step, seed.last_epoch), []).append(seed)
    shown = list(groups.values())[:MOST_BROKEN]
    yield from indented(aligned([broken_head(name, document), *(broken_row(name, document, seeds) for seeds in shown)]))
    rest = sum(map(len, groups.values())) - sum(map(len, shown))
    if rest:
        yield f"  and {rest} more; --json has them all"


def broken_head(name: str, document: Document) -> list[str]:
    setting = ["setting"] if document.members else []
    return [*setting, "seeds", "not finite in", "epoch", "step", f"last finite {name}", "at epoch"]


def broken_row(name: str, document: Document, seeds: list[explain.Broken]) -> list[str]:
    first = seeds[0]
    setting = [str(first.setting)] if document.members else []
    values = known([seed.last.get(name) for seed in seeds])
    who = ", ".join(str(seed.seed) for seed in seeds[:FEW])
    more = f" and {len(seeds) - FEW} more" if len(seeds) > FEW else ""
    where = [first.layer or "-", f"{first.epoch:,}", f"{first.step:,}"]
    return [*setting, who + more, *where, span(values) if values else "-", figure(first.last_epoch)]


def span(values: Sequence[float]) -> str:
    low, high = figure(min(values)), figure(max(values))
    return low if low == high else f"{low} to {high}"


def indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def checks(document: Document, config: Config) -> Iterator[str]:
    """Yield the results of the checks, and how much was checked if less than requested."""
    which = " of setting 1" if document.members else ""
    errors = [check.max_relative_error for check in document.checks.gradient_check or ()]
    for check, error in zip(explain.checked_gradients(document, config), errors, strict=True):
        tail = f" (largest relative error {figure(error)})" if check.checked else ""
        yield f"gradient check{which} at {check.at}: {check.verdict}{tail}"
        if check.reason or check.is_incomplete:
            yield f"  {check.words}"
    if document.checks.overfit_tiny:
        yield f"overfit check{which}: {explain.overfit_words(document.checks.overfit_tiny)}"


def remarks(document: Document) -> Iterator[str]:
    yield from confusion(document)
    yield from (f"warning: {words}" for words in explain.cautions(document))
    yield from (f"note: {words}" for words in explain.hints(document))
    seconds = document.provenance.seconds if document.provenance else None
    if seconds is not None:
        yield f"{seconds:.2f} s · engine {document.engine} · spec {document.spec_hash}"


def confusion(document: Document) -> Iterator[str]:
    """Yield the confusion matrix if it is small, and the names of other records."""
    names, matrix = list(document.records.names), document.records.confusion_matrix
    if matrix and len(matrix.labels) <= MOST_CLASSES:
        names.remove("confusion_matrix")
        yield from confusion_rows(matrix, "setting 1, seed" if document.members else "seed")
    if names:
        yield f"recorded, written by --json: {', '.join(names)}"


def confusion_rows(matrix: ConfusionMatrix, which: str) -> Iterator[str]:
    yield f"confusion matrix of {matrix.split}, {which} {matrix.seed}: a row is the true class"
    rows = [[label, *map(str, row)] for label, row in zip(matrix.labels, matrix.counts, strict=True)]
    yield from indented(aligned([["", *matrix.labels], *rows]))
