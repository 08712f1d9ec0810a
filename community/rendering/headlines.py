"""Headlines for untitled texts: the first words, formulas whole."""

from __future__ import annotations

from community.rendering.formulas import spans

LONGEST = 90
ENDS = " \u00a0\n,.;:…，。；：、"  # removed before an ellipsis
LOOKED_AT = 10_000  # the headline is among these


def headline(text: str) -> str:
    """Return the first line of a plain text (formulas between dollars), cut between words and outside formulas."""
    line = _first_line(text[:LOOKED_AT].strip())
    if len(line) <= LONGEST:
        return line
    return line[: _cut(line)].rstrip(ENDS) + "…"


def _first_line(text: str) -> str:
    """Return the text up to a line end outside formulas; multi-line formulas are joined."""
    end = _line_end(text, 0)
    for formula in spans(text):
        if formula.start < end < formula.end:
            end = _line_end(text, formula.end)
        elif formula.start > end:
            break
    return " ".join(text[:end].split())


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)


def _cut(line: str) -> int:
    """Return the cut position: before a formula it would split, else after the last space; Han can be cut anywhere."""
    for formula in spans(line):
        if formula.start < LONGEST < formula.end:
            return formula.start or formula.end
    space = line.rfind(" ", LONGEST // 2, LONGEST)
    return space if space > 0 and line[LONGEST - 1 : LONGEST + 1].isascii() else LONGEST
