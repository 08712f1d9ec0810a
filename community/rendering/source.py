"""The normalised source, with a mapping back to original lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from urllib.parse import unquote

from .prefixes import NEUTRAL

PUA_OPEN, PUA_CLOSE = "\ue000", "\ue001"

# Control characters would collide with parsers' placeholders; three private-use characters are our own markers.
_DROPPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]|[\ufdd0-\ufdef]|\r(?=\n)")
# No page shows thousands of spaces, and parsers would rescan them.
LONGEST_GAP = 200
_GAP = r"[^\S\r\n\u2028\u2029]"
_LONG_GAP = re.compile(rf"(?<!{_GAP}){_GAP}{{{LONGEST_GAP + 1},}}")
_REPLACED = re.compile(f"[\ud800-\udfff{PUA_OPEN}{PUA_CLOSE}{NEUTRAL}]")
_LINE_ENDS = re.compile("\r|\u2028|\u2029")


def unquoted(address: str) -> str:
    """Decode percent escapes of a URL, unless that would produce one of our markers."""
    words = unquote(address)
    return address if _REPLACED.search(words) else words


def _with_its_end_marked(gap: re.Match[str]) -> str:
    """Replace excess spaces with characters that are dropped later."""
    return gap[0][:LONGEST_GAP] + "\x00" * (len(gap[0]) - LONGEST_GAP)


class Source:
    """`text` has LF only; `place(offset)` refers to the original source."""

    def __init__(self, given: str) -> None:
        self.given = given
        marked = _LONG_GAP.sub(_with_its_end_marked, given)
        self._dropped = [match.start() for match in _DROPPED.finditer(marked)]
        kept = _DROPPED.sub("", marked) if self._dropped else given
        self.text = _LINE_ENDS.sub("\n", _REPLACED.sub("\ufffd", kept))
        self._starts = [0, *(match.end() for match in re.finditer("\r\n|[\n\r\u2028\u2029]", given))]
        self._shifts = [offset - index for index, offset in enumerate(self._dropped)]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 1, of an offset into `text`."""
        given = offset + bisect_right(self._shifts, offset)
        line = bisect_right(self._starts, given)
        return line, given - self._starts[line - 1] + 1
