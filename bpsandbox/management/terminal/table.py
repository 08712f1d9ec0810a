"""What a run came to: last and best of every curve, why it stopped, what is to be said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median
from typing import Any

Document = dict[str, Any]


def table(document: Document) -> str:
    """Return the numbers of a result as lines of text."""
    return "\n".join([*numbers(document), "", *remarks(document)])


def numbers(document: Document) -> Iterator[str]:
    seeds = len(document["seeds"])
    spread = seeds > 1
    head = ["", "last", "best", "at epoch", *(["lowest seed", "highest seed"] if spread else [])]
    rows = [head, *(row(document, name, spread) for name in document["final"])]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(head))]
    if spread:
        yield f"medians of {seeds} seeds"
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
