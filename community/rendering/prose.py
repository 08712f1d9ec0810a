"""The prose of a source, without code and formulas. Linear in its length, Django-free."""

from __future__ import annotations

import re

from . import formulas

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_TICKS = re.compile("`+")


def prose(source: str) -> str:
    """Return a source with code blocks, code spans and formulas replaced by spaces."""
    return formulas.without("\n".join(map(_outside_ticks, _outside_fences(source))))


def _outside_fences(source: str) -> list[str]:
    kept, opened = [], ""
    for line in source.split("\n"):
        fence = _FENCE.match(line)
        if opened:
            opened = "" if fence and fence[1].startswith(opened) else opened
        elif fence:
            opened = fence[1]
        else:
            kept.append(line)
    return kept


def _outside_ticks(line: str) -> str:
    """Drop every second piece between backticks; an unclosed last one counts as prose."""
    pieces = _TICKS.split(line)
    return " ".join(pieces[::2] if len(pieces) % 2 else [*pieces[::2], pieces[-1]])
