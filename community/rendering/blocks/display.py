"""Multi-line formulas: their lines belong to the paragraph in which the formula opens, whatever they look like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from community.rendering import lines
from community.rendering.formulas import ENVIRONMENTS
from community.rendering.limits import FORMULA_LENGTH

if TYPE_CHECKING:
    from .reader import Reader

_KNOWN_ENVIRONMENT = re.compile(rf"\\end\{{(?:{ENVIRONMENTS})\*?\}}")


def absorb(reader: Reader, rest: str) -> None:
    """Add the lines of an open formula to the paragraph, up to its end."""
    closer = lines.open_display(rest)
    if not closer or (closer.startswith("\\end") and not _KNOWN_ENVIRONMENT.match(closer)):
        return
    end = _end(reader, rest.strip(), closer)
    while reader.index < end:
        reader.index += 1
        line = reader.continued(reader.lines[reader.index])[1]
        reader.add(line)
        if reader.index == end and (again := lines.open_display(line.split(closer, 1)[1])):
            end = _end(reader, line, again)
            closer = again


def _end(reader: Reader, opening: str, closer: str) -> int:
    """Return the index of the line with the closing delimiter, or the current one if the formula never ends."""
    alone = opening in {"$$", "\\["} or opening.startswith("\\begin{")
    if reader.index < reader.no_end.get(closer, -1):
        return reader.index
    length = 0
    for index in range(reader.index + 1, len(reader.lines)):
        line = reader.lines[index]
        length += len(line) + 1
        if length > 2 * FORMULA_LENGTH or (not alone and not line.strip(" \t>")):
            reader.no_end[closer] = index
            return reader.index
        if closer in line:
            return index
    reader.no_end[closer] = len(reader.lines)
    return reader.index
