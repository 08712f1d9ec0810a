"""Data given in the config: samples and targets as lists, or as lines of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.kinds import WRONG, Array, Numbers, shape_of
from bpsandbox.spec.nodes import Node, Sequence
from bpsandbox.spec.problems import Log, Path
from bpsandbox.spec.records import Field, Record

from .csv_rows import MAX_POINTS, MOST_ROWS, Csv


@dataclass(frozen=True)
class Samples(Numbers):
    """A list of numbers or arrays of equal shape."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        value = self._value(node, path, log, self.depth)
        if value is WRONG or not isinstance(node, Sequence):
            return value
        shapes = [shape_of(item) for item in value]
        odd = [i for i, shape in enumerate(shapes) if shape is None or shape != shapes[0]]
        for i in odd[:MOST_ROWS]:
            log.add((*path, i), _odd(str(path[-1]), i, shapes), "ragged", at=node.items[i].at)
        if len(odd) > MOST_ROWS:
            more, at = len(odd) - MOST_ROWS, node.items[odd[MOST_ROWS]].at
            log.add(path, _("And {count} more rows have problems.", count=more), "ragged", at=at)
        return WRONG if odd else Array(value)


def _odd(name: str, i: int, shapes: list[tuple[int, ...] | None]) -> str:
    here, first = shapes[i], shapes[0]
    if here is None or first is None:
        return _("The rows of {name}[{i}] have different lengths or depths.", name=name, i=i)
    return _(
        "{name}[{i}] is {here}, but {name}[0] is {first}: all samples need the same shape.",
        name=name, i=i, here=_form(here), first=_form(first),
    )  # fmt: skip


def _form(shape: tuple[int, ...]) -> str:
    if not shape:
        return _("a single number")
    if len(shape) == 1:
        return _("a list of {count}", count=shape[0])
    return _("of shape {shape}", shape=f"({', '.join(map(str, shape))})")


class Points(Record):
    """The fields x and y, or csv for both."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        values = super().read(node, path, log)
        if values is WRONG:
            return values
        rows = values.pop("csv")
        if rows is None:
            return values
        if values["x"] is not None or values["y"] is not None:
            log.add((*path, "csv"), _("Give x and y, or csv, not both."), "points")
            return WRONG
        if rows is WRONG:
            return WRONG
        return {"x": Array(row[:-1] for row in rows), "y": Array(row[-1] for row in rows)}


__all__ = ["MAX_POINTS", "POINTS"]

POINTS = Points(
    {
        "x": Field(
            Samples(4), None, "Samples: numbers, rows, sequences (t, d) or images (c, h, w), all of the same shape."
        ),
        "y": Field(Samples(2), None, "Targets: integers are classes; numbers or rows of numbers are measurements."),
        "csv": Field(
            Csv(),
            None,
            "Or lines of numbers, the target last; a first line of names and lines that begin with # are skipped.",
        ),
    },
    exclusive=(("x", "csv"), ("y", "csv")),
)
