"""Print the problems of a config, each below its line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

WIDEST = 100
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def shown(name: str, text: str, problems: Iterable[Any]) -> str:
    """Return every problem with its place, its line and a caret below it."""
    lines = text.splitlines()
    return "\n".join(line for problem in problems for line in one(name, lines, problem))


def one(name: str, lines: list[str], problem: Any) -> Iterator[str]:
    path = f" {problem.path}:" if problem.path else ""
    yield f"{name}:{problem.line}:{problem.column}:{path} {problem.message}"
    if 0 < problem.line <= len(lines) and len(lines[problem.line - 1]) <= WIDEST:
        line = printable(lines[problem.line - 1])
        before = line[: problem.column - 1]
        yield f"    {line}"
        yield f"    {' ' * width(before)}^"


def printable(line: str) -> str:
    """Replace control characters in a line, without changing its length."""
    return "".join(char if char.isprintable() else " " if char == "\t" else REPLACEMENT for char in line)


def width(text: str) -> int:
    """Count the columns that a text takes: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
