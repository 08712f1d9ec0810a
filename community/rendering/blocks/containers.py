"""Quotes, list items, footnotes and callouts: containers a line can open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.rendering import lines

from .boxes import INDENT, Box
from .callouts import open_admonition, open_quoted_callout

if TYPE_CHECKING:
    from .reader import Reader


def open_boxes(reader: Reader, rest: str) -> str:
    """Open all containers that begin at a line. Return the rest of the line."""
    fresh = False
    while lines.indent_of(rest) < 4:
        inner = _opened(reader, rest, fresh)
        if inner is None:
            return rest
        rest, fresh = lines.expand(inner), True
        if not rest.strip():
            return ""
    return rest


def _opened(reader: Reader, rest: str, fresh: bool) -> str | None:
    """Open one container. Return the rest of the line, or None if it opens none."""
    if match := lines.QUOTE.match(rest):
        return _open_quote(reader, rest[match.end() :])
    inner = _open_item(reader, rest, fresh)
    if inner is None:
        inner = _open_footnote(reader, rest)
    return open_admonition(reader, rest) if inner is None else inner


def _open_quote(reader: Reader, inner: str) -> str:
    reader.flush()
    if open_quoted_callout(reader, inner):
        return ""
    reader.push(Box(quoted=True, prefix="> "))
    return inner


def _open_footnote(reader: Reader, rest: str) -> str | None:
    match = lines.FOOTNOTE.match(rest)
    if match is None or match[1] in reader.notes:
        return None
    reader.flush()
    reader.notes.add(match[1])
    reader.push(Box(quoted=False, indent=4, prefix=INDENT, marker=f"[^{match[1]}]: "))
    return rest[match.end() :]


def _open_item(reader: Reader, rest: str, fresh: bool) -> str | None:
    match = lines.starts_item(rest)
    if match is None:
        return None
    mark, is_empty = match[2], not rest[match.end() :].strip()
    if reader.paragraph and not fresh and not _may_interrupt(reader, mark, is_empty):
        return None
    reader.flush()
    _part_lists(reader, mark)
    spaces = len(match[3])
    indent = len(match[1]) + len(mark) + (spaces if 1 <= spaces <= 4 and not is_empty else 1)
    written = f"{mark[:-1]}." if _is_number(mark) else mark
    reader.push(Box(quoted=False, indent=indent, prefix=INDENT, marker=written.ljust(3) + " ", is_item=True))
    return "" if is_empty else rest[indent:]


def _is_number(mark: str) -> bool:
    return mark not in "-+*"


def _may_interrupt(reader: Reader, mark: str, is_empty: bool) -> bool:
    """Return whether an item can interrupt a paragraph: in running text, `1986. Rumelhart` is not a list."""
    if is_empty:
        return False
    return not _is_number(mark) or mark[:-1] == "1" or any(box.is_item for box in reader.boxes)


def _part_lists(reader: Reader, mark: str) -> None:
    """Begin a new list where the marker changes or a number is skipped.

    Python-Markdown would continue the old list and lose the number.
    """
    number = int(mark[:-1]) if mark[:-1] else 0
    last = reader.items.get(reader.where())
    reader.items[reader.where()] = (mark[-1], number)
    goes_on = last is None or (last[0] == mark[-1] and number - last[1] in {0, 1})
    if not goes_on and len(reader.written_boxes) > len(reader.boxes):
        reader.write_alone(reader.nothing())
