"""The text of a config as a tree with places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Place = tuple[int, int]


@dataclass(slots=True)
class Node:
    """A node of the tree; `at` is its line and column, from 0."""

    at: Place


@dataclass(slots=True)
class Scalar(Node):
    """A word, a number, true, false or null. `text` is as written."""

    value: Any
    text: str
    quote: str = ""
    """The quotation mark around it, if any."""


@dataclass(slots=True)
class Sequence(Node):
    items: list[Node] = field(default_factory=list)
    is_numbers: bool = True
    """Whether it has only numbers and lists of numbers."""


@dataclass(slots=True)
class Mapping(Node):
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)

    def get(self, name: str) -> Node | None:
        return next((node for key, node in self.entries if key.value == name), None)


def plain(node: Node) -> Any:
    """Return the tree as plain Python values."""
    if isinstance(node, Mapping):
        return {key.value: plain(value) for key, value in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value  # type: ignore[attr-defined]


def kind_of(node: Node) -> str:
    """Return the kind of a node, for messages."""
    if isinstance(node, Mapping):
        return "mapping"
    return "list" if isinstance(node, Sequence) else "value"
