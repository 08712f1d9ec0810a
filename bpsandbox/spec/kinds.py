"""Kinds of values: how each is read from the text, and how it is described.

`read(node, path, log)` gives the value, or WRONG after having told the log why. A kind never raises for what a writer
wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bpsandbox.messages import _

from .nodes import Mapping, Node, Scalar, Sequence
from .problems import Log, Path, did_you_mean, listing, nearest, shown


class _Wrong:
    def __repr__(self) -> str:
        return "WRONG"


WRONG: Any = _Wrong()
"""What a kind gives for a value that it has complained about."""
LARGEST = 10**15


class Kind:
    """A kind of value."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        raise NotImplementedError

    def describe(self) -> str:
        """What is allowed, in words."""
        raise NotImplementedError

    def _complain(self, node: Node, path: Path, log: Log, code: str = "type") -> Any:
        seen = shown(node.text) if isinstance(node, Scalar) else _seen(node)
        message = _("{seen} is not allowed here; expected: {allowed}.", seen=seen or '""', allowed=self.describe())
        log.add(path, message, code, at=node.at, seen=seen, allowed=self.describe())
        return WRONG


def _seen(node: Node) -> str:
    return _("A mapping") if isinstance(node, Mapping) else _("A list")


@dataclass(frozen=True)
class Number(Kind):
    """A finite number, in [low, high], or strictly above/below where open."""

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
            return self._complain(node, path, log)
        if not self._holds(node.value) or abs(node.value) > 1e300:
            return self._complain(node, path, log, "range")
        return self._made(node.value)

    def _made(self, value: float) -> Any:
        return float(value)

    def _holds(self, value: float) -> bool:
        if self.low is not None and (value < self.low or (self.open_low and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.open_high and value == self.high)))

    def describe(self) -> str:
        return self._noun() + self._range()

    def _noun(self) -> str:
        return _("a number")

    def _range(self) -> str:
        low = "" if self.low is None else f" {'>' if self.open_low else '≥'} {self.low:g}"
        high = "" if self.high is None else f" {'<' if self.open_high else '≤'} {self.high:g}"
        return low + ("," if low and high else "") + high


@dataclass(frozen=True)
class Integer(Number):
    """A whole number; 1e3 counts as one."""

    high: float | None = LARGEST

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, float) and not node.value.is_integer():
            return self._complain(node, path, log)
        return super().read(node, path, log)

    def _made(self, value: float) -> int:
        return int(value)

    def _noun(self) -> str:
        return _("a whole number")

    def _range(self) -> str:
        if self.high == LARGEST:
            return f" ≥ {self.low:g}" if self.low is not None else ""
        return super()._range()


@dataclass(frozen=True)
class Flag(Kind):
    """true or false"""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        return (
            node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else self._complain(node, path, log)
        )

    def describe(self) -> str:
        return _("true or false")


@dataclass(frozen=True)
class Text(Kind):
    """A short text; numbers are taken as they are written."""

    limit: int

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or node.value is None:
            return self._complain(node, path, log)
        if len(node.text) > self.limit:
            return self._complain(node, path, log, "range")
        return " ".join(node.text.split())

    def describe(self) -> str:
        return _("a text of at most {limit} characters", limit=self.limit)


@dataclass(frozen=True)
class Choice(Kind):
    """One of some words."""

    words: tuple[str, ...]
    aliases: dict[str, str] = field(default_factory=dict)

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return self._complain(node, path, log)
        word = canonical_word(node.value, self.words, self.aliases, log)
        return self._unknown(node, path, log) if word is None else word

    def _unknown(self, node: Scalar, path: Path, log: Log) -> Any:
        meant = nearest(node.value, [*self.words, *self.aliases])
        message = _("{seen} is not known here.", seen=shown(node.text)) + did_you_mean(meant)
        message += " " + _("Allowed: {allowed}.", allowed=self.describe())
        log.add(
            path, message, "unknown_word", at=node.at, seen=shown(node.text), allowed=self.describe(), suggestion=meant
        )
        return WRONG

    def describe(self) -> str:
        return listing(self.words)


def canonical_word(word: str, words: Any, aliases: dict[str, str], log: Log) -> str | None:
    """The word as we spell it; other libraries' names are rewritten with a note. None when it is not known."""
    if word in words:
        return word
    folded = word.replace("_", "").replace("-", "").casefold()
    same = next((known for known in words if known.replace("_", "").casefold() == folded), None)
    known = same or next(
        (ours for theirs, ours in aliases.items() if theirs.replace("_", "").casefold() == folded), None
    )
    if known is not None:
        log.note(_("{theirs} is read as {ours}.", theirs=word, ours=known))
    return known


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of values of one kind."""

    item: Kind
    least: int = 0
    most: int | None = None
    lone: bool = False
    """May one value stand without its list?"""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if self.lone and not isinstance(node, Sequence):
            value = self.item.read(node, path, log)
            return WRONG if value is WRONG else [value]
        if not isinstance(node, Sequence):
            return self._complain(node, path, log)
        if len(node.items) < self.least or (self.most is not None and len(node.items) > self.most):
            message = _(
                "This list has {seen} entries; expected: {allowed}.", seen=len(node.items), allowed=self.describe()
            )
            log.add(path, message, "range", at=node.at, seen=str(len(node.items)), allowed=self.describe())
            return WRONG
        values = [self.item.read(item, (*path, i), log) for i, item in enumerate(node.items)]
        return WRONG if any(value is WRONG for value in values) else values

    def describe(self) -> str:
        if self.least and self.least == self.most:
            return _("a list of {count}: {item}", count=self.least, item=self.item.describe())
        return _("a list of: {item}", item=self.item.describe())


@dataclass(frozen=True)
class Either(Kind):
    """Some words, or else a value of another kind."""

    words: tuple[str, ...]
    other: Kind

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            if node.value in self.words:
                return node.value
            return self._complain(node, path, log)
        return self.other.read(node, path, log)

    def describe(self) -> str:
        return _("{words} or {other}", words=listing(self.words), other=self.other.describe())


@dataclass(frozen=True)
class Numbers(Kind):
    """A number, or a rectangular list of such down to `depth`; integers stay integers."""

    depth: int = 4

    def read(self, node: Node, path: Path, log: Log) -> Any:
        value = self._value(node, path, log, self.depth)
        if value is not WRONG and _shape(value) is None:
            log.add(path, _("The rows of this list differ in length or depth."), "ragged", at=node.at)
            return WRONG
        return value

    def _value(self, node: Node, path: Path, log: Log, depth: int) -> Any:
        if isinstance(node, Sequence) and depth:
            values = [self._value(item, (*path, i), log, depth - 1) for i, item in enumerate(node.items)]
            return WRONG if any(value is WRONG for value in values) else values
        if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return node.value if abs(node.value) < LARGEST else self._complain(node, path, log, "range")
        return self._complain(node, path, log)

    def describe(self) -> str:
        return _("numbers or lists of numbers")


def _shape(value: Any) -> tuple[int, ...] | None:
    """Shape of nested lists; None when they are ragged."""
    if not isinstance(value, list):
        return ()
    shapes = {_shape(item) for item in value}
    if len(shapes) > 1 or None in shapes:
        return None
    return (len(value), *(shapes.pop() if shapes else ()))


shape_of = _shape

WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
Check = Callable[[dict[str, Any], Path, Log], None]
