"""Numbers in nested lists, with cached properties."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any


class Array(list[Any]):
    """Numbers in nested lists, as read. It must not be changed, because its properties are cached."""

    @cached_property
    def shape(self) -> tuple[int, ...] | None:
        """Shape; None when ragged."""
        return _shape(self)

    @cached_property
    def flat(self) -> list[float]:
        """All numbers in row-major order."""
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
        """Scalar samples as rows of one number."""
        return Array([number] for number in self) if self.shape and len(self.shape) == 1 else self

    @cached_property
    def symbols(self) -> int:
        """One more than the largest number if all are non-negative whole numbers, else 0."""
        numbers = self.flat
        return int(max(numbers)) + 1 if numbers and all(n >= 0 and n == int(n) for n in numbers) else 0

    @cached_property
    def are_shares(self) -> bool:
        """Are all numbers between 0 and 1?"""
        return all(0.0 <= number <= 1.0 for number in self.flat)

    @cached_property
    def text(self) -> str:
        """The numbers as JSON."""
        return json.dumps(self, separators=(",", ":"))


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Return the shape of nested lists; None when they are ragged."""
    return value.shape if isinstance(value, Array) else _shape(value)


def as_floats(value: Any) -> Any:
    """Convert the numbers of nested lists to floats; -0 becomes 0."""
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
