"""Kinds of values in a document: each reads a JSON value, or refuses it with its path."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from .errors import InvalidDocument

LARGEST = 1e308
LARGEST_WHOLE = 2**63 - 1
"""Seeds have up to 63 bits."""
MOST_ITEMS = 1_000_000
MOST_NAMES = 1000
LONGEST_NAME = 200
LONGEST_TEXT = 20_000
DEEPEST = 12

Json: TypeAlias = Any
Fields: TypeAlias = dict[str, Any]
if TYPE_CHECKING:
    Nested: TypeAlias = "float | tuple[Nested, ...] | None"
else:
    Nested = Any  # no type that is looked up at run time may contain itself


class Kind:
    """Reads one JSON value. `words`, or `plural` of several, describes it on the reference page."""

    words: str = ""
    plural: str = ""

    def read(self, value: Any, path: str) -> Any:
        """Return the value as it is in the document. Raises InvalidDocument."""
        raise NotImplementedError

    def read_stored(self, value: Any, path: str) -> Any:
        """Read a stored value, perhaps of another engine."""
        return self.read(value, path)


def refuse(path: str, value: Any, wanted: str) -> InvalidDocument:
    """Return the error for an unexpected value."""
    return InvalidDocument(path, f"expected {wanted}, got {shown(value)}")


def shown(value: Any) -> str:
    """Describe a value briefly, however large it is."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else f"an integer of {value.bit_length()} bits"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return ascii(value if len(value) <= 40 else value[:40] + "…")
    names = {list: "a list", tuple: "a list", dict: "an object"}
    return next((name for known, name in names.items() if isinstance(value, known)), type(value).__name__)


def is_number(value: Any) -> bool:
    """Return whether a value is a number that every database can store: finite, below 1e308 in size, not a boolean."""
    return (type(value) is float or type(value) is int) and -LARGEST < value < LARGEST


def are_numbers(row: tuple[Any, ...]) -> bool:
    """Return whether a row consists of floats that can all be stored; a fast path for the common case."""
    return set(map(type, row)) == {float} and all(map(math.isfinite, row)) and -LARGEST < min(row) <= max(row) < LARGEST


class Flag(Kind):
    words, plural = "true or false", "true or false"

    def read(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            raise refuse(path, value, self.words)
        return value


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number from `least` to 2^63 - 1."""

    least: int = -LARGEST_WHOLE

    @property
    def words(self) -> str:  # type: ignore[override]
        return f"whole number ≥ {self.least}" if self.least > -LARGEST_WHOLE else "whole number"

    @property
    def plural(self) -> str:  # type: ignore[override]
        return self.words.replace("number", "numbers")

    def read(self, value: Any, path: str) -> int:
        if type(value) is not int or not self.least <= value <= LARGEST_WHOLE:
            raise refuse(path, value, f"a {self.words}")
        return value


class Real(Kind):
    """A finite number below 1e308 in size."""

    words, plural = "number", "numbers"

    def read(self, value: Any, path: str) -> float:
        if not is_number(value):
            raise refuse(path, value, "a finite number")
        return value


class Row(Kind):
    """The numbers of one point, one per seed; null for a seed without one."""

    words, plural = "list of numbers and nulls", "lists of numbers and nulls"

    def read(self, value: Any, path: str) -> tuple[float | None, ...]:
        row = listed(value, path)
        if are_numbers(row):
            return row
        for place, number in enumerate(row):
            if number is not None and not is_number(number):
                raise refuse(f"{path}[{place}]", number, "a finite number or null")
        return row


@dataclass(frozen=True)
class Text(Kind):
    """Text that every database can store, of at most `longest` characters."""

    longest: int = LONGEST_TEXT
    words: str = "text"
    plural: str = "texts"

    def read(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or len(value) > self.longest:
            raise refuse(path, value, f"text of at most {self.longest} characters")
        if (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)) or "\0" in value:
            raise InvalidDocument(path, "expected text without NUL and lone surrogates")
        return value


class Tensor(Kind):
    """A number, or lists of equal length of numbers, nested; null for what is not finite."""

    words, plural = "number or nested lists of numbers and nulls", "tensors"

    def read(self, value: Any, path: str) -> Nested:
        return self.nested(value, path, 0)[0]

    def nested(self, value: Any, path: str, depth: int) -> tuple[Nested, tuple[int, ...]]:
        """Return the value with its shape."""
        if value is None or is_number(value):
            return value, ()
        if not isinstance(value, list | tuple) or depth == DEEPEST:
            raise refuse(path, value, self.words)
        if all(item is None or is_number(item) for item in value):
            return listed(value, path), (len(value),)
        return self.stacked(listed(value, path), path, depth)

    def stacked(self, items: tuple[Any, ...], path: str, depth: int) -> tuple[Nested, tuple[int, ...]]:
        made: list[Nested] = []
        shape: tuple[int, ...] | None = None
        for place, item in enumerate(items):
            part, own = self.nested(item, f"{path}[{place}]", depth + 1)
            if shape is not None and own != shape:
                raise InvalidDocument(f"{path}[{place}]", f"expected shape {list(shape)}, got {list(own)}")
            shape = own
            made.append(part)
        return tuple(made), (len(made), *(shape or ()))


class Anything(Kind):
    """A value of a config, or a part without a type: JSON of limited depth with finite numbers."""

    words, plural = "JSON", "JSON"

    def read(self, value: Any, path: str) -> Json:
        return self.inner(value, path, 0)

    def inner(self, value: Any, path: str, depth: int) -> Json:
        if value is None or isinstance(value, bool) or is_number(value):
            return value
        if isinstance(value, str):
            return TEXT.read(value, path)
        if depth == DEEPEST:
            raise InvalidDocument(path, f"expected at most {DEEPEST} levels")
        if isinstance(value, list | tuple):
            return [self.inner(item, f"{path}[{place}]", depth + 1) for place, item in enumerate(listed(value, path))]
        return {name: self.inner(item, joined(path, name), depth + 1) for name, item in named(value, path).items()}


def listed(value: Any, path: str) -> tuple[Any, ...]:
    """Return the items of a list. Raises InvalidDocument for anything else, and for too many items."""
    if not isinstance(value, list | tuple):
        raise refuse(path, value, "a list")
    if len(value) > MOST_ITEMS:
        raise InvalidDocument(path, f"expected at most {MOST_ITEMS} items, got {len(value)}")
    return tuple(value)


def named(value: Any, path: str) -> Fields:
    """Return an object with valid names. Raises InvalidDocument for anything else, and for too many names."""
    if not isinstance(value, dict):
        raise refuse(path, value, "an object")
    if len(value) > MOST_NAMES:
        raise InvalidDocument(path, f"expected at most {MOST_NAMES} names, got {len(value)}")
    for name in value:
        NAME.read(name, path)
    return value


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


NAME = Text(LONGEST_NAME, "name", "names")
TEXT = Text()

Bool = Annotated[bool, Flag()]
Integer = Annotated[int, Whole()]
Count = Annotated[int, Whole(0)]
Number = Annotated[float, Real()]
Name = Annotated[str, NAME]
Words = Annotated[str, TEXT]
Numbers = Annotated[tuple[float | None, ...], Row()]
Array = Annotated[Nested, Tensor()]
Free = Annotated[Json, Anything()]
