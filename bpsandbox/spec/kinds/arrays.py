"""Numbers in nested lists, and what is asked of them again and again."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any


class Array(list[Any]):
    """Numbers in nested lists, as they were read. It is not changed, so that what is found out holds."""

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """Its shape; None when it is ragged."""
        return _shape(self)

    @cached_property
    def flat(self) -> list[float]:
        """All numbers, row by row."""
        numbers: list[float] = []
        _collect(self, numbers)
        return numbers

    @cached_property
    def floats(self) -> Array:
        """The same numbers as floats."""
        floats = Array(_floats(self))
        floats.floats = floats
        return floats

    @cached_property
    def column(self) -> Array:
        """Samples of one number as rows of one number."""
        return Array([number] for number in self) if self.shape and len(self.shape) == 1 else self

    @cached_property
    def symbols(self) -> int:
        """One more than the largest number where all are whole and not negative, else 0."""
        numbers = self.flat
        return int(max(numbers)) + 1 if numbers and all(n >= 0 and n == int(n) for n in numbers) else 0

    @cached_property
    def are_shares(self) -> bool:
        """Are all numbers between 0 and 1?"""
        return all(0.0 <= number <= 1.0 for number in self.flat)

    @cached_property
    def text(self) -> str:
        """As JSON."""
        return json.dumps(self, separators=(",", ":"))


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Shape of nested lists; None when they are ragged."""
    return value.shape if isinstance(value, Array) else _shape(value)


def as_floats(value: Any) -> Any:
    """The numbers of nested lists as floats; -0 becomes 0."""
    return value.floats if isinstance(value, Array) else _floats(value)


def _shape(value: Any) -> tuple[int, ...] | None:
    if not isinstance(value, list):
        return ()
    if not any(isinstance(item, list) for item in value):
        return (len(value),)
    shapes = {_shape(item) for item in value}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(value), *inner)


def _collect(value: list[Any], numbers: list[float]) -> None:
    for item in value:
        if isinstance(item, list):
            _collect(item, numbers)
        else:
            numbers.append(item)


def _floats(value: Any) -> Any:
    if not isinstance(value, list):
        return float(value) + 0.0
    return [_floats(item) if isinstance(item, list) else float(item) + 0.0 for item in value]
