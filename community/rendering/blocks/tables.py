"""Tables: a header row, a delimiter row, and all following rows with a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.rendering import lines
from community.rendering.limits import TABLE_CELLS, TABLE_COLUMNS, OverLimit
from community.rendering.messages import _

from .boxes import Piece

if TYPE_CHECKING:
    from .reader import Reader


def starts_table(reader: Reader, rest: str) -> bool:
    if not reader.paragraph or "-" not in rest or ("|" not in rest and "|" not in reader.paragraph[-1].text):
        return False
    if not lines.TABLE_RULE.match(rest):
        return False
    return _columns(_peek(reader, reader.paragraph[-1])) == _columns(rest.strip())


def table(reader: Reader, rest: str) -> None:
    head = reader.paragraph.pop()
    reader.flush()
    columns = _columns(rest.strip())
    if columns > TABLE_COLUMNS:
        raise OverLimit(_("A table has {count} columns; the limit is {limit}.", count=columns, limit=TABLE_COLUMNS))
    rows = [reader.scan([head]).strip(), rest.strip(), *_body(reader)]
    reader.cells += columns * len(rows)
    if reader.cells > TABLE_CELLS:
        raise OverLimit(
            _("The tables have {count} cells; the limit is {limit}.", count=reader.cells, limit=TABLE_CELLS)
        )
    reader.write([_bordered(row) for row in rows])
    reader.gap = True


def _body(reader: Reader) -> list[str]:
    rows: list[str] = []
    while (line := reader.following()) is not None and "|" in line and not lines.FENCE.match(line):
        reader.index += 1
        rows.append(reader.scan([Piece(line.lstrip(" "), reader.offset(line))]).strip())
    return rows


def _peek(reader: Reader, row: Piece) -> str:
    """Scan a row without creating islands."""
    count = len(reader.islands.all)
    scanned = reader.scan([row]).strip()
    del reader.islands.all[count:]
    return scanned


def _columns(row: str) -> int:
    row = row.removeprefix("|")
    return row.removesuffix("|").count("|") + 1


def _bordered(row: str) -> str:
    """Add a row's outer pipes, without which a one-column table is not recognised."""
    row = row if row.startswith("|") else f"| {row}"
    return row if row.endswith("|") and row != "|" else f"{row} |"
