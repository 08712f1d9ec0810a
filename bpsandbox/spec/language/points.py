"""Data written into the config itself: samples and targets as lists, or as lines of numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.kinds import WRONG, Kind, Numbers, shape_of
from bpsandbox.spec.kinds.numbers import LARGEST
from bpsandbox.spec.nodes import Node, Scalar, Sequence
from bpsandbox.spec.problems import Log, Path, shown
from bpsandbox.spec.reading import MAX_NUMBERS
from bpsandbox.spec.records import Field, Record
from bpsandbox.spec.scalars import NotFinite, resolve

MAX_POINTS = 500
MOST_WORDS = 5

Row = list[int | float]
Line = tuple[int, list[str]]
"""Its number, from 1, and its cells."""


@dataclass(frozen=True)
class Samples(Numbers):
    """A list of numbers or arrays, all of the shape of the first."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        value = self._value(node, path, log, self.depth)
        if value is WRONG or not isinstance(node, Sequence):
            return value
        shapes = [shape_of(item) for item in value]
        odd = next((i for i, shape in enumerate(shapes) if shape is None or shape != shapes[0]), None)
        if odd is None:
            return value
        log.add((*path, odd), _odd(str(path[-1]), odd, shapes), "ragged", at=node.items[odd].at)
        return WRONG


def _odd(name: str, i: int, shapes: list[tuple[int, ...] | None]) -> str:
    here, first = shapes[i], shapes[0]
    if here is None or first is None:
        return _("The rows of {name}[{i}] differ in length or depth.", name=name, i=i)
    return _(
        "{name}[{i}] is {here}, but {name}[0] is {first}: give all of them one shape.",
        name=name, i=i, here=_form(here), first=_form(first),
    )  # fmt: skip


def _form(shape: tuple[int, ...]) -> str:
    if not shape:
        return _("a single number")
    if len(shape) == 1:
        return _("a list of {count}", count=shape[0])
    return _("of shape {shape}", shape=f"({', '.join(map(str, shape))})")


class BadCsv(Exception):
    """Lines that are no table of numbers; the message says where and what to do."""


@dataclass(frozen=True)
class Csv(Kind):
    """Lines of numbers, the target last; a first line of names, empty lines and lines that begin with # are skipped."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self._complain(node, path, log)
        try:
            return _table(node.value, log)
        except BadCsv as bad:
            log.add(path, str(bad), "csv", at=node.at)
            return WRONG

    def describe(self) -> str:
        return _("lines of as many numbers with commas between them, the target last")


def _table(text: str, log: Log) -> list[Row]:
    """Rows of as many numbers. Raises BadCsv."""
    lines = list(_lines(text))
    if lines and not any(_is_number(cell) for cell in lines[0][1]):
        names = lines[0][1]
        lines = _without_names(lines)
        log.note(_("The first line of the csv, {names}, is taken for names.", names=shown(", ".join(names))))
    if not lines:
        raise BadCsv(_("There is no row of numbers here: write lines such as 0.5, 1.2, 0, the target last."))
    if len(lines) > MAX_POINTS:
        raise BadCsv(_("At most {limit} rows can be written into a config; these are {seen}.",
                       limit=MAX_POINTS, seen=len(lines)))  # fmt: skip
    _check_columns(lines)
    _check_words(lines)
    return [[_number(number, cell) for cell in cells] for number, cells in lines]


def _lines(text: str) -> Iterator[Line]:
    reader = csv.reader(text.splitlines(), skipinitialspace=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error:
        raise BadCsv(_("Line {line} is no line of a table.", line=reader.line_num)) from None


def _without_names(lines: list[Line]) -> list[Line]:
    """Skip the names of the columns. Raises BadCsv where it is the separator that makes a line one word."""
    cells = lines[0][1]
    if len(cells) == 1 and any(sign in cells[0] for sign in ";\t"):
        raise BadCsv(_("Columns are divided by commas here, not by semicolons or tabs."))
    return lines[1:]


def _check_columns(lines: list[Line]) -> None:
    first, wanted = lines[0][0], len(lines[0][1])
    if wanted < 2:
        raise BadCsv(_("Line {line} has one column: write the inputs, a comma, and the target last.", line=first))
    for line, cells in lines:
        if len(cells) != wanted:
            raise BadCsv(_("Line {line} has {seen} columns, but line {first} has {wanted}.",
                           line=line, seen=len(cells), first=first, wanted=wanted))  # fmt: skip
    if len(lines) * wanted > MAX_NUMBERS:
        raise BadCsv(_("The lines of a csv hold at most {limit} numbers; these hold {seen}.",
                       limit=f"{MAX_NUMBERS:,}", seen=f"{len(lines) * wanted:,}"))  # fmt: skip


def _check_words(lines: list[Line]) -> None:
    """Classes as words, which is how tables from elsewhere come."""
    words = list(dict.fromkeys(cells[-1] for _line, cells in lines if not _is_number(cells[-1]) and cells[-1]))
    if not words or any(not _is_number(cell) for _line, cells in lines for cell in cells[:-1]):
        return
    fix = _(", ").join(f"{i} = {shown(word)}" for i, word in enumerate(words[:MOST_WORDS]))
    more = _(", …") if len(words) > MOST_WORDS else ""
    line = next(line for line, cells in lines if cells[-1] == words[0])
    raise BadCsv(_("Line {line} ends with the word {word}, but classes are whole numbers here. Write {fix}.",
                   line=line, word=shown(words[0]), fix=fix + more))  # fmt: skip


def _is_number(cell: str) -> bool:
    try:
        value = resolve(cell)
    except NotFinite:
        return True  # a number that is none: told of in its place
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(line: int, cell: str) -> int | float:
    if not cell:
        raise BadCsv(_("Line {line} has an empty cell.", line=line))
    if not _is_number(cell):
        raise BadCsv(_("{word} in line {line} is no number.", word=shown(cell), line=line))
    try:
        value: int | float = resolve(cell)
    except NotFinite:
        value = LARGEST
    if abs(value) >= LARGEST:
        raise BadCsv(_("{word} in line {line} is not finite or too large.", word=shown(cell), line=line))
    return value


class Points(Record):
    """x and y, or both out of `csv`."""

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
        return {"x": [row[:-1] for row in rows], "y": [row[-1] for row in rows]}


POINTS = Points(
    {
        "x": Field(Samples(4), None, "Samples: numbers, rows, sequences (t, d) or images (c, h, w), all of one shape."),
        "y": Field(Samples(2), None, "Targets: integers are classes; numbers or rows of numbers are measurements."),
        "csv": Field(
            Csv(),
            None,
            "Or lines of numbers, the target last; a first line of names and lines that begin with # are skipped.",
        ),
    },
    apart=(("x", "csv"), ("y", "csv")),
)
