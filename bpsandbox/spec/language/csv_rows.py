"""Rows of numbers written in a config as comma-separated lines; every wrong row is reported."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.kinds import WRONG, Kind
from bpsandbox.spec.kinds.numbers import LARGEST
from bpsandbox.spec.nodes import Node, Place, Scalar
from bpsandbox.spec.problems import Log, Path, excerpt
from bpsandbox.spec.reading import MAX_NUMBERS
from bpsandbox.spec.scalars import NotFinite, resolve

MAX_POINTS = 500
MOST_WORDS = 5
MOST_ROWS = 10
"""Number of bad rows that are reported individually."""
SEPARATORS = (";", "\t")
DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")

Numbers = list[int | float]


@dataclass(frozen=True)
class Row:
    """One line of the table: its index among the lines of the text, its text and its cells."""

    line: int
    text: str
    cells: list[str]

    def column(self, cell: int) -> int:
        """Return the column where a cell begins; 0 where quotation marks make it unknown."""
        parts = self.text.split(",")
        if len(parts) != len(self.cells):
            return 0
        part = parts[cell]
        return sum(map(len, parts[:cell])) + cell + len(part) - len(part.lstrip())


@dataclass(frozen=True)
class BadRow:
    """A wrong row, with the message and the index of the cell."""

    row: Row
    message: str
    cell: int = 0


class BadTable(Exception):
    """The text is not a table of numbers. `row` is where to report it; `label` names the fix, if there is one."""

    def __init__(self, message: str, row: Row | None = None, label: str = "") -> None:
        super().__init__(message)
        self.row, self.label = row, label


@dataclass(frozen=True)
class Csv(Kind):
    """Lines of numbers, the target last; a header, empty lines and lines that begin with # are skipped."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self._report(node, path, log)
        block = Block(node, log)
        if block.is_folded:
            message = _("> joins lines into one: write csv: |, which keeps them.")
            log.add(path, message, "csv", at=node.at, seen=">", suggestion="|")
            return WRONG
        try:
            rows, names = table(node.value)
            bad = list(bad_rows(rows))
        except BadTable as error:
            at = block.place(error.row, 0) if error.row else node.at
            log.add(path, str(error), "csv", at=at, **block.mended(error))
            return WRONG
        if names:
            log.note(_("The first line of the csv, {names}, is read as column names.", names=excerpt(", ".join(names))))
        _tell(bad, block, path, log)
        return WRONG if bad else [[_value(cell) for cell in row.cells] for row in rows]

    def describe(self) -> str:
        return _("lines of numbers separated by commas, equally many in each line, the target last")


def _tell(bad: list[BadRow], block: Block, path: Path, log: Log) -> None:
    """Report the bad rows at their places; of many only the first, and the number of the others."""
    named = bad if len(bad) <= MOST_ROWS + 1 else bad[:MOST_ROWS]
    for one in named:
        log.add(path, one.message, "csv", at=block.place(one.row, one.cell))
    if len(named) < len(bad):
        message = _("And {count} more rows have problems.", count=len(bad) - len(named))
        log.add(path, message, "csv", at=block.place(bad[len(named)].row, 0))


class Block:
    """The text of a csv, with the places of its lines in the config."""

    def __init__(self, node: Scalar, log: Log) -> None:
        self.node, self.log = node, log
        here = log.split(node.at)[1]
        self.is_literal, self.is_folded = here.startswith("|"), here.startswith(">")

    def place(self, row: Row, cell: int) -> Place:
        """Return line and column of a cell, from 0; the start of the text if its lines are not lines of the config."""
        start = self._start(row)
        return self.node.at if start is None else (start[0], start[1] + row.column(cell))

    def _start(self, row: Row) -> Place | None:
        line = self.node.at[0] + 1 + row.line
        if not self.is_literal or line >= len(self.log.lines) or not self.log.lines[line].endswith(row.text):
            return None
        return line, len(self.log.lines[line]) - len(row.text)

    def mended(self, error: BadTable) -> dict[str, str]:
        """Return the fix of the lines from the error's row on; empty where none is known."""
        start = self._start(error.row) if error.row and error.label else None
        if start is None or error.row is None:
            return {}
        rows = [row for row in split_rows(self.node.value) if row.line >= error.row.line]
        new = mended(rows)
        if new is None:
            return {}
        lines = self.log.lines[start[0] : start[0] + rows[-1].line - error.row.line + 1]
        seen = "\n".join(lines)[start[1] :]
        for row, text in zip(rows, new, strict=True):
            line = lines[row.line - error.row.line]
            lines[row.line - error.row.line] = line.removesuffix(row.text) + text
        return {"seen": seen, "suggestion": "\n".join(lines)[start[1] :], "label": error.label}


def table(text: str) -> tuple[list[Row], list[str]]:
    """Return the rows of a text and the names in its header. Raises BadTable."""
    rows = list(split_rows(text))
    if _separator(rows):
        raise BadTable(_("Separate columns by commas, not by semicolons or tabs."), rows[0], _("Write commas"))
    names: list[str] = []
    if rows and not any(_is_number(cell) for cell in rows[0].cells):
        names, rows = rows[0].cells, rows[1:]
    if not rows:
        raise BadTable(_("There are no rows of numbers: write lines such as 0.5, 1.2, 0 with the target last."))
    if len(rows) > MAX_POINTS:
        raise BadTable(_("A config can contain at most {limit} rows; there are {seen}.",
                         limit=MAX_POINTS, seen=f"{len(rows):,}"))  # fmt: skip
    _check_width(rows)
    _check_words(rows)
    return rows, names


