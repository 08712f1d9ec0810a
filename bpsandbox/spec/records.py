"""Blocks with named fields, and blocks whose `type` determines their fields."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from typing import Any

from bpsandbox.messages import _, sentences

from . import advice
from .kinds import WRONG, Kind, canonical_word, once
from .nodes import Mapping, Node, Scalar
from .problems import Log, Path, did_you_mean, excerpt, format_path, listing, nearest
from .syntax import missing_space, with_space


def report_missing_space(node: Scalar, path: Path, log: Log) -> bool:
    """Report a word like `lr:2.0`, in which a space is missing after the colon."""
    fix = None if node.quote else with_space(node.text)
    if fix is not None:
        log.add(path, missing_space(fix), "syntax", at=node.at, seen=node.text, suggestion=fix)
    return fix is not None


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Any = _Required()


@dataclass(frozen=True)
class Field:
    """A field: its kind, its default, and a sentence for the reference."""

    kind: Kind
    default: Any = REQUIRED
    doc: str = ""


@dataclass(frozen=True)
class Alias:
    """Another library's name of a field, whose values have other names too."""

    name: str
    words: dict[Any, str]

    def read(self, node: Node) -> Node:
        """Return the node with our value; unchanged where the value is unknown."""
        if not isinstance(node, Scalar) or node.value not in self.words:
            return node
        ours = self.words[node.value]
        return Scalar(node.at, ours, ours)


def _named(alias: str | Alias) -> str:
    return alias if isinstance(alias, str) else alias.name


class Block(dict[str, Any]):
    """The values of a record; `written` are the fields that were given, the others are defaults."""

    def __init__(self, values: abc.Mapping[str, Any], written: abc.Set[str] = frozenset()) -> None:
        super().__init__(values)
        self.written = written

    def copy(self) -> Block:
        return Block(self, self.written)


@dataclass(frozen=True)
class Record(Kind):
    """A mapping with these fields."""

    fields: dict[str, Field]
    aliases: abc.Mapping[str, str | Alias] = field(default_factory=dict)
    """Other libraries' names of fields; those for fields of other records are ignored."""
    exclusive: tuple[tuple[str, str], ...] = ()
    """Pairs of mutually exclusive fields, for the schema; the rules report them."""
    is_nonempty: bool = False
    """Whether at least one field is required; for the schema, like `exclusive`."""
    example: str = ""
    """An example of such a mapping, for messages."""

    def __post_init__(self) -> None:
        known = {theirs: ours for theirs, ours in self.aliases.items() if _named(ours) in self.fields}
        object.__setattr__(self, "aliases", known)

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and report_missing_space(node, path, log):
            return WRONG
        if not isinstance(node, Mapping):
            return self._report(node, path, log)
        return self.read_entries(node, path, log)

    def read_entries(self, node: Mapping, path: Path, log: Log, skip: str | None = None) -> Any:
        """Read all fields except `skip`, then add the defaults."""
        values = {}
        for key, value_node in node.entries:
            if key.value == skip:
                continue
            name = self._name(key, node, path, log)
            if name is None:
                continue
            here = (*path, name)
            log.places[here] = value_node.at
            if name in values:
                if key.value == name or key.value in self.aliases:
                    message = _("{name} appears twice, once as {alias}.", name=name, alias=key.text)
                    log.add(here, message, "duplicate", at=key.at)
                continue
            alias = self.aliases.get(key.value)
            ours = alias.read(value_node) if isinstance(alias, Alias) else value_node
            values[name] = once(self.fields[name].kind, ours, here, log)
        written = frozenset(values)
        return Block(self._with_defaults(values, path, log, node), written)

    def _name(self, key: Scalar, node: Mapping, path: Path, log: Log) -> str | None:
        """Return the field that a key is, or probably means (with a problem); None when there is none.

        A field that is meant is read as if it were written, so that all problems are found at once.
        """
        if key.value in self.fields:
            return key.value
        ours = self.aliases.get(key.value)
        if ours is not None:
            ours = _named(ours)
            log.note(_("{theirs} is read as {ours}.", theirs=key.value, ours=ours))
            return ours
        return self._unknown(key, node, path, log)

    def _unknown(self, key: Scalar, node: Mapping, path: Path, log: Log) -> str | None:
        """Report an unknown key: where it belongs, what is meant, or what is allowed. Return the field meant."""
        if report_missing_space(key, path, log) or self._report_level(key, node, path, log):
            return None
        allowed, seen = listing(self.fields), excerpt(key.text)
        meant = self._meant(key, node, path)
        more: dict[str, Any] = {"seen": seen, "allowed": allowed, "suggestion": meant}
        message = "" if meant or key.text.isdigit() else advice.advice_on(key.text, path)
        if not key.text:
            message = _("A name is missing before this colon.")
        message = message or sentences(
            _("Unknown field: {name}.", name=seen),
            did_you_mean(meant),
            _("Use a decimal point, not a comma.") if key.text.isdigit() else "",
            _("Allowed: {allowed}.", allowed=allowed),
        )
        log.add((*path, str(key.value)), message, "unknown_field", at=key.at, **more)
        if key.text in advice.IN_LAYERS:
            log.explained.add((*path, "layers"))
        return meant

    def _meant(self, key: Scalar, node: Mapping, path: Path) -> str | None:
        """Return the field that a key probably means, unless that is given already."""
        if key.text.isdigit() or key.text in advice.FOREIGN:
            return None
        meant = None if path else advice.RENAMED.get(key.text)
        if meant is None and key.text not in advice.HOMES:
            near = nearest(str(key.value), [*self.fields, *self.aliases])
            meant = near if near is None or near in self.fields else _named(self.aliases[near])
        return None if meant is None or self._is_written(meant, node) else meant

    def _is_written(self, name: str, node: Mapping) -> bool:
        """Return whether a field is given, by its own name or another library's."""
        names = {name, *(theirs for theirs, ours in self.aliases.items() if _named(ours) == name)}
        return any(key.value in names for key, _value in node.entries)

    def _report_level(self, key: Scalar, node: Mapping, path: Path, log: Log) -> bool:
        """Report a top-level block that is written inside another block."""
        if not path or key.value not in advice.BLOCKS or (key.value,) in log.places:
            return False
        log.misplaced[key.value] = node.get(key.value) or node
        before, _here = log.split(key.at)
        block, more, at = format_path(path), {}, key.at
        if before.strip():
            message = _("{name} belongs at the top level, not in {block}.", name=key.value, block=block)
        else:
            message = _("{name} belongs at the top level, not in {block}: begin it at the left margin.",
                        name=key.value, block=block)  # fmt: skip
        if not before.strip() and len(path) == 1 and node.entries[-1][0] is key:
            at, more = (key.at[0], 0), {"seen": before + key.text, "suggestion": key.text}
        log.add((*path, key.value), message, "unknown_field", at=at, **more)
        return True

    def _with_defaults(self, values: dict[str, Any], path: Path, log: Log, node: Node) -> Any:
        for name, known in self.fields.items():
            if name in values:
                continue
            if not path and name in log.misplaced:
                values[name] = known.kind.read(log.misplaced[name], (name,), log)
            elif known.default is REQUIRED and (*path, name) in log.explained:
                values[name] = WRONG
            elif known.default is REQUIRED:
                allowed = known.kind.describe()
                log.add((*path, name), _missing(name, known.kind), "missing", at=node.at, allowed=allowed)
                values[name] = WRONG
            else:
                values[name] = known.default
        return values

    def describe(self) -> str:
        if self.example:
            return _("a mapping like {example}", example=self.example)
        return _("a mapping with {fields}", fields=listing(self.fields))


