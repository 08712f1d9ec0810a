"""Result documents made by formula, small enough to read."""

from __future__ import annotations

from typing import Any


def document(
    *columns: list[float | None],
    reasons: tuple[str, ...] = (),
    stuck: tuple[int, ...] = (),
    **curves: list[list[float | None]],
) -> dict[str, Any]:
    """Make a document whose training loss has one column a seed, recorded every 10 epochs."""
    rows = [list(row) for row in zip(*columns, strict=True)]
    epochs = [10 * i for i in range(len(rows))]
    stop = [
        {"reason": reason, "epoch": epochs[-1], "step": epochs[-1]} for reason in reasons or ("epochs",) * len(columns)
    ]
    return {
        "seeds": list(range(len(columns))),
        "epochs": epochs,
        "steps": epochs,
        "stop": stop,
        "curves": {"train_loss": rows, **curves},
        "warnings": [{"code": "stuck", "seeds": list(stuck)}] if stuck else [],
    }


def falling(start: float = 0.5, factor: float = 0.5, count: int = 11) -> list[float | None]:
    return [start * factor**i for i in range(count)]


def flat(value: float = 0.25, count: int = 11) -> list[float | None]:
    return [value] * count


def progress(*columns: list[float | None], epochs: int = 100) -> dict[str, Any]:
    rows = zip(*columns, strict=True)
    return {"points": [[10 * i, 10 * i, {"train_loss": list(row)}] for i, row in enumerate(rows)], "epochs": epochs}
