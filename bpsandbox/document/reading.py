"""Read documents from JSON and write them, by the declared types of their parts.

A part is a frozen dataclass. The type of a field is one of `kinds`, another part, or a tuple, mapping, union or
optional of these; a field without a default is required. What types cannot express, such as lengths that agree, is
checked by the part's method `check`.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from .errors import InvalidDocument
from .kinds import Kind, joined, listed, named, refuse

P = TypeVar("P", bound="Part")
Read = Callable[[Any, str], Any]
SCALARS = frozenset({float, int, bool, str, type(None)})


class Part:
    """Base class of all parts of a document."""

    __slots__ = ()

    @classmethod
    def from_json(cls: type[P], value: Any, path: str = "") -> P:
        """Read a part. Raises InvalidDocument with the path of the first thing that is wrong."""
        return part_reader(cls, is_strict=True)(value, path)  # type: ignore[arg-type]

    @classmethod
    def from_store(cls: type[P], value: Any) -> P:
        """Read a stored part, perhaps of another engine; unknown fields are ignored."""
        return part_reader(cls, is_strict=False)(value, "")  # type: ignore[arg-type]

    def to_json(self) -> dict[str, Any]:
        """Return the part as plain JSON, without fields that are None by default and still None, or absent."""
        values = ((each, getattr(self, each.name)) for each in fields(self))  # type: ignore[arg-type]
        return {json_name(each): plain(value) for each, value in values if not _is_absent(each, value)}

    def check(self, path: str) -> None:
        """Check what the types of the fields cannot express. Raises InvalidDocument."""


class Absent(tuple[Any, ...]):
    """An empty list that a part does not have, as the default of a field that older engines did not write."""

    __slots__ = ()


def _is_absent(field: Field[Any], value: Any) -> bool:
    return isinstance(value, Absent) or (value is None and field.default is None)


def plain(value: Any) -> Any:
    """Return parts, tuples and mappings as JSON."""
    if isinstance(value, Part):
        return value.to_json()
    if isinstance(value, tuple | list):
        if SCALARS.issuperset(map(type, value)):
            return list(value)
        return [plain(item) if isinstance(item, tuple | list | dict | Part) else item for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


@cache
def part_reader(cls: type[Any], is_strict: bool) -> Read:
    """Return the function that reads a part of this class; a strict one refuses unknown fields."""
    hints = get_type_hints(cls, include_extras=True)
    known = {json_name(each): (each.name, reader(hints[each.name], is_strict)) for each in fields(cls)}
    required = [json_name(each) for each in fields(cls) if is_required(each)]

    def read(value: Any, path: str) -> Any:
        given = named(value, path)
        unknown = next((name for name in given if name not in known), None)
        if unknown is not None and is_strict:
            raise InvalidDocument(joined(path, unknown), "unknown field")
        missing = next((name for name in required if name not in given), None)
        if missing is not None:
            raise InvalidDocument(joined(path, missing), "missing")
        made = cls(**{
            name: read_field(given[json], joined(path, json))
            for json, (name, read_field) in known.items() if json in given
        })  # fmt: skip
        made.check(path)
        return made

    return read


def json_name(field: Field[Any]) -> str:
    """Return the name of a field in JSON: `in_` is "in", a reserved word in Python."""
    return field.name.rstrip("_")


def is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def reader(hint: Any, is_strict: bool = True) -> Read:
    """Return the function that reads a value of a type. Raises TypeError for a type without a JSON form."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        kind = _kind(arguments)
        return kind.read if is_strict else kind.read_stored
    if origin in (Union, types.UnionType):
        return _optional(arguments, is_strict)
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _many(arguments, is_strict)
    if origin is dict:
        return _mapping(reader(arguments[1], is_strict))
    if isinstance(hint, type) and is_dataclass(hint):
        return part_reader(hint, is_strict)
    raise TypeError(f"{hint} is nothing that a document may have")


def _kind(arguments: tuple[Any, ...]) -> Kind:
    return next(each for each in arguments if isinstance(each, Kind))


def _optional(arguments: tuple[Any, ...], is_strict: bool) -> Read:
    """Return a reader of a union: null, or the first type that accepts the value."""
    readers = [reader(each, is_strict) for each in arguments if each is not type(None)]
    takes_null = type(None) in arguments

    def read(value: Any, path: str) -> Any:
        if value is None and takes_null:
            return None
        for one in readers[:-1]:
            try:
                return one(value, path)
            except InvalidDocument:
                continue
        return readers[-1](value, path)

    return read


def _choice(words: tuple[str, ...]) -> Read:
    wanted = "one of " + ", ".join(words)

    def read(value: Any, path: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise refuse(path, value, wanted)
        return value

    return read


def _many(arguments: tuple[Any, ...], is_strict: bool) -> Read:
    """Return a reader of a list of any length, or of exactly these items."""
    if arguments[-1] is not Ellipsis:
        return _exactly([reader(each, is_strict) for each in arguments])
    read_item = reader(arguments[0], is_strict)

    def read(value: Any, path: str) -> tuple[Any, ...]:
        return tuple(read_item(item, f"{path}[{place}]") for place, item in enumerate(listed(value, path)))

    return read


def _exactly(readers: list[Read]) -> Read:
    def read(value: Any, path: str) -> tuple[Any, ...]:
        items = listed(value, path)
        if len(items) != len(readers):
            raise InvalidDocument(path, f"expected {len(readers)} items, got {len(items)}")
        pairs = enumerate(zip(readers, items, strict=True))
        return tuple(read_item(item, f"{path}[{place}]") for place, (read_item, item) in pairs)

    return read


def _mapping(read_item: Read) -> Read:
    def read(value: Any, path: str) -> dict[str, Any]:
        return {name: read_item(item, joined(path, name)) for name, item in named(value, path).items()}

    return read


def agree(path: str, found: int, wanted: int, what: str) -> None:
    """Refuse a list of a different length from what it belongs to. Raises InvalidDocument."""
    if found != wanted:
        raise InvalidDocument(path, f"expected {wanted} items, one for each of {what}, got {found}")
