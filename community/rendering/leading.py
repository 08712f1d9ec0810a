"""The beginning of a rendered text, cut between two blocks.

The input is our own HTML: every element in it is closed, by its end tag or in itself.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r'<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:[^<>"]|"[^"]*")*>|(?P<words>[^<]+)')
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "col"})
LONGEST = 50_000


def leading_blocks(html: str, most: int, *, longest: int = LONGEST) -> tuple[str, bool]:
    """Return whole blocks with about `most` characters of text, the first one in any case, and whether that is all.

    Nothing at all if the first block takes more than `longest` characters of HTML.
    """
    depth = words = end = 0
    for piece in _PIECE.finditer(html):
        if piece.end() > longest:
            return html[:end], False
        if piece["words"]:
            words += len(piece["words"].strip()) if depth else 0
        elif piece["name"].lower() not in _VOID and not piece[0].endswith("/>"):  # such as <mspace/> in formulas
            depth += -1 if piece["end"] else 1
        if depth == 0:
            end = piece.end()
            if words >= most:
                break
    rest = html[end:]
    return (html, True) if not rest.strip() else (html[:end], False)
