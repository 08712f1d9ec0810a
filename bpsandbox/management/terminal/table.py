"""What a run came to: last and best of every curve, why it stopped, what is to be said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

from bpsandbox import charts
from bpsandbox.runner import results

Document = dict[str, Any]


def table(document: Document) -> str:
    """Return the numbers of a result as lines of text."""
    lines = settings(document) if "members" in document else numbers(document)
    return "\n".join([*lines, "", *remarks(document)])


def settings(document: Document) -> Iterator[str]:
    """One row a setting of a sweep, the best first, then the best one's numbers."""
    name = results.principal(document["curves"]) or ""
    groups = results.best_first(document, name)
    members = {tuple(member["rows"]): (str(i), member) for i, member in enumerate(document["members"], 1)}
    paths = list(document["members"][0]["values"])
    head = ["setting", *(path.rpartition(".")[2] for path in paths), f"last {name}", "best", "failed"]
    rows = [head, *(setting_row(document, name, *members[tuple(rows)]) for rows in groups)]
    yield f"{len(groups)} settings, medians of {len(groups[0])} seeds, best first"
    yield from aligned(rows)
    yield ""
    yield f"setting {members[tuple(groups[0])][0]}, drawn above"
    yield from numbers(results.best(document))


def setting_row(document: Document, name: str, number: str, member: Document) -> list[str]:
    final, best = (known([document[part][name][row] for row in member["rows"]]) for part in ("final", "best"))
    failed = sum(document["stop"][row]["reason"] == "diverged" for row in member["rows"])
    values = [charts.shown(value) for value in member["values"].values()]
    cells = (figure(final and median(final)), figure(best and median(best)), str(failed) if failed else "-")
    return [number, *values, *cells]


def numbers(document: Document) -> Iterator[str]:
    seeds = len(document["seeds"])
    spread = seeds > 1
    head = ["", "last", "best", "at epoch", *(["lowest seed", "highest seed"] if spread else [])]
    rows = [head, *(row(document, name, spread) for name in document["final"])]
    if spread:
        yield f"medians of {seeds} seeds"
    yield from aligned(rows)


def aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    for cells in rows:
        first, *rest = cells
        yield "  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(rest, widths[1:], strict=True))])


def row(document: Document, name: str, spread: bool) -> list[str]:
    final = known(document["final"][name])
    best = known(document["best"].get(name, []))
    epochs = known(document["best_epoch"].get(name, []))
    cells = [name, figure(final and median(final)), figure(best and median(best)), figure(epochs and median(epochs))]
    return [*cells, figure(final and min(final)), figure(final and max(final))] if spread else cells


def known(values: list[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def figure(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else "-"


def remarks(document: Document) -> Iterator[str]:
    reasons = Counter(stop["reason"] for stop in document["stop"])
    yield "stopped: " + ", ".join(f"{reason} ({count})" for reason, count in reasons.most_common())
    for check in document.get("checks", {}).get("gradient_check", []):
        error = figure(check.get("max_relative_error"))
        yield f"gradient check at {check['at']}: {check['band']} (largest relative error {error})"
    for warning in document.get("warnings", []):
        yield f"warning: {warning['message']}"
    seconds = document.get("provenance", {}).get("seconds")
    if seconds is not None:
        yield f"{seconds:.2f} s · engine {document['engine']} · spec {document['spec_hash']}"
