"""Blocks of named fields, and blocks whose `type` decides which fields they have."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from typing import Any

from bpsandbox.messages import _, sentences

from .kinds import WRONG, Kind, canonical_word
from .nodes import Mapping, Node, Scalar
from .problems import Log, Path, did_you_mean, listing, nearest, shown
from .syntax import missing_space, with_space


def complain_of_space(node: Scalar, path: Path, log: Log) -> bool:
    """Say so where a word is a name and a value, whose colon has no space behind it."""
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
    """A named value: its kind, what it is when it is not written, and a sentence for the reference."""

    kind: Kind
    default: Any = REQUIRED
    doc: str = ""


@dataclass(frozen=True)
class Alias:
    """Another library's field whose values have other names as well."""

    name: str
    words: dict[Any, str]

    def read(self, node: Node) -> Node:
        """The node in our words; as it is where the value is not known."""
        if not isinstance(node, Scalar) or node.value not in self.words:
            return node
        ours = self.words[node.value]
        return Scalar(node.at, ours, ours)


def _named(alias: str | Alias) -> str:
    return alias if isinstance(alias, str) else alias.name


@dataclass(frozen=True)
class Record(Kind):
    """A mapping with these fields."""

    fields: dict[str, Field]
    aliases: abc.Mapping[str, str | Alias] = field(default_factory=dict)
    """Other libraries' names; those for fields that are not here are not known here."""
    apart: tuple[tuple[str, str], ...] = ()
    """Pairs of fields of which one alone may be written, for the schema; the rules say it in words."""
    is_never_empty: bool = False
    """Must something be written? For the schema, like `apart`."""

    def __post_init__(self) -> None:
        known = {theirs: ours for theirs, ours in self.aliases.items() if _named(ours) in self.fields}
        object.__setattr__(self, "aliases", known)

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and complain_of_space(node, path, log):
            return WRONG
        if not isinstance(node, Mapping):
            return self._complain(node, path, log)
        return self.read_entries(node, path, log)

    def read_entries(self, node: Mapping, path: Path, log: Log, skip: str = "") -> Any:
        """Read all fields but `skip`, then add the defaults."""
        values = {}
        for key, value_node in node.entries:
            if key.value == skip:
                continue
            name = self._name(key, path, log)
            if name is None:
                continue
            here = (*path, name)
            log.places[here] = value_node.at
            if name in values:
                log.add(
                    here,
                    _("{name} is given twice, once as {alias}.", name=name, alias=key.text),
                    "duplicate",
                    at=key.at,
                )
                continue
            alias = self.aliases.get(key.value)
            ours = alias.read(value_node) if isinstance(alias, Alias) else value_node
            values[name] = self.fields[name].kind.read(ours, here, log)
        return self._with_defaults(values, path, log, node)

    def _name(self, key: Scalar, path: Path, log: Log) -> str | None:
        """The field a key stands for; None, and a problem, when there is none."""
        if key.value in self.fields:
            return key.value
        ours = self.aliases.get(key.value)
        if ours is not None:
            ours = _named(ours)
            log.note(_("{theirs} is read as {ours}.", theirs=key.value, ours=ours))
            return ours
        self._unknown(key, path, log)
        return None

    def _unknown(self, key: Scalar, path: Path, log: Log) -> None:
        if complain_of_space(key, path, log):
            return
        is_number = key.text.isdigit()
        meant = None if is_number else nearest(str(key.value), [*self.fields, *self.aliases])
        message = sentences(
            _("{name} is not a field here.", name=shown(key.text) or '""'),
            did_you_mean(meant),
            _("Numbers have a decimal point, not a comma.") if is_number else "",
            _("Allowed: {allowed}.", allowed=listing(self.fields)),
        )
        here = (*path, str(key.value))
        log.add(
            here,
            message,
            "unknown_field",
            at=key.at,
            seen=shown(key.text),
            allowed=listing(self.fields),
            suggestion=meant,
        )

    def _with_defaults(self, values: dict[str, Any], path: Path, log: Log, node: Node) -> Any:
        for name, known in self.fields.items():
            if name in values:
                continue
            if known.default is REQUIRED:
                message = _("{name} is missing; expected: {allowed}.", name=name, allowed=known.kind.describe())
                log.add((*path, name), message, "missing", at=node.at, allowed=known.kind.describe())
                values[name] = WRONG
            else:
                values[name] = known.default
        return values

    def describe(self) -> str:
        return _("a mapping with {fields}", fields=listing(self.fields))


@dataclass(frozen=True)
class Switch(Record):
    """A mapping, or true for all of its defaults; false is as good as nothing."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            return super().read(node, path, log)
        return self._with_defaults({}, path, log, node) if node.value else None


@dataclass(frozen=True)
class Variant(Kind):
    """A mapping whose field `tag` names the record that its other fields belong to.

    The name alone is enough where the record needs no more: `loss: MSELoss` is `loss: {type: MSELoss}`.
    """

    tag: str
    records: dict[str, Record]
    aliases: dict[str, str] = field(default_factory=dict)
    """Other libraries' names; those for records that are not here are not known here."""
    near: dict[str, str] = field(default_factory=dict)
    """Names of what is not here, and what comes nearest."""

    def __post_init__(self) -> None:
        known = {theirs: ours for theirs, ours in self.aliases.items() if ours in self.records}
        object.__setattr__(self, "aliases", known)

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return self._read_as(Mapping(node.at), node, path, log)
        if not isinstance(node, Mapping):
            return self._complain(node, path, log)
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
        return {self.tag: word, **values}

    def _word(self, named: Node, path: Path, log: Log) -> str | None:
        here = (*path, self.tag)
        if not isinstance(named, Scalar) or not isinstance(named.value, str):
            message = _("{tag} must be one of: {allowed}.", tag=self.tag, allowed=listing(self.records))
            log.add(here, message, "type", at=named.at, allowed=listing(self.records))
            return None
        word = canonical_word(named.value, self.records, self.aliases, log)
        if word is None:
            self._unknown(named, here, log)
        return word

    def _unknown(self, named: Scalar, here: Path, log: Log) -> None:
        if complain_of_space(named, here, log):
            return
        meant = self.near.get(named.value.casefold()) or nearest(named.value, [*self.records, *self.aliases])
        message = sentences(
            _("{seen} is not known here.", seen=shown(named.text)),
            did_you_mean(meant),
            _("Allowed: {allowed}.", allowed=listing(self.records)),
        )
        seen, allowed = shown(named.text), listing(self.records)
        log.add(here, message, "unknown_word", at=named.at, seen=seen, allowed=allowed, suggestion=meant)

    def describe(self) -> str:
        return _("a mapping with {tag}: one of {allowed}", tag=self.tag, allowed=listing(self.records))
