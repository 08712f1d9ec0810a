"""The layers of a run in a table: shapes, numbers learned, work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LayerRow:
    """One layer of the config; `remembered` are numbers that are kept beside the parameters and not learned.

    `multiply_adds` are those of the matrix products of a pass forward, for one example; None where a result was
    written before they were counted.
    """

    index: int
    type: str
    activation: str
    before: str
    after: str
    parameters: int
    remembered: int
    multiply_adds: int | None


@dataclass(frozen=True)
class LayerTable:
    rows: tuple[LayerRow, ...]

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def remembered(self) -> int:
        return sum(row.remembered for row in self.rows)

    @property
    def multiply_adds(self) -> int | None:
        counted = [row.multiply_adds for row in self.rows if row.multiply_adds is not None]
        return sum(counted) if len(counted) == len(self.rows) else None


def layer_table(document: dict[str, Any]) -> LayerTable:
    return LayerTable(tuple(map(_row, document.get("layers") or ())))


def _row(layer: dict[str, Any]) -> LayerRow:
    before, after = (layer.get(f"{way}_shape") or [layer[way]] for way in ("in", "out"))
    return LayerRow(
        layer["index"],
        layer["type"],
        layer.get("activation") or "",
        shape_words(before),
        shape_words(after),
        layer["parameters"],
        layer.get("remembered", 0),
        layer.get("multiply_adds"),
    )


def shape_words(shape: list[int]) -> str:
    return "×".join(map(str, shape)) if shape else "1"
