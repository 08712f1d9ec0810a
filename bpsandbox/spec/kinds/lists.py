"""Lists of values of one kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _
from bpsandbox.spec.nodes import Node, Scalar, Sequence
from bpsandbox.spec.problems import Log, Path

from .base import WRONG, Kind, once


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of values of one kind."""

    item: Kind
    min_items: int = 0
    max_items: int | None = None
    accepts_single: bool = False
    """Whether a single value can be written without a list."""
    example: str = ""
    """An example of such a list, for messages."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if self.accepts_single and not isinstance(node, Sequence):
            value = self.item.read(node, (*path, 0), log)
            return WRONG if value is WRONG else [value]
        if not isinstance(node, Sequence):
            return self._report(node, path, log)
        if len(node.items) < self.min_items or (self.max_items is not None and len(node.items) > self.max_items):
            message = _(
                "This list has {seen} entries; expected: {allowed}.", seen=len(node.items), allowed=self.describe()
            )
            log.add(path, message, "range", at=node.at, seen=str(len(node.items)), allowed=self.describe())
            return WRONG
        values = [once(self.item, item, (*path, i), log) for i, item in enumerate(node.items)]
        return WRONG if any(value is WRONG for value in values) else values

    def describe(self) -> str:
        if self.example:
            return _("a list like {example}", example=self.example)
        if self.min_items and self.min_items == self.max_items:
            return _("a list of {count} items; each: {item}", count=self.min_items, item=self.item.describe())
        return _("a list; each item: {item}", item=self.item.describe())


@dataclass(frozen=True)
class Epochs(ListOf):
    """A list of epochs, or true for the first and the last; false means none."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value or None
        return super().read(node, path, log)

    def describe(self) -> str:
        return _("true, or {other}", other=super().describe())