def _missing(name: str, kind: Kind) -> str:
    """Return the message for a missing field, with an example if its kind has one."""
    example = getattr(kind, "example", "")
    if example:
        return _("{name} is missing. Write it like {example}.", name=name, example=f"{name}: {example}")
    return _("{name} is missing; expected: {allowed}.", name=name, allowed=kind.describe())


@dataclass(frozen=True)
class Switch(Record):
    """A mapping, or true for all its defaults; false means none."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            return super().read(node, path, log)
        return self._with_defaults({}, path, log, node) if node.value else None


@dataclass(frozen=True)
class Variant(Kind):
    """A mapping whose field `tag` names the record of its other fields.

    A name is short for a mapping with only the tag: `loss: MSELoss` is `loss: {type: MSELoss}`.
    """

    tag: str
    records: dict[str, Record]
    aliases: dict[str, str] = field(default_factory=dict)
    """Other libraries' names of records; those for records of other variants are ignored."""
    suggested: dict[str, str] = field(default_factory=dict)
    """Unknown names and the record to suggest for each."""
    example: str = ""
    """An example, for messages."""

    def __post_init__(self) -> None:
        for name in ("aliases", "suggested"):
            known = {theirs: ours for theirs, ours in getattr(self, name).items() if ours in self.records}
            object.__setattr__(self, name, known)

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._read_as(Mapping(node.at), node, path, log)
        if not isinstance(node, Mapping):
            return self._report(node, path, log)
        named = node.get(self.tag)
        if named is None:
            message = _("{tag} is missing. Allowed: {allowed}.", tag=self.tag, allowed=listing(self.records))
            log.add((*path, self.tag), message, "missing", at=node.at, allowed=listing(self.records))
            return WRONG
        log.places[(*path, self.tag)] = named.at
        return self._read_as(node, named, path, log)

    def _read_as(self, node: Mapping, named: Node, path: Path, log: Log) -> Any:
        word = self._word(named, path, log)
        if word is None:
            return WRONG
        values = self.records[word].read_entries(node, path, log, skip=self.tag)
        return Block({self.tag: word, **values}, values.written)

    def _word(self, named: Node, path: Path, log: Log) -> str | None:
        here = (*path, self.tag)
        if not isinstance(named, Scalar) or not isinstance(named.value, str):
            message = _("{tag} must be one of: {allowed}.", tag=self.tag, allowed=listing(self.records))
            if isinstance(named, Scalar) and named.value is None and not named.text:
                message = _("{name} has no value; expected: {allowed}.", name=self.tag, allowed=listing(self.records))
            log.add(here, message, "type", at=named.at, allowed=listing(self.records))
            return None
        word = canonical_word(named.value, self.records, self.aliases, log)
        return self._unknown(named, here, log) if word is None else word

    def _unknown(self, named: Scalar, here: Path, log: Log) -> str | None:
        """Report an unknown name, and return the one that is meant; None where nothing is similar."""
        if report_missing_space(named, here, log):
            return None
        meant = self.suggested.get(named.value.casefold()) or nearest(named.value, [*self.records, *self.aliases])
        meant = self.aliases.get(meant, meant) if meant else None
        message = sentences(
            _("Unknown name: {seen}.", seen=excerpt(named.text)),
            did_you_mean(meant),
            _("Allowed: {allowed}.", allowed=listing(self.records)),
        )
        seen, allowed = excerpt(named.text), listing(self.records)
        log.add(here, message, "unknown_word", at=named.at, seen=seen, allowed=allowed, suggestion=meant)
        return meant

    def describe(self) -> str:
        if self.example:
            return _("a name or a mapping, like {example}", example=self.example)
        return _("a mapping with {tag}: one of {allowed}", tag=self.tag, allowed=listing(self.records))