def split_rows(text: str) -> Iterator[Row]:
    """Yield the lines with cells. Raises BadTable where a quotation mark is not closed."""
    lines = text.splitlines()
    reader = csv.reader(lines, skipinitialspace=True)
    began = 0
    for cells in reader:
        first, began = began, reader.line_num
        if reader.line_num - first > 1:
            message = _("A quotation mark in this row is not closed.")
            raise BadTable(message, Row(first, lines[first], cells))
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            yield Row(first, lines[first], [cell.strip() for cell in cells])


def _separator(rows: list[Row]) -> str:
    """Return the separator of the columns if it is not a comma."""
    return next((sign for sign in SEPARATORS if rows and all(sign in row.text for row in rows)), "")


def _width(rows: list[Row]) -> int:
    """Return the most common number of columns; in a tie, the one that occurs first."""
    return Counter(len(row.cells) for row in rows).most_common(1)[0][0]


def _check_width(rows: list[Row]) -> None:
    width = _width(rows)
    if width < 2:
        raise BadTable(_("This row has only one column: write the inputs, a comma, and the target last."), rows[0])
    if len(rows) * width > MAX_NUMBERS:
        raise BadTable(_("A csv can have at most {limit} numbers; this one has {seen}.",
                         limit=f"{MAX_NUMBERS:,}", seen=f"{len(rows) * width:,}"))  # fmt: skip


def _check_words(rows: list[Row]) -> None:
    """Refuse classes that are written as words."""
    width = _width(rows)
    words = _classes(rows)
    if not words or any(not _is_number(cell) for row in rows for cell in row.cells[: width - 1]):
        return
    fix = _(", ").join(f"{i} = {excerpt(word)}" for i, word in enumerate(words[:MOST_WORDS]))
    more = _(", …") if len(words) > MOST_WORDS else ""
    number, row = next((i, row) for i, row in enumerate(rows, 1) if row.cells[-1] == words[0])
    message = _("Row {row} ends with the word {word}, but classes must be whole numbers. Write {fix}.",
                row=number, word=excerpt(words[0]), fix=fix + more)  # fmt: skip
    raise BadTable(message, row, _("Number the classes"))


def _classes(rows: list[Row]) -> list[str]:
    """Return the distinct words in the last column."""
    return list(dict.fromkeys(row.cells[-1] for row in rows if row.cells[-1] and not _is_number(row.cells[-1])))


def bad_rows(rows: list[Row]) -> Iterator[BadRow]:
    """Yield every row with another number of columns, or with a cell that is not a finite number."""
    width = _width(rows)
    model = next(i for i, row in enumerate(rows, 1) if len(row.cells) == width)
    for number, row in enumerate(rows, 1):
        if len(row.cells) != width:
            message = _("Row {row} has {seen} columns; expected {wanted}, as in row {model}.",
                        row=number, seen=len(row.cells), wanted=width, model=model)  # fmt: skip
            if len(row.cells) == 1:
                message = _("Row {row} has one column; expected {wanted}, as in row {model}.",
                            row=number, wanted=width, model=model)  # fmt: skip
            yield BadRow(row, message)
            continue
        for cell, text in enumerate(row.cells):
            message = _bad_cell(text, number, cell + 1)
            if message:
                yield BadRow(row, message, cell)
                break


def _bad_cell(text: str, row: int, column: int) -> str:
    """Return the problem of a cell; empty where it is a number."""
    if not text:
        return _("Row {row}, column {column} is empty.", row=row, column=column)
    if not _is_number(text):
        return _("{word} in row {row}, column {column} is not a number.", word=excerpt(text), row=row, column=column)
    if abs(_value(text)) >= LARGEST:
        return _("{word} in row {row}, column {column} is not finite or too large.",
                 word=excerpt(text), row=row, column=column)  # fmt: skip
    return ""


def _is_number(cell: str) -> bool:
    try:
        value = resolve(cell)
    except NotFinite:
        return True  # nan and inf are reported as numbers that are not finite
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(cell: str) -> int | float:
    try:
        value: int | float = resolve(cell)
    except NotFinite:
        return LARGEST
    return value


def mended(rows: list[Row]) -> list[str] | None:
    """Return the lines with commas, decimal points and class numbers; None if they are still not a table."""
    sign = _separator(rows)
    if sign:
        rows = [_with_commas(row, sign) for row in rows]
    has_names = not any(_is_number(cell) for cell in rows[0].cells)
    numbered = [*rows[:1], *_numbered(rows[1:])] if has_names else _numbered(rows)
    texts = [row.text for row in numbered]
    try:
        return None if list(bad_rows(table("\n".join(texts))[0])) else texts
    except BadTable:
        return None


def _with_commas(row: Row, sign: str) -> Row:
    text = DECIMAL_COMMA.sub(".", row.text) if sign == ";" else row.text
    cells = [cell.strip() for cell in text.split(sign)]
    return Row(row.line, ",".join(cells), cells)


def _numbered(rows: list[Row]) -> list[Row]:
    """Replace class words by numbers, if every row ends with a word."""
    words = _classes(rows)
    if not words or any(row.cells[-1] not in words for row in rows):
        return rows
    cells = [[*row.cells[:-1], str(words.index(row.cells[-1]))] for row in rows]
    return [Row(row.line, ",".join(each), each) for row, each in zip(rows, cells, strict=True)]
