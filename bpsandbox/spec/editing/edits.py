"""Set, remove, insert and move values in the text of a config: functions that return the new text, or raise CannotEdit.

A value that is written is replaced where it is; one that is not is added to its block, in the style of that block.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from bpsandbox.spec.checking import reading_of
from bpsandbox.spec.kinds import Kind
from bpsandbox.spec.language import CONFIG
from bpsandbox.spec.language.dataset import NAMED, DatasetKind
from bpsandbox.spec.problems import Path
from bpsandbox.spec.records import Variant

from .tree import CannotEdit, Node, Tree, entry, find, inside, opened, tree_of

PLAIN = re.compile(r"[A-Za-z_][\w.^*+ -]*(?<! )")
"""Words that need no quotation marks."""
WORDS = {"true", "false", "null"}
UNWRITTEN: dict[Path, dict[str, Any]] = {("optimizer",): {"type": "SGD"}}
"""What a block is when it is not written, where a field alone would not say it."""


def put(text: str, path: Path, value: Any) -> str:
    """Set the value at a path; blocks around it that are not written are added."""
    tree = tree_of(text)
    return _replaced(tree, *_put(tree, tree.root, CONFIG, (), path, value))


def remove(text: str, path: Path) -> str:
    """Remove a field or an item that is written; a block that would be left empty goes with it."""
    tree = tree_of(text)
    if find(tree, path) is None:
        return text
    parent = find(tree, path[:-1]) if len(path) > 1 else tree.root
    if parent is None or isinstance(parent, yaml.ScalarNode):
        raise CannotEdit
    if len(parent.value) == 1:
        if len(path) == 1 or isinstance(path[-1], int):
            raise CannotEdit
        return remove(text, path[:-1])
    start, end = _extent(tree, parent, _index(tree, parent, path))
    return _replaced(tree, start, end, "")


def rename(text: str, path: Path, name: str) -> str:
    """Give a field that is written another name, at its place."""
    tree = tree_of(text)
    node = find(tree, path)
    parent = find(tree, path[:-1]) if len(path) > 1 else tree.root
    key = next((key for key, value in parent.value if value is node), None) if parent and node else None
    if key is None:
        raise CannotEdit
    return _replaced(tree, tree.start(key), tree.end(key), json.dumps(name) if _is_json(key) else name)


def rename_all(text: str, path: Path, names: Mapping[str, str]) -> str:
    """Give fields of the block at a path other names, all at once: two may change names. Quotation marks stay."""
    tree = tree_of(text) if names else None
    node = find(tree, path) if tree else None
    if tree is None or not isinstance(node, yaml.MappingNode):
        return text
    made, at = "", 0
    for key, _value in node.value:
        name = names.get(key.value)
        if name is not None:
            start, end = tree.start(key), tree.end(key)
            made, at = made + tree.text[at:start] + tree.text[start:end].replace(key.value, name), end
    return _replaced(tree, 0, len(tree.text), made + tree.text[at:])


def insert(text: str, path: Path, index: int, value: Any) -> str:
    """Insert an item into the list at a path, before the item with this index; at the end if there is none."""
    tree = tree_of(text)
    node = find(tree, path)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise CannotEdit
    written = inline(value, _is_json(node.value[0]))
    is_last = index >= len(node.value)
    if node.flow_style:
        if is_last:
            at = tree.end(node.value[-1])
            return _replaced(tree, at, at, f", {written}")
        at = tree.start(node.value[index])
        return _replaced(tree, at, at, f"{written}, ")
    row = " " * tree.column(node) + f"- {written}"
    if is_last:
        at = tree.line_end(tree.end(node.value[-1]))
        return _replaced(tree, at, at, f"\n{row}")
    at = _row_start(tree, node, index)
    return _replaced(tree, at, at, f"{row}\n")


def move(text: str, path: Path, index: int, to: int) -> str:
    """Move an item of the list at a path. Comments above a row of a block move with it."""
    tree = tree_of(text)
    node = find(tree, path)
    count = len(node.value) if isinstance(node, yaml.SequenceNode) else 0
    if not (0 <= index < count and 0 <= to < count):
        raise CannotEdit
    pieces = [_piece(tree, node, i) for i in range(count)]
    order = [i for i in range(count) if i != index]
    order.insert(to, index)
    made, at = "", pieces[0][0]
    for place, i in enumerate(order):
        start, end = pieces[place]
        made += tree.text[at:start] + tree.text[pieces[i][0] : pieces[i][1]]
        at = end
    return _replaced(tree, pieces[0][0], pieces[-1][1], made)


def inline(value: Any, is_json: bool = False) -> str:
    """Write a value on one line."""
    if is_json:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_word(key)}: {inline(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    return _word(value) if isinstance(value, str) else json.dumps(value)


def _word(word: str) -> str:
    return word if PLAIN.fullmatch(word) and word not in WORDS else json.dumps(word, ensure_ascii=False)


def _replaced(tree: Tree, start: int, end: int, new: str) -> str:
    """Return the text with a span replaced. Raises CannotEdit if the result is no config that can be read."""
    made = tree.text[:start] + new + tree.text[end:]
    if reading_of(made).tree is None:
        raise CannotEdit
    return made


def _put(tree: Tree, node: Node, kind: Kind | None, before: Path, path: Path, value: Any) -> tuple[int, int, str]:
    """Return the span to replace, and by what, to set a value at the rest of a path below a node."""
    if not path:
        return _whole(tree, node, inline(value, _is_json(node)))
    part, described, kind = path[0], kind, opened(kind, node)
    if isinstance(node, yaml.SequenceNode):
        if not isinstance(part, int) or part >= len(node.value):
            raise CannotEdit
        return _put(tree, node.value[part], inside(kind, part), (*before, part), path[1:], value)
    if isinstance(node, yaml.ScalarNode):
        return _whole(tree, node, inline(_expanded(tree, node, described, before, path, value)))
    found = entry(kind, node, str(part))
    if found is not None:
        return _put(tree, found[1], inside(kind, part), (*before, part), path[1:], value)
    is_json = bool(node.value) and _is_json(node.value[0][0])
    made = nested((*before, part), path[1:], value)
    field = f"{json.dumps(part)}: {inline(made, True)}" if is_json else f"{part}: {inline(made)}"
    if not node.value:
        at = tree.start(node) + 1
        return at, at, field
    if node.flow_style:
        at = tree.end(node.value[-1][1])
        return at, at, f", {field}"
    at = tree.line_end(tree.end(node.value[-1][1]))
    return at, at, f"\n{' ' * tree.column(node)}{field}"


def _whole(tree: Tree, node: Node, new: str) -> tuple[int, int, str]:
    start, end = tree.start(node), tree.end(node)
    is_bare = start == end and tree.text[start - 1 : start] == ":"
    return start, end, f" {new}" if is_bare else new


def _expanded(tree: Tree, node: Node, kind: Kind | None, before: Path, path: Path, value: Any) -> Any:
    """Return the mapping that a short form becomes: `optimizer: Adam` is `optimizer: {type: Adam}`."""
    part = str(path[0])
    kind = NAMED if isinstance(kind, DatasetKind) else kind
    if isinstance(kind, Variant) and node.value:
        if part == kind.tag and len(path) == 1:
            return value
        return {kind.tag: node.value, part: nested((*before, part), path[1:], value)}
    return nested(before, path, value)


def nested(before: Path, path: Path, value: Any) -> Any:
    """Return a value within the blocks that a path names."""
    if not path:
        return value
    if isinstance(path[0], int):
        raise CannotEdit
    inner = nested((*before, path[0]), path[1:], value)
    return {**UNWRITTEN.get(before, {}), path[0]: inner}


def _is_json(node: Node) -> bool:
    """Return whether a node is written as in JSON: its keys, or itself, in quotation marks."""
    if isinstance(node, yaml.MappingNode):
        return bool(node.flow_style and node.value and _is_json(node.value[0][0]))
    return isinstance(node, yaml.ScalarNode) and node.style == '"'


def _index(tree: Tree, parent: Node, path: Path) -> int:
    """Return the place of the last part of a path in its parent."""
    part = path[-1]
    if isinstance(part, int):
        return part
    node = find(tree, path)
    return next(i for i, (_key, value) in enumerate(parent.value) if value is node)


def _extent(tree: Tree, parent: Node, index: int) -> tuple[int, int]:
    """Return the span to cut for an entry of a collection with several, separators included."""
    starts = [tree.start(each[0] if isinstance(each, tuple) else each) for each in parent.value]
    ends = [tree.end(each[1] if isinstance(each, tuple) else each) for each in parent.value]
    is_last = index == len(starts) - 1
    if parent.flow_style:
        return (ends[index - 1], ends[index]) if is_last else (starts[index], starts[index + 1])
    if isinstance(parent, yaml.SequenceNode):
        start, end = _piece(tree, parent, index)
        return (start - 1, end) if is_last else (start, end + 1)
    begins_row = tree.text[tree.line_start(starts[index]) : starts[index]].strip()
    if begins_row:  # the first field of a row: `- type: Linear`
        return starts[index], starts[index + 1]
    end = tree.line_end(ends[index])
    return tree.line_start(starts[index]), min(end + 1, len(tree.text))


def _row_start(tree: Tree, node: Node, index: int) -> int:
    """Return the start of the line with the dash of a row."""
    dash, at = " " * tree.column(node) + "-", tree.line_start(tree.start(node.value[index]))
    while at and not tree.text.startswith(dash, at):
        at = tree.line_start(at - 1)
    if not tree.text.startswith(dash, at):
        raise CannotEdit
    return at


def _piece(tree: Tree, node: Node, index: int) -> tuple[int, int]:
    """Return the span of an item: itself in a flow list; its lines, with the comments above them, in a block."""
    item = node.value[index]
    if node.flow_style:
        return tree.start(item), tree.end(item)
    end = tree.line_end(tree.end(item))
    if index:
        return tree.line_end(tree.end(node.value[index - 1])) + 1, end
    start = _row_start(tree, node, 0)
    while start and tree.text[(above := tree.line_start(start - 1)) : start].lstrip().startswith("#"):
        start = above
    return start, end
