"""A config that can run, in its canonical form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from . import canonical, compat, shapes, sweep, words
from .draft import Draft
from .facts import Facts, facts_of
from .language import CONFIG
from .problems import InvalidConfig, Log
from .reading import read
from .rules import RULES
from .rules.measuring import example_has_a_seed
from .wide import name_wide_signs


@dataclass(frozen=True)
class Spec:
    """What is run: `config` holds every default; title and notes are not part of it, nor of the hash."""

    config: dict[str, Any]
    title: str = ""
    notes: tuple[str, ...] = ()
    places: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)
    """Line and column (from 1) of every path in the text it was read from; empty when it comes from JSON."""

    @property
    def hash(self) -> str:
        """Name of the spec: 32 hex digits."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:32]

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.config["seeds"])

    @property
    def facts(self) -> Facts:
        facts = facts_of({"features": None, **self.config["dataset"]})
        if facts is None:
            raise InvalidConfig(())
        return facts

    @property
    def words(self) -> dict[str, str]:
        """The config in words: `title` like "2-3-1 sigmoid on xor", `line` like "SGD, lr 2 · 16 seeds"."""
        return {"title": words.title(self.config, self.facts), "line": words.line(self.config)}

    @property
    def settings(self) -> tuple[sweep.Setting, ...]:
        """The members of the sweep; empty where there is none."""
        return sweep.settings(self.config, parse) if "sweep" in self.config else ()

    @property
    def varied(self) -> tuple[dict[str, Any], ...]:
        """What each member of the sweep sets, by path; empty where there is none."""
        return tuple(sweep.chosen(self.config["sweep"])) if "sweep" in self.config else ()

    def was_written(self, *path: str | int) -> bool:
        """Did the writer say this, or is it a default? What comes from JSON counts as written."""
        return not self.places or path in self.places

    def to_json(self) -> str:
        """The canonical text."""
        return json.dumps(self.config, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Take a canonical text back; it is trusted."""
        return cls(json.loads(text))


def parse(text: str, *, line: int = 1, column: int = 1) -> Spec:
    """Read a config. Raises InvalidConfig with every problem at once.

    `line` and `column` say where the config's first character stands in the text around it.
    """
    log = Log(line, column)
    tree = read(text, log)
    if tree is None:
        raise _invalid(text, log)
    values = CONFIG.read(tree, (), log)
    compat.choose(values, log)
    draft = Draft(values, log, facts_of(values["dataset"]))
    _judge(draft)
    if log.problems:
        raise _invalid(text, log)
    config = canonical.complete(draft)
    example_has_a_seed(config, log)
    if "sweep" in config and not log.problems:
        sweep.judge(config, log, parse)
    if log.problems:
        raise _invalid(text, log)
    places = {path: log.outer(*place) for path, place in log.places.items()}
    return Spec(config, values["title"], tuple(log.notes), places)


def _invalid(text: str, log: Log) -> InvalidConfig:
    name_wide_signs(text, log)
    return InvalidConfig(log.sorted())


def _judge(draft: Draft) -> None:
    shapes.follow(draft)
    for rule in RULES:
        rule(draft)
