"""Numbers and arrays of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.nodes import Mapping, Node, Scalar, Sequence
from bpsandbox.spec.problems import Log, Path

from .arrays import Array, shape_of
from .base import WRONG, Kind

LARGEST = 10**15
LARGEST_NUMBER = 1e300
LARGEST_SIDE = 1024


@dataclass(frozen=True)
class Number(Kind):
    """A finite number in [low, high], excluding bounds that are open."""

    low: float | None = None
    high: float | None = None
    open_low: bool = False
    open_high: bool = False
    names_limit: bool = False
    """Whether to name the general limit on numbers as a bound."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
            return self._report(node, path, log)
        if not self._is_in_range(node.value) or abs(node.value) > LARGEST_NUMBER:
            bounded = replace(self, names_limit=self._is_too_large(node.value))
            return bounded._report(node, path, log, "range")
        return self._converted(node.value)

    def _converted(self, value: float) -> Any:
        return float(value) + 0.0  # -0 becomes 0

    def _is_in_range(self, value: float) -> bool:
        if self.low is not None and (value < self.low or (self.open_low and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.open_high and value == self.high)))

    def _is_too_large(self, value: float) -> bool:
        return abs(value) > LARGEST_NUMBER

    def describe(self) -> str:
        low, high = self._bounds()
        if low is None or high is None or self.open_low or self.open_high:
            return self._noun() + self._range(low, high)
        return _("{noun} from {low} to {high}", noun=self._noun(), low=_formatted(low), high=_formatted(high))

    def _bounds(self) -> tuple[float | None, float | None]:
        """Return the bounds to name in messages."""
        return self.low, LARGEST_NUMBER if self.names_limit and self.high is None else self.high

    def _noun(self) -> str:
        return _("a number")

    def _range(self, low: float | None, high: float | None) -> str:
        above = "" if low is None else f" {'>' if self.open_low else '≥'} {_formatted(low)}"
        below = "" if high is None else f" {'<' if self.open_high else '≤'} {_formatted(high)}"
        return above + ("," if above and below else "") + below


def _formatted(bound: float) -> str:
    """Format a bound: 1,000,000 and 1e15."""
    return f"{bound:,.10g}".replace("e+", "e")


@dataclass(frozen=True)
class Integer(Number):
    """A whole number; 1e3 is one too."""

    high: float | None = LARGEST

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, float) and not node.value.is_integer():
            return self._report(node, path, log)
        return super().read(node, path, log)

    def _converted(self, value: float) -> int:
        return int(value)

    def _noun(self) -> str:
        return _("a whole number")

    def _is_too_large(self, value: float) -> bool:
        return abs(value) > LARGEST

    def _bounds(self) -> tuple[float | None, float | None]:
        return self.low, None if self.high == LARGEST and not self.names_limit else self.high

    def describe(self) -> str:
        return f"{self.low:.10g}" if self.low is not None and self.low == self.high else super().describe()


@dataclass(frozen=True)
class Axis(Integer):
    """The size of an axis; -1 means it is inferred."""

    low: float | None = -1

    def _is_in_range(self, value: float) -> bool:
        return value != 0 and super()._is_in_range(value)

    def describe(self) -> str:
        return _("a whole number ≥ 1, or -1")


@dataclass(frozen=True)
class Size(Kind):
    """A whole number for both directions of an image, or two: down and across. Two equal numbers become one."""

    low: int = 1
    words: dict[str, int | str] = field(default_factory=dict)
    """Words that are accepted as sizes, with their values."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value in self.words:
            return self.words[node.value]
        if not isinstance(node, Sequence):
            return self._number.read(node, path, log)
        if len(node.items) != 2:
            message = _("This list has {seen} entries; expected two numbers: [down, across].", seen=len(node.items))
            log.add(path, message, "range", at=node.at, seen=str(len(node.items)), allowed=self.describe())
            return WRONG
        down, across = (self._number.read(item, (*path, i), log) for i, item in enumerate(node.items))
        if down is WRONG or across is WRONG:
            return WRONG
        return down if down == across else [down, across]

    @property
    def _number(self) -> Integer:
        return _Side(self.low, LARGEST_SIDE, allowed=self.describe())

    def describe(self) -> str:
        sizes = _("a whole number from {low} to {high}, or two: [down, across]", low=self.low, high=LARGEST_SIDE)
        return _("{words} or {other}", words=", ".join(self.words), other=sizes) if self.words else sizes


@dataclass(frozen=True)
class _Side(Integer):
    allowed: str = ""

    def describe(self) -> str:
        return self.allowed


@dataclass(frozen=True)
class Numbers(Kind):
    """A number, or nested lists of numbers up to `depth`; integers stay integers."""

    depth: int = 4

    def read(self, node: Node, path: Path, log: Log) -> Any:
        value = self._value(node, path, log, self.depth)
        value = Array(value) if isinstance(value, list) else value
        if value is not WRONG and shape_of(value) is None:
            log.add(path, _("The rows of this list have different lengths or depths."), "ragged", at=node.at)
            return WRONG
        return value

    def _value(self, node: Node, path: Path, log: Log, depth: int) -> Any:
        if isinstance(node, Sequence) and node.is_numbers and depth and _is_row(node):
            return [item.value for item in node.items if isinstance(item, Scalar)]
        if isinstance(node, Sequence) and depth:
            values = [self._value(item, (*path, i), log, depth - 1) for i, item in enumerate(node.items)]
            return WRONG if any(value is WRONG for value in values) else values
        if isinstance(node, Scalar) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            return node.value if abs(node.value) < LARGEST else self._report(node, path, log, "range")
        return self._report(node, path, log)

    def describe(self) -> str:
        return _("numbers or lists of numbers")


def _is_row(node: Sequence) -> bool:
    """Return whether all items are numbers, none too large, so that no place in the text is needed."""
    return all(isinstance(item, Scalar) and abs(item.value) < LARGEST for item in node.items)


@dataclass(frozen=True)
class Tensors(Kind):
    """The values of one parameter, or of several by name."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Mapping):
            return Numbers().read(node, path, log)
        read = {key.value: Numbers().read(value, (*path, key.value), log) for key, value in node.entries}
        return WRONG if any(value is WRONG for value in read.values()) else read

    def describe(self) -> str:
        return _("numbers or lists of numbers, or a mapping of a tensor's name to them")
