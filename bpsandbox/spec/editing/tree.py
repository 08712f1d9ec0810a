"""The text of a config as a tree whose nodes know where they begin and end, found by our names of fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from bpsandbox.spec.checking import reading_of
from bpsandbox.spec.kinds import Kind, ListOf, canonical_word
from bpsandbox.spec.language import CONFIG
from bpsandbox.spec.language.dataset import INLINE, NAMED, DatasetKind
from bpsandbox.spec.problems import Log, Path
from bpsandbox.spec.reading import Loader
from bpsandbox.spec.records import Alias, Record, Variant
from bpsandbox.spec.text import prepared

Node = Any
"""A node of PyYAML: a scalar, a sequence or a mapping, with its marks."""


class CannotEdit(Exception):
    """The text cannot be read, or has no such place."""


@dataclass(frozen=True)
class Tree:
    """A readable text with its root. `text` is what the places of the nodes count in."""

    text: str
    root: Node

    def start(self, node: Node) -> int:
        return self._offset(node.start_mark)

    def end(self, node: Node) -> int:
        """Return where a node ends, without the blank lines and comments that libyaml counts to a block."""
        if not isinstance(node, yaml.ScalarNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.end(last[1] if isinstance(last, tuple) else last)
        end = self._offset(node.end_mark)
        if isinstance(node, yaml.ScalarNode):
            start = self.start(node)
            return start + len(self.text[start:end].rstrip())
        return end

    def line_start(self, offset: int) -> int:
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def column(self, node: Node) -> int:
        return int(node.start_mark.column)

    def _offset(self, mark: Any) -> int:
        return int(mark.index)


class Untyped(Loader):  # type: ignore[misc, valid-type]
    """Composes nodes without finding out which of them are numbers."""

    def resolve(self, kind: type, value: Any, implicit: Any) -> str:
        return ""


def tree_of(text: str) -> Tree:
    """Read a text within the limits of configs. Raises CannotEdit."""
    reading = reading_of(text)
    if reading.tree is None:
        raise CannotEdit
    text = prepared(text, Log())
    return Tree(text, yaml.compose(text, Untyped))  # read strictly before: there are no tags, anchors or merge keys


def opened(kind: Kind | None, node: Node | None) -> Kind | None:
    """Return the record or list that describes what is inside a node."""
    if isinstance(kind, DatasetKind):
        kind = INLINE if entry(None, node, "points") else NAMED
    if isinstance(kind, Variant):
        tag = node if isinstance(node, yaml.ScalarNode) else (entry(None, node, kind.tag) or (None, None))[1]
        if not isinstance(tag, yaml.ScalarNode):
            return None
        return kind.records.get(canonical_word(tag.value, kind.records, kind.aliases, Log()) or "")
    return kind


def entry(kind: Kind | None, node: Node | None, name: str) -> tuple[Node, Node] | None:
    """Return key and value of a field of a mapping, under any of its names."""
    if not isinstance(node, yaml.MappingNode):
        return None
    words = ((key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode))
    return next(((key, value) for key, value in words if our_name(kind, key.value) == name), None)


def our_name(kind: Kind | None, word: str) -> str:
    known = kind.aliases.get(word, word) if isinstance(kind, Record) and word not in kind.fields else word
    return known.name if isinstance(known, Alias) else known


def inside(kind: Kind | None, name: str | int) -> Kind | None:
    """Return the kind of a field or item of an opened kind."""
    if isinstance(kind, ListOf):
        return kind.item
    known = kind.fields.get(str(name)) if isinstance(kind, Record) else None
    return known.kind if known else None


def find(tree: Tree, path: Path) -> Node | None:
    """Return the node at a path of our names; None where nothing is written there."""
    kind: Kind | None = CONFIG
    node: Node | None = tree.root
    for part in path:
        described = kind
        kind = opened(kind, node)
        if isinstance(part, int):
            items = node.value if isinstance(node, yaml.SequenceNode) else []
            node = items[part] if part < len(items) else None
        elif isinstance(described, Variant | DatasetKind) and isinstance(node, yaml.ScalarNode):
            tag = described.tag if isinstance(described, Variant) else NAMED.tag
            node = node if part == tag else None
        else:
            found = entry(kind, node, part)
            node = found[1] if found else None
        if node is None:
            return None
        kind = inside(kind, part)
    return node


def span(text: str, path: Path) -> tuple[int, int] | None:
    """Return where the scalar at a path is written, as offsets; None if it is not, or if it is no scalar."""
    tree = tree_of(text)
    node = find(tree, path)
    if not isinstance(node, yaml.ScalarNode) or len(tree.text) != len(text) or node.style in ("|", ">"):
        return None
    return tree.start(node), tree.end(node)
