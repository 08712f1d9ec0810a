"""Generate a JSON Schema of the config language, with which editors complete and check configs.

python -m bpsandbox.spec.schema > docs/config.schema.json

It covers names, kinds and ranges, including other libraries' names. Rules across blocks are checked by `parse` only.
"""

from __future__ import annotations

import json
import sys
from functools import cache, singledispatchmethod
from typing import Any

from bpsandbox import messages

from .kinds import Axis, Choice, Either, Epochs, Flag, Integer, Kind, ListOf, Number, Numbers, Size, Tensors, Text
from .kinds.numbers import LARGEST_SIDE
from .language import CONFIG, MAX_SEEDS, Seeds
from .language.dataset import INLINE, NAMED, DatasetKind
from .language.points import Csv
from .language.sweep import Parameters
from .records import REQUIRED, Alias, Field, Record, Switch, Variant

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> Schema:
    """Return the schema of a whole config."""
    definitions = Definitions()
    whole = definitions.of(CONFIG)
    head = {
        "$schema": DIALECT,
        "$id": "config.schema.json",
        "title": "A config of the sandbox",
        "description": "What is trained, and how.",
    }
    return {**head, **whole, "$defs": dict(sorted(definitions.shared.items()))}


@cache
def text(language: str = "") -> str:
    """Return the schema as text. Its descriptions are in the active language, whose name keeps the texts apart."""
    return json.dumps(schema(), indent=0, ensure_ascii=False) + "\n"


