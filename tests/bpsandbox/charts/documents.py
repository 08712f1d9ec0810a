"""Synthetic result documents, small enough to read."""

from __future__ import annotations

from typing import Any

from bpsandbox.document import Document, Progress, RunWarning, Stop
from tests.bpsandbox.documents import changed


def document(
    *columns: list[float | None],
    reasons: tuple[str, ...] = (),
    stuck: tuple[int, ...] = (),
    parts: dict[str, Any] | None = None,
    **curves: list[list[float | None]],
) -> Document:
    """Return a document with one column of training loss per seed, every 10 epochs; `parts` are JSON."""
    rows = tuple(zip(*columns, strict=True))
    epochs = tuple(10 * i for i in range(len(rows)))
    made = Document(
        spec_hash="",
        engine="1",
        seeds=tuple(range(len(columns))),
        epochs=epochs,
        steps=epochs,
        curves={"train_loss": rows, **{name: tuple(map(tuple, curve)) for name, curve in curves.items()}},
        final={},
        best={},
        best_epoch={},
        stop=tuple(Stop(reason, epochs[-1], epochs[-1]) for reason in reasons or ("epochs",) * len(columns)),
        warnings=(RunWarning("stuck", seeds=stuck),) if stuck else (),
    )
    return changed(made, **(parts or {}))


def falling(start: float = 0.5, factor: float = 0.5, count: int = 11) -> list[float | None]:
    return [start * factor**i for i in range(count)]


def flat(value: float = 0.25, count: int = 11) -> list[float | None]:
    return [value] * count


def progress(*columns: list[float | None], epochs: int = 100, **parts: Any) -> Progress:
    points = [[10 * i, 10 * i, {"train_loss": list(row)}] for i, row in enumerate(zip(*columns, strict=True))]
    return Progress.from_json({"points": points, "epochs": epochs, **parts})
