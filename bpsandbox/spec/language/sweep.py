"""Sweeps: several settings of one config."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bpsandbox.messages import _, sentences
from bpsandbox.spec import advice
from bpsandbox.spec.kinds import WRONG, Choice, Integer, Kind
from bpsandbox.spec.nodes import Mapping, Node, Scalar, Sequence, plain
from bpsandbox.spec.problems import Log, Path, did_you_mean
from bpsandbox.spec.records import REQUIRED, Field, Record

MAX_MEMBERS = 64
WRITTEN = re.compile(r"[\w.\[\]]+\s*:\s*(\[[^\[\]{}\n]*\])")
"""A field name and a list on one line."""
_PART = re.compile(r"\.?([A-Za-z_]\w*)|\[(\d+)\]|\.(\d+)")


def path_of(text: str) -> Path | None:
    """Parse model.layers[0].out_features as ("model", "layers", 0, "out_features"); None if it is not a path."""
    parts: list[str | int] = []
    end = 0
    for match in _PART.finditer(text):
        if match.start() != end:
            return None
        name, *numbers = match.groups()
        parts.append(name if name else int(next(number for number in numbers if number)))
        end = match.end()
    return tuple(parts) if parts and end == len(text) else None


@dataclass(frozen=True)
class Parameters(Kind):
    """A mapping of paths to lists of values. The values are checked when they are set at their path."""

    def read(self, node: Node, path: Path, log: Log) -> Any:
        if not isinstance(node, Mapping) or not node.entries:
            return self._report(node, path, log)
        read = {key.text: self._values(key, values, (*path, key.text), log) for key, values in node.entries}
        return WRONG if any(values is WRONG for values in read.values()) else read

    def _values(self, key: Scalar, node: Node, path: Path, log: Log) -> Any:
        log.places[path] = node.at
        name, home = key.text, advice.HOMES.get(key.text)
        if home is not None:
            message = sentences(_("{name} is not a path in the config.", name=name), did_you_mean(f"{home}.{name}"))
            log.add(path, message, "sweep_path", at=key.at, seen=name, suggestion=f"{home}.{name}")
            return WRONG
        if path_of(name) is None:
            message = _("{name} is not a path in the config. Write it like {example}.",
                        name=name, example="model.layers[0].out_features")  # fmt: skip
            log.add(path, message, "sweep_path")
            return WRONG
        if not isinstance(node, Sequence) or not node.items:
            log.add(path, _("{name} needs a list of values to try.", name=name), "sweep_values")
            return WRONG
        return [plain(item) for item in node.items]

    def describe(self) -> str:
        return _("a mapping of paths to lists of values, like {example}", example='{"optimizer.lr": [0.01, 0.1]}')


@dataclass(frozen=True)
class SweepRecord(Record):
    """The sweep block; a path written outside `parameters` gets a message of its own."""

    def _unknown(self, key: Scalar, node: Mapping, path: Path, log: Log) -> str | None:
        home = advice.HOMES.get(key.text)
        swept = f"{home}.{key.text}" if home else key.text
        way = path_of(swept) or ("",)
        if len(way) < 2 or way[0] not in advice.BLOCKS or node.get("parameters") is not None:
            return super()._unknown(key, node, path, log)
        log.explained.add((*path, "parameters"))
        message = _("Paths are written under parameters: {example}.", example=f"parameters: {{{swept}: […]}}")
        line = WRITTEN.match(log.split(key.at)[1])
        is_lone = sum(other.value not in self.fields for other, _value in node.entries) == 1
        more = {"seen": line[0], "suggestion": f"parameters: {{{swept}: {line[1]}}}"} if line and is_lone else {}
        log.add((*path, key.text), sentences(_("Unknown field: {name}.", name=key.text), message),
                "unknown_field", at=key.at, **more)  # fmt: skip
        return None


SWEEP = SweepRecord(
    {
        "method": Field(
            Choice(("grid", "random")), "grid", "grid: every combination; random: `run_cap` of them, drawn at random."
        ),
        "parameters": Field(
            Parameters(),
            REQUIRED,
            "Paths to vary, each with a list of values. When a `type` or `name` is varied, the other fields of its "
            "block stay: if the types have different fields, vary whole blocks.",
        ),
        "run_cap": Field(Integer(1, MAX_MEMBERS), MAX_MEMBERS, "Maximum number of settings."),
        "seed": Field(Integer(0), 0, "Seed of the random choice."),
    }
)
