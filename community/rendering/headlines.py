"""What stands for a title where there is none: the first words of a text, formulas whole."""

from __future__ import annotations

import re

LONGEST = 90
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$")


def headline(text: str) -> str:
    """The first line of a plain text (formulas between dollars), cut between words and outside formulas."""
    line = next((row.strip() for row in text.split("\n") if row.strip()), "")
    if len(line) <= LONGEST:
        return line
    return line[: _cut(line)].rstrip() + "…"


def _cut(line: str) -> int:
    """Where to cut: before a formula that would be split, else after the last space; Han may be cut anywhere."""
    for formula in _FORMULA.finditer(line):
        if formula.start() < LONGEST < formula.end():
            return formula.start() or formula.end()
    space = line.rfind(" ", LONGEST // 2, LONGEST)
    return space if space > 0 and line[LONGEST - 1 : LONGEST + 1].isascii() else LONGEST