class Definitions:
    """Converts kinds to schemas; blocks that occur several times become definitions."""

    def __init__(self) -> None:
        self.shared: dict[str, Schema] = {}
        self.names: dict[int, str] = {}

    def field(self, name: str, known: Field) -> Schema:
        """Return the schema of a field, with its description and default."""
        is_block = isinstance(known.kind, Variant | Record | DatasetKind)
        made = self.named(name, known.kind) if is_block else self.of(known.kind)
        said = {"description": messages._(known.doc)} if known.doc else {}
        default = {} if known.default is REQUIRED or known.default is None else {"default": known.default}
        return {**made, **said, **default}

    def named(self, name: str, kind: Kind) -> Schema:
        """Return a reference to the definition of a kind, named after the first field that has it."""
        if id(kind) not in self.names:
            self.names[id(kind)] = name
            self.shared[name] = self.of(kind)
        return {"$ref": f"#/$defs/{self.names[id(kind)]}"}

    @singledispatchmethod
    def of(self, kind: Kind) -> Schema:
        raise NotImplementedError(kind)

    @of.register
    def _(self, kind: Flag) -> Schema:
        return {"type": "boolean"}

    @of.register
    def _(self, kind: Text) -> Schema:
        return {"type": ["string", "number", "boolean"], "maxLength": kind.limit}

    @of.register
    def _(self, kind: Choice) -> Schema:
        return {"enum": [*kind.words, *kind.aliases]}

    @of.register
    def _(self, kind: Either) -> Schema:
        return {"anyOf": [{"enum": list(kind.words)}, self.of(kind.other)]}

    @of.register
    def _(self, kind: Number) -> Schema:
        low = {"exclusiveMinimum" if kind.open_low else "minimum": kind.low}
        high = {"exclusiveMaximum" if kind.open_high else "maximum": kind.high}
        return {"type": "number", **without_none(low), **without_none(high)}

    @of.register
    def _(self, kind: Integer) -> Schema:
        return {"type": "integer", **without_none({"minimum": kind.low, "maximum": kind.high})}

    @of.register
    def _(self, kind: Axis) -> Schema:
        return {"type": "integer", "anyOf": [{"const": -1}, {"minimum": 1}]}

    @of.register
    def _(self, kind: Size) -> Schema:
        side = {"type": "integer", "minimum": kind.low, "maximum": LARGEST_SIDE}
        pair = {"type": "array", "items": side, "minItems": 2, "maxItems": 2}
        return {"anyOf": [*([{"enum": list(kind.words)}] if kind.words else []), side, pair]}

    @of.register
    def _(self, kind: Numbers) -> Schema:
        nested: Schema = {"type": "number"}
        for _depth in range(kind.depth):
            nested = {"anyOf": [{"type": "number"}, {"type": "array", "items": nested}]}
        return nested

    @of.register
    def _(self, kind: Tensors) -> Schema:
        numbers = self.of(Numbers())
        return {"anyOf": [numbers, {"type": "object", "additionalProperties": numbers}]}

    @of.register
    def _(self, kind: ListOf) -> Schema:
        item = (
            self.named("stopping_rule", kind.item) if kind.accepts_single and isinstance(kind.item, Variant) else None
        )
        item = item or (self.named("layer", kind.item) if isinstance(kind.item, Variant) else self.of(kind.item))
        several = {
            "type": "array",
            "items": item,
            **without_none({"minItems": kind.min_items or None, "maxItems": kind.max_items}),
        }
        return {"anyOf": [several, item]} if kind.accepts_single else several

    @of.register
    def _(self, kind: Epochs) -> Schema:
        item = self.of(kind.item)
        return {
            "anyOf": [{"type": "boolean"}, {"type": "array", "items": item, "minItems": 1, "maxItems": kind.max_items}]
        }

    @of.register
    def _(self, kind: Record) -> Schema:
        return {"type": "object", **self.entries(kind)}

    @of.register
    def _(self, kind: Switch) -> Schema:
        return {"anyOf": [{"type": "boolean"}, {"type": "object", **self.entries(kind)}]}

    @of.register
    def _(self, kind: Variant) -> Schema:
        """Return the schema of a name, where no field is required, or of a mapping with a tag."""
        names = {
            ours: [ours, *(theirs for theirs, one in kind.aliases.items() if one == ours)] for ours in kind.records
        }
        short = [name for ours, record in kind.records.items() if not required(record) for name in names[ours]]
        whole = [self.tagged(kind.tag, names[ours], record) for ours, record in kind.records.items()]
        return {"anyOf": [{"enum": short}, *whole] if short else whole}

    def tagged(self, tag: str, names: list[str], record: Record) -> Schema:
        entries = self.entries(record)
        properties = {tag: {"enum": names}, **entries["properties"]}
        return {"type": "object", **entries, "properties": properties, "required": [tag, *entries.get("required", ())]}

    @of.register
    def _(self, kind: DatasetKind) -> Schema:
        return {"anyOf": [self.of(NAMED), {"type": "object", **self.entries(INLINE), "required": ["points"]}]}

    @of.register
    def _(self, kind: Csv) -> Schema:
        return {"type": "string"}

    @of.register
    def _(self, kind: Seeds) -> Schema:
        seed = {"type": "integer", "minimum": 0}
        span = {"start": seed, "count": {"type": "integer", "minimum": 1, "maximum": MAX_SEEDS}}
        spanned = {"type": "object", "properties": span, "required": ["count"], "additionalProperties": False}
        return {"anyOf": [{"type": "array", "items": seed, "minItems": 1}, spanned]}

    @of.register
    def _(self, kind: Parameters) -> Schema:
        return {"type": "object", "minProperties": 1, "additionalProperties": {"type": "array", "minItems": 1}}

    def entries(self, record: Record) -> Schema:
        """Return the properties of a mapping: its fields and their aliases; a required field may have either name."""
        properties = {name: self.field(name, known) for name, known in record.fields.items()}
        for theirs, alias in record.aliases.items():
            properties[theirs] = self.alias(alias, properties)
        plain = [name for name in required(record) if not others(record, name)]
        rules: list[Schema] = [{"not": both_written(record, pair)} for pair in record.exclusive]
        for name in required(record):
            if others(record, name):
                rules.append({"anyOf": [{"required": [each]} for each in (name, *others(record, name))]})
        made = {"properties": properties, "additionalProperties": False}
        return (
            made
            | ({"required": plain} if plain else {})
            | ({"allOf": rules} if rules else {})
            | ({"minProperties": 1} if record.is_nonempty else {})
        )

    def alias(self, alias: str | Alias, properties: dict[str, Schema]) -> Schema:
        if isinstance(alias, str):
            return {**properties[alias], "deprecated": True, "description": f"Read as {alias}."}
        return {"enum": list(alias.words), "deprecated": True, "description": f"Read as {alias.name}."}


def both_written(record: Record, pair: tuple[str, str]) -> Schema:
    """Return the schema of a mapping with both fields of a pair, neither of them 0."""
    shares = [name for name in pair if type(record.fields[name].kind) is Number]
    made: Schema = {"required": list(pair)}
    return made | ({"properties": {name: {"not": {"const": 0}} for name in shares}} if shares else {})


def required(record: Record) -> list[str]:
    return [name for name, known in record.fields.items() if known.default is REQUIRED]


def others(record: Record, name: str) -> list[str]:
    """Return other libraries' names of a field."""
    return [theirs for theirs, ours in record.aliases.items() if (ours if isinstance(ours, str) else ours.name) == name]


def without_none(entries: Schema) -> Schema:
    return {name: value for name, value in entries.items() if value is not None}


if __name__ == "__main__":
    sys.stdout.write(text())
