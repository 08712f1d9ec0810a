"""Reading YAML or JSON strictly: one mapping, no anchors, aliases, tags or merge keys, and not too much of it.

libyaml's events are taken one by one, so that a text that is too deep or too long is refused while it is read, and
nothing is ever expanded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from bpsandbox.messages import _

from .nodes import Mapping, Node, Place, Scalar, Sequence
from .problems import Log, Path, shown
from .scalars import NotFinite, resolve

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_BYTES = 64 * 1024
MAX_DEPTH = 12
MAX_NODES = 500
MAX_NUMBERS = 20_000

# Characters that YAML forbids, or breaks lines at where no editor does.
STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


class Unreadable(Exception):
    """The text cannot be read any further; what is wrong stands in the log."""


def read(text: str, log: Log) -> Mapping | None:
    """Read a text into a tree; None when it is no mapping, and then the log says why."""
    try:
        text = _prepared(text, log)
        node = _Reader(log).read(text)
        return _mapping(node, log)
    except Unreadable:
        return None
    except yaml.YAMLError as error:
        _add_syntax(error, log)
        return None


def _prepared(text: str, log: Log) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        _refuse(
            log,
            (0, 0),
            "too_long",
            _("A config is at most {limit} bytes long; this text has {size}.", limit=MAX_BYTES, size=size),
        )
    strange = STRANGE.search(text)
    if strange:
        code = f"U+{ord(strange[0]):04X}"
        _refuse(
            log,
            _place_of(text, strange.start()),
            "character",
            _("The character {code} cannot stand in a config.", code=code),
        )
    return _as_yaml(text)


def _as_yaml(text: str) -> str:
    """JSON allows tabs between its parts and pairs of \\u escapes, YAML does not."""
    if not text.lstrip().startswith("{"):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return SURROGATES.sub(_one_escape, text.replace("\t", " "))


def _one_escape(pair: re.Match[str]) -> str:
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08X}"


def _place_of(text: str, offset: int) -> Place:
    before = text[:offset]
    return before.count("\n"), offset - (before.rfind("\n") + 1)


def _refuse(log: Log, at: Place, code: str, message: str) -> None:
    log.add((), message, code, at=at)
    raise Unreadable


def _mapping(node: Node | None, log: Log) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    if node is None or (isinstance(node, Scalar) and node.value is None):
        log.add((), _("The config is empty. It needs dataset, model and loss."), "empty", at=(0, 0))
    else:
        message = _("A config is a mapping of names to values, with lines like loss: MSELoss. This is not one.")
        log.add((), message, "not_a_config", at=node.at)
    return None


class _Reader:
    """Builds the tree from libyaml's events."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.nodes = self.numbers = 0

    def read(self, text: str) -> Node | None:
        events = yaml.parse(text, Loader=Loader)
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                message = _("A config is one document; a second one begins here.")
                _refuse(self.log, _place(event), "documents", message)
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, (), 1)
        self._check_size(root)
        return root

    def _node(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Node:
        self._check_plain(event, path)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(_place(event), None, f"*{event.anchor}")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if depth > MAX_DEPTH:
            message = _("A config is at most {limit} levels deep.", limit=MAX_DEPTH)
            _refuse(self.log, _place(event), "too_deep", message)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, events, path, depth)
        return self._mapping(event, events, path, depth)

    def _check_plain(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            message = _("Aliases (*{name}) are not allowed: write the value out.", name=event.anchor)
            self.log.add(path, message, "alias", at=_place(event))
            return
        if event.anchor is not None:
            message = _("Anchors (&{name}) are not allowed.", name=event.anchor)
            self.log.add(path, message, "anchor", at=_place(event))
        if event.tag is not None:
            self.log.add(path, _("Tags ({tag}) are not allowed.", tag=shown(event.tag)), "tag", at=_place(event))

    def _scalar(self, event: Any, path: Path) -> Scalar:
        self.nodes += 1
        at, text = _place(event), event.value
        self.log.places.setdefault(path, at)
        if not event.implicit[0]:
            return Scalar(at, text, text)
        try:
            return Scalar(at, resolve(text), text)
        except NotFinite:
            message = _("{text} is not a finite number.", text=shown(text))
            self.log.add(path, message, "not_finite", at=at, seen=shown(text))
            return Scalar(at, 0.0, text)

    def _sequence(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Sequence:
        node = Sequence(_place(event))
        self.log.places.setdefault(path, node.at)
        before = self.nodes
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            child = self._node(item, events, (*path, len(node.items)), depth + 1)
            node.items.append(child)
            node.is_numbers = node.is_numbers and _is_numeric(child)
        if node.is_numbers:  # counted apart, at once for all inside
            self.numbers += self.nodes - before
            self.nodes = before
        else:
            self.nodes += 1
        return node

    def _mapping(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Mapping:
        node = Mapping(_place(event))
        self.log.places.setdefault(path, node.at)
        self.nodes += 1
        seen: dict[str, int] = {}
        for key_event in events:
            if isinstance(key_event, yaml.MappingEndEvent):
                break
            key = self._key(key_event, events, path, depth)
            here = path if key is None else (*path, key.text)
            value = self._node(next(events), events, here, depth + 1)
            if key is None:
                continue
            if key.text in seen:
                line = seen[key.text] + self.log.first_line
                message = _("{name} stands here a second time; the first is in line {line}.", name=key.text, line=line)
                self.log.add(here, message, "duplicate", at=key.at)
                continue
            seen[key.text] = key.at[0]
            node.entries.append((key, value))
        return node

    def _key(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Scalar | None:
        """A name; None, and a problem, for what cannot be one."""
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, events, path, depth + 1)
            self.log.add(path, _("A name must be a word, not a list or a mapping."), "key", at=_place(event))
            return None
        self._check_plain(event, path)
        if event.value == "<<" and event.implicit[0]:
            self.log.add(path, _("Merge keys (<<) are not allowed."), "merge", at=_place(event))
            return None
        self.nodes += 1
        return Scalar(_place(event), event.value, event.value)

    def _check_size(self, root: Node | None) -> None:
        if self.nodes > MAX_NODES:
            message = _(
                "A config has at most {limit} entries besides lists of numbers; this one has {seen}.",
                limit=MAX_NODES,
                seen=self.nodes,
            )
            _refuse(self.log, (0, 0), "too_many", message)
        if self.numbers > MAX_NUMBERS:
            message = _(
                "The lists of a config hold at most {limit} numbers; these hold {seen}.",
                limit=MAX_NUMBERS,
                seen=self.numbers,
            )
            _refuse(self.log, (0, 0), "too_many_numbers", message)


def _is_numeric(node: Node) -> bool:
    if isinstance(node, Scalar):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    return isinstance(node, Sequence) and node.is_numbers


def _place(event: Any) -> Place:
    return event.start_mark.line, event.start_mark.column


def _add_syntax(error: yaml.YAMLError, log: Log) -> None:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    at = (mark.line, mark.column) if mark is not None else (0, 0)
    problem = str(getattr(error, "problem", "") or error)
    log.add((), _hint(problem), "syntax", at=at)


def _hint(problem: str) -> str:
    """libyaml's complaint in words that help."""
    for said, meant in _hints().items():
        if said in problem:
            return meant
    return _("This is not YAML or JSON: {problem}.", problem=problem)


def _hints() -> dict[str, str]:
    return {
        "mapping values are not allowed": _(
            "A colon is not expected here. Is the line before it complete, and the indentation right?"
        ),
        "could not find expected ':'": _("A colon is missing: write name: value."),
        "did not find expected ',' or '}'": _("A comma or a closing brace } is missing before this."),
        "did not find expected ',' or ']'": _("A comma or a closing bracket ] is missing before this."),
        "did not find expected key": _("A name is expected here. Is the indentation the same as in the lines above?"),
        "did not find expected node content": _("A value is missing here."),
        "cannot start any token": _("This character cannot begin a value here. A tab? Indent with spaces."),
        "unexpected end of stream": _("The text ends too early: a quotation mark or a bracket is not closed."),
    }
