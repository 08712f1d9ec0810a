"""Read YAML or JSON strictly: one mapping, no anchors, aliases, tags or merge keys, within size limits.

The events of libyaml are read one by one, so that a text that is too deep or too long is refused early, and nothing is
ever expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from bpsandbox.messages import _

from .nodes import Mapping, Node, Place, Scalar, Sequence
from .problems import MAX_PROBLEMS, Log, Path, excerpt
from .scalars import NotFinite, resolve
from .syntax import add_syntax_problem
from .text import Unreadable, prepared, refuse, refuse_strange

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

YAML_TAG = "tag:yaml.org,2002:"
"""libyaml's expansion of `!!`."""
MAX_DEPTH = 12
MAX_NODES = 500
MAX_NUMBERS = 20_000
MAX_PLACES = 1000
"""Number of entries of a list whose places are stored."""


def read(text: str, log: Log) -> Mapping | None:
    """Read a text into a tree; return None, with a problem in the log, if it is not a mapping."""
    try:
        text = prepared(text, log)
        log.lines = text.split("\n")
        node = _Reader(log).read(text)
        return _mapping(node, log)
    except Unreadable:
        return None
    except yaml.YAMLError as error:
        add_syntax_problem(error, text, log)
        return None


def _mapping(node: Node | None, log: Log) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    if node is None or (isinstance(node, Scalar) and node.value is None):
        log.add((), _("The config is empty. It needs dataset, model and loss."), "empty", at=(0, 0))
    else:
        log.add((), _no_config(), "not_a_config", at=node.at)
    return None


def _no_config() -> str:
    return _("A config is a mapping of names to values, with lines like loss: MSELoss. This is not one.")


class _Reader:
    """Builds the tree from libyaml's events."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.nodes = self.numbers = 0

    def read(self, text: str) -> Node | None:
        events = iter(Loader(text).get_event, None)
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                message = _("A config is a single YAML document; a second one begins here.")
                refuse(self.log, _place(event), "documents", message)
            if isinstance(event, yaml.NodeEvent):
                if isinstance(event, yaml.SequenceStartEvent):
                    refuse(self.log, _place(event), "not_a_config", _no_config())
                root = self._node(event, events, (), 1)
        self._check_size(root)
        return root

    def _node(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Node:
        if len(self.log.problems) >= MAX_PROBLEMS:
            raise Unreadable
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None or event.tag is not None:
                self._check_plain(event, path)
            self._check_escapes(event)
            return self._scalar(event, path)
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            self._check_plain(event, path)
        if isinstance(event, yaml.AliasEvent):
            return Scalar(_place(event), None, f"*{event.anchor}")
        if depth > MAX_DEPTH:
            message = _("A config can be at most {limit} levels deep.", limit=MAX_DEPTH)
            refuse(self.log, _place(event), "too_deep", message)
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
            refuse_strange(event.tag, self.log, _place(event))
            message = _("Tags ({tag}) are not allowed.", tag=excerpt(event.tag.replace(YAML_TAG, "!!", 1)))
            self.log.add(path, message, "tag", at=_place(event))

    def _check_escapes(self, event: Any) -> None:
        """Refuse a character that is written with an escape and could not be written as it is."""
        if event.style == '"':
            refuse_strange(event.value, self.log, _place(event))

    def _scalar(self, event: Any, path: Path) -> Scalar:
        self.nodes += 1
        mark, text = event.start_mark, event.value
        at = mark.line, mark.column
        self.log.places.setdefault(path, at)
        if not event.implicit[0] and event.style:
            return Scalar(at, text, text, event.style if event.style in ("'", '"') else "")
        try:
            return Scalar(at, resolve(text), text)
        except NotFinite:
            message = _("{text} is not a finite number.", text=excerpt(text))
            self.log.add(path, message, "not_finite", at=at, seen=excerpt(text))
            return Scalar(at, 0.0, text)

    def _sequence(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Sequence:
        node = Sequence(_place(event))
        self.log.places.setdefault(path, node.at)
        before = self.nodes
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            here = (*path, len(node.items)) if len(node.items) < MAX_PLACES else path
            node.items.append(self._node(item, events, here, depth + 1))
            if self.nodes + self.numbers > MAX_NODES + MAX_NUMBERS:
                self._refuse_numbers(_("more"))
        node.is_numbers = all(map(_is_numeric, node.items))
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
                message = _("{name} appears twice; the first is in line {line}.", name=key.text, line=line)
                self.log.add(here, message, "duplicate", at=key.at)
                continue
            seen[key.text] = key.at[0]
            node.entries.append((key, value))
        return node

    def _key(self, event: Any, events: Iterator[Any], path: Path, depth: int) -> Scalar | None:
        """Return a field name; None, with a problem, for anything that cannot be one."""
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, events, path, depth + 1)
            self.log.add(path, _("A field name must be a word, not a list or a mapping."), "key", at=_place(event))
            return None
        self._check_plain(event, path)
        self._check_escapes(event)
        if event.value == "<<" and event.implicit[0]:
            self.log.add(path, _("Merge keys (<<) are not allowed."), "merge", at=_place(event))
            return None
        self.nodes += 1
        return Scalar(_place(event), event.value, event.value, event.style or "")

    def _check_size(self, root: Node | None) -> None:
        if self.nodes > MAX_NODES:
            message = _(
                "A config can have at most {limit} entries outside lists of numbers; this one has {seen}.",
                limit=MAX_NODES,
                seen=self.nodes,
            )
            refuse(self.log, (0, 0), "too_many", message)
        if self.numbers > MAX_NUMBERS:
            self._refuse_numbers(f"{self.numbers:,}")

    def _refuse_numbers(self, seen: str) -> None:
        message = _("The lists of a config can have at most {limit} numbers; these have {seen}.",
                    limit=f"{MAX_NUMBERS:,}", seen=seen)  # fmt: skip
        refuse(self.log, (0, 0), "too_many_numbers", message)


def _is_numeric(node: Node) -> bool:
    if isinstance(node, Scalar):
        return type(node.value) in (int, float)
    return isinstance(node, Sequence) and node.is_numbers


def _place(event: Any) -> Place:
    return event.start_mark.line, event.start_mark.column
