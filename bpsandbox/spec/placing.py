"""Set a value at a path of a config that was read, as if it were written there."""

from __future__ import annotations

from typing import Any

from .kinds import Kind, ListOf, canonical_word
from .language import CONFIG
from .language.dataset import INLINE, NAMED, DatasetKind
from .nodes import Mapping, Node, Scalar, Sequence
from .problems import Log, Path
from .records import REQUIRED, Alias, Record, Variant

NOWHERE = (0, 0)
NOT_WRITTEN = {("optimizer",): "SGD"}
"""Blocks that exist by default, with the name that could be written."""


class NoBlock(Exception):
    """A path leads through a block that the config does not have."""


def placed(tree: Mapping, path: Path, value: Node) -> Mapping:
    """Return a copy of the config with the value at the path; other blocks are shared. Raises NoBlock."""
    made = _put(CONFIG, tree, (), path, value)
    assert isinstance(made, Mapping)
    return made


def canonical_path(tree: Mapping, path: Path) -> Path:
    """Return the path with our names, `optimizer.lr` for `optimizer.learning_rate`. Raises NoBlock."""
    kind: Kind | None = CONFIG
    node: Node | None = tree
    ours: Path = ()
    for part in path:
        kind, node = _opened(kind, node, part)
        name = _name(kind, part) if isinstance(part, str) else part
        kind, node = _inside(kind, node, name, ours)
        ours = (*ours, name)
    return ours


def _put(kind: Kind | None, node: Node | None, prefix: Path, path: Path, value: Node) -> Node:
    """Return a copy of the node at `prefix` with the value at the rest of its path."""
    if not path:
        return value
    part = path[0]
    kind, node = _opened(kind, node, part)
    name = _name(kind, part) if isinstance(part, str) else part
    inner_kind, inner = _inside(kind, node, name, prefix)
    made = _put(inner_kind, inner, (*prefix, name), path[1:], value)
    if isinstance(node, Sequence):
        items = [made if i == part else item for i, item in enumerate(node.items)]
        return Sequence(node.at, items, is_numbers=False)
    assert isinstance(node, Mapping)
    key = Scalar(NOWHERE, part, str(part))
    others = [(known, item) for known, item in node.entries if _name(kind, known.value) != name]
    return Mapping(node.at, [*others, (key, made)])


def _opened(kind: Kind | None, node: Node | None, part: str | int) -> tuple[Kind | None, Node]:
    """Return the record and mapping, or the list, in which a part of a path is looked up; short forms are expanded."""
    if isinstance(kind, DatasetKind):
        kind = INLINE if isinstance(node, Mapping) and node.get("points") is not None else NAMED
    if isinstance(kind, Variant):
        if isinstance(node, Scalar) and isinstance(node.value, str):
            node = Mapping(node.at, [(Scalar(node.at, kind.tag, kind.tag), node)])
        tag = node.get(kind.tag) if isinstance(node, Mapping) else None
        if isinstance(tag, Scalar) and isinstance(tag.value, str):
            word = canonical_word(tag.value, kind.records, kind.aliases, Log())
            kind = kind.records.get(word or "", kind)
        elif part != kind.tag:
            raise NoBlock
    if isinstance(kind, ListOf) and kind.accepts_single and node is not None and not isinstance(node, Sequence):
        node = Sequence(node.at, [node])
    if node is None and isinstance(kind, Record | Variant):
        node = Mapping(NOWHERE)
    if not isinstance(node, Sequence if isinstance(part, int) else Mapping):
        raise NoBlock
    return kind, node


def _name(kind: Kind | None, word: str) -> str:
    """Return our name of a field."""
    ours = kind.aliases.get(word, word) if isinstance(kind, Record) and word not in kind.fields else word
    return ours.name if isinstance(ours, Alias) else ours


def _inside(kind: Kind | None, node: Node, name: str | int, prefix: Path) -> tuple[Kind | None, Node | None]:
    """Return kind and node of a field or item; no node where it is not given."""
    if isinstance(node, Sequence):
        if not isinstance(name, int) or name >= len(node.items):
            raise NoBlock
        return kind.item if isinstance(kind, ListOf) else None, node.items[name]
    assert isinstance(node, Mapping)
    found = next((item for key, item in node.entries if _name(kind, key.value) == name), None)
    known = kind.fields.get(str(name)) if isinstance(kind, Record) else None
    if found is not None or known is None:
        return known.kind if known else None, found
    return known.kind, _unwritten((*prefix, name), known.default)


def _unwritten(path: Path, default: Any) -> Node | None:
    """Return the default block of a field, if a path can lead into it."""
    if path in NOT_WRITTEN:
        return Scalar(NOWHERE, NOT_WRITTEN[path], NOT_WRITTEN[path])
    if default is REQUIRED or not isinstance(default, list):
        return None
    return Sequence(NOWHERE, [Scalar(NOWHERE, item, str(item)) for item in default])
