"""Problems of a config: all at once, each at its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One message about one place. Lines and columns count from 1, in code points."""

    line: int
    column: int
    path: str
    message: str
    code: str
    seen: str | None = None
    allowed: str | None = None
    suggestion: str | None = None
    """Text to write instead of `seen`, if the text at line and column begins with `seen`."""
    label: str | None = None
    """A short name for a long suggestion."""

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
    """A config that cannot run."""

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


MAX_PROBLEMS = 100
"""Maximum number of problems that are reported."""


class Log:
    """Collects problems, notes and the places of paths while a config is read."""

    def __init__(self, line: int = 1, column: int = 1, known: dict[tuple[int, int], Any] | None = None) -> None:
        self.first_line, self.first_column = line, column
        self.known = {} if known is None else known
        """Values that were read without a problem: see `kinds.once`."""
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.noted: dict[Path, str] = {}
        """The notes that are about one value, by its path."""
        self.places: dict[Path, tuple[int, int]] = {}
        self.lines: list[str] = []
        self.misplaced: dict[str, Any] = {}
        """Top-level blocks that were found inside other blocks, by name."""
        self.explained: set[Path] = set()
        """Required fields whose absence follows from a reported problem."""

    def branch(self) -> Log:
        """Return a log with what this one has, to which more can be added without changing this one."""
        made = copy(self)
        made.problems, made.notes, made.noted = list(self.problems), list(self.notes), dict(self.noted)
        return made

    def note(self, sentence: str, path: Path = ()) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)
        if path:
            self.noted[path] = sentence

    def about(self, path: Path) -> str:
        """Return the first problem of a value, else the note about it; empty if there is neither."""
        name = format_path(path)
        return next((each.message for each in self.problems if each.path == name), self.noted.get(path, ""))

    def add(self, path: Path, message: str, code: str, *, at: tuple[int, int] | None = None, **more: Any) -> None:
        """Add a problem at a path, or `at` a place (from 0) that has no path."""
        if len(self.problems) >= MAX_PROBLEMS:
            return
        line, column = at or self._place(path)
        more |= self._quoted((line, column), more.get("seen"), more.get("suggestion"))
        self.problems.append(Problem(*self.outer(line, column), format_path(path), message, code, **more))

    def _quoted(self, at: tuple[int, int], seen: str | None, suggestion: str | None) -> dict[str, str]:
        """Quote a word and its suggestion if the word is quoted in the text."""
        here = self.split(at)[1]
        if not seen or not suggestion or not PLAIN.fullmatch(suggestion) or not here.startswith(QUOTES):
            return {}
        quoted = here[0] + seen + here[0]
        return {"seen": quoted, "suggestion": here[0] + suggestion + here[0]} if here.startswith(quoted) else {}

    def around(self, path: Path) -> tuple[str, str]:
        """Return the line of a path, split at the path's place."""
        return self.split(self._place(path))

    def split(self, at: tuple[int, int]) -> tuple[str, str]:
        """Return the line of a place (from 0), split at the place."""
        line, column = at
        words = self.lines[line] if line < len(self.lines) else ""
        return words[:column], words[column:]

    def _place(self, path: Path) -> tuple[int, int]:
        """Return the place of a path, or of the nearest block around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (0, 0))

    def outer(self, line: int, column: int) -> tuple[int, int]:
        """Convert a place of the config, from 0, to one of the text around it, from 1."""
        return line + self.first_line, column + (self.first_column if line == 0 else 1)

    def sorted(self) -> list[Problem]:
        return sorted(self.problems, key=lambda problem: (problem.line, problem.column))


def format_path(path: Path) -> str:
    """Format ("model", "layers", 2, "bias") as model.layers[2].bias."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the word that was probably meant; of words that differ only in case, the first."""
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
    """Put a mark around every word of a listing, such as Markdown's for code."""
    token = _mark.set(mark)
    try:
        yield
    finally:
        _mark.reset(token)


def listing(words: Iterable[str]) -> str:
    mark = _mark.get()
    return ", ".join(f"{mark}{word}{mark}" for word in words)


def _inline(value: Any) -> str:
    """Write blocks and lists on one line, as in YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return str(value)


def excerpt(value: Any, limit: int = 40) -> str:
    """Return a value as written, cut to a readable length."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _inline(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
