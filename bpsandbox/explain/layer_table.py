"""Tabulate the layers of a run: shapes, parameters, work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bpsandbox.document import Document, LayerSummary


@dataclass(frozen=True)
class LayerRow:
    """One layer of the config; `buffers` is the number of values in them, which are not learned.

    `multiply_adds` are those of the matrix products of a forward pass, for one example; None if a result was
    stored before they were counted.
    """

    index: int
    type: str
    activation: str
    before: str
    after: str
    parameters: int
    buffers: int
    multiply_adds: int | None


@dataclass(frozen=True)
class LayerTable:
    rows: tuple[LayerRow, ...]

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def buffers(self) -> int:
        return sum(row.buffers for row in self.rows)

    @property
    def multiply_adds(self) -> int | None:
        counted = [row.multiply_adds for row in self.rows if row.multiply_adds is not None]
        return sum(counted) if len(counted) == len(self.rows) else None


def layer_table(document: Document) -> LayerTable:
    return LayerTable(tuple(map(_row, document.layers)))


def _row(layer: LayerSummary) -> LayerRow:
    return LayerRow(
        layer.index,
        layer.type,
        layer.activation or "",
        shape_words(layer.in_shape or (layer.in_,)),
        shape_words(layer.out_shape or (layer.out,)),
        layer.parameters,
        layer.remembered,
        layer.multiply_adds,
    )


def shape_words(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) if shape else "1"
