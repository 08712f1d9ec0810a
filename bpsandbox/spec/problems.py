"""What is wrong with a config: every problem at once, each at its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One sentence about one place. Lines and columns count from 1, in code points."""

    line: int
    column: int
    path: str
    message: str
    code: str
    seen: str | None = None
    allowed: str | None = None
    suggestion: str | None = None
    """What to write instead of `seen`, where the text at line and column begins with that."""
    label: str | None = None
    """A short name of the suggestion, where it is long."""

    def as_dict(self) -> dict[str, Any]:
        fields = {
            "line": self.line,
            "column": self.column,
            "path": self.path,
            "message": self.message,
            "code": self.code,
        }
        optional = {
            "seen": self.seen,
            "allowed": self.allowed,
            "suggestion": self.suggestion,
            "label": self.label,
        }
        return fields | {name: value for name, value in optional.items() if value is not None}

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.path + ': ' if self.path else ''}{self.message}"


class InvalidConfig(Exception):
    """A text that is not a config that can run."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


PLAIN = re.compile(r"[A-Za-z_][\w.]*")
QUOTES = ('"', "'")


class NotParsed(TypeError):
    """A function that takes a Spec was given something else, such as the text of a config."""

    def __init__(self, function: str, got: object) -> None:
        kind = "a text" if isinstance(got, str) else f"a {type(got).__name__}"
        super().__init__(
            f"spec.{function} takes a Spec, not {kind}. Parse it first: spec.{function}(spec.parse(text))."
        )


MOST = 100
"""So many problems are told at once."""


class Log:
    """Collects problems and notes while a config is read. Knows where in the text every path lies."""

    def __init__(self, line: int = 1, column: int = 1, known: dict[tuple[int, int], Any] | None = None) -> None:
        self.first_line, self.first_column = line, column
        self.known = {} if known is None else known
        """What was read without a problem: see `kinds.once`."""
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.places: dict[Path, tuple[int, int]] = {}
        self.lines: list[str] = []
        self.misplaced: dict[str, Any] = {}
        """Nodes of blocks that were found inside others."""
        self.explained: set[Path] = set()
        """Required fields that are missing because of something that has been told."""

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)

    def add(self, path: Path, message: str, code: str, *, at: tuple[int, int] | None = None, **more: Any) -> None:
        """Add a problem at a path, or `at` a place of the config (from 0) where no path has it."""
        if len(self.problems) >= MOST:
            return
        line, column = at or self._place(path)
        more |= self._quoted((line, column), more.get("seen"), more.get("suggestion"))
        self.problems.append(Problem(*self.outer(line, column), spell(path), message, code, **more))

    def _quoted(self, at: tuple[int, int], seen: str | None, suggestion: str | None) -> dict[str, str]:
        """Put a word and its suggestion in quotation marks where the word has them in the text."""
        here = self.split(at)[1]
        if not seen or not suggestion or not PLAIN.fullmatch(suggestion) or not here.startswith(QUOTES):
            return {}
        quoted = here[0] + seen + here[0]
        return {"seen": quoted, "suggestion": here[0] + suggestion + here[0]} if here.startswith(quoted) else {}

    def around(self, path: Path) -> tuple[str, str]:
        """The line of a path in the text: what is before the path's place, and what begins there."""
        return self.split(self._place(path))

    def split(self, at: tuple[int, int]) -> tuple[str, str]:
        """The line of a place (from 0) in the text: what is before the place, and what begins there."""
        line, column = at
        words = self.lines[line] if line < len(self.lines) else ""
        return words[:column], words[column:]

    def _place(self, path: Path) -> tuple[int, int]:
        """The place of a path, or of the nearest block around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (0, 0))

    def outer(self, line: int, column: int) -> tuple[int, int]:
        """Lines and columns of the text around the config."""
        return line + self.first_line, column + (self.first_column if line == 0 else 1)

    def sorted(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: (problem.line, problem.column))


def spell(path: Path) -> str:
    """("model", "layers", 2, "bias") -> model.layers[2].bias"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The word that was probably meant; of words that differ in case alone, the first."""
    by_folded: dict[str, str] = {}
    for known in words:
        by_folded.setdefault(known.casefold(), known)
    close = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[close[0]] if close else None


def did_you_mean(suggestion: str | None) -> str:
    return _("Did you mean {name}?", name=suggestion) if suggestion else ""


_mark: ContextVar[str] = ContextVar("mark", default="")


@contextmanager
def marking(mark: str) -> Iterator[None]:
    """Put this sign around every word of a listing, as Markdown does around code."""
    token = _mark.set(mark)
    try:
        yield
    finally:
        _mark.reset(token)


def listing(words: Iterable[str]) -> str:
    mark = _mark.get()
    return ", ".join(f"{mark}{word}{mark}" for word in words)


def _inline(value: Any) -> str:
    """Blocks and lists on one line, as in YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return str(value)


def shown(value: Any, limit: int = 40) -> str:
    """A value as the writer wrote it, cut to a readable length."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _inline(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
