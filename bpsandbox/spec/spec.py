"""A config that can run, in its canonical form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from . import canonical, sweep, words
from .draft import Draft
from .facts import Facts, facts_of
from .judging import judged
from .nodes import Mapping
from .problems import InvalidConfig, Log
from .reading import read
from .rules.measuring import example_has_a_seed
from .wide import name_wide_signs


@dataclass(frozen=True)
class Spec:
    """What is run: `config` holds every default; title and notes are not part of it, nor of the hash.

    Of a sweep, `config` is that of its first setting, with the block `sweep` beside it.
    """

    config: dict[str, Any]
    title: str = ""
    notes: tuple[str, ...] = ()
    places: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)
    """Line and column (from 1) of every path in the text it was read from; empty when it comes from JSON."""
    settings: tuple[sweep.Setting, ...] = field(default=(), compare=False, repr=False)
    """The settings of the sweep; empty where there is none."""
    written: dict[str, Any] | None = field(default=None, compare=False, repr=False)
    """Of a sweep, the config as it is written: its settings are made of that."""

    @cached_property
    def hash(self) -> str:
        """Name of the spec, 32 hex digits: of the canonical text, or of its settings' names in their order."""
        named = "\n".join(setting.spec.hash for setting in self.settings) if self.settings else self.to_json()
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.config["seeds"])

    @cached_property
    def facts(self) -> Facts:
        facts = facts_of({"features": None, **self.config["dataset"]})
        if facts is None:
            raise InvalidConfig(())
        return facts

    @property
    def all_facts(self) -> tuple[Facts, ...]:
        """What is known of the data; of a sweep, of the data of every setting."""
        return tuple(setting.spec.facts for setting in self.settings) or (self.facts,)

    @property
    def words(self) -> dict[str, str]:
        """The config in words: `title` like "2-3-1 sigmoid on xor", `line` like "SGD, lr 2 · 16 seeds"."""
        return {"title": words.title(self.config, self.facts), "line": words.line(self.config)}

    @property
    def varied(self) -> tuple[dict[str, Any], ...]:
        """What each setting of the sweep sets, by path; empty where there is none."""
        return tuple(setting.values for setting in self.settings)

    @property
    def configs(self) -> tuple[dict[str, Any], ...]:
        """What is trained: the config, or that of every setting of the sweep."""
        return tuple(setting.spec.config for setting in self.settings) or (self.config,)

    def was_written(self, *path: str | int) -> bool:
        """Did the writer say this, or is it a default? What comes from JSON counts as written."""
        return not self.places or path in self.places

    def to_json(self) -> str:
        """The canonical text; of a sweep the text that it was read from, as JSON."""
        return canonical.text_of(self.config if self.written is None else self.written)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Take back what `to_json` gave; it is trusted. A sweep is read again, to make its settings."""
        config = json.loads(text)
        return replace(parse(text), notes=(), places={}) if "sweep" in config else cls(config)


def parse(text: str, *, line: int = 1, column: int = 1) -> Spec:
    """Read a config. Raises InvalidConfig with every problem at once.

    `line` and `column` say where the config's first character stands in the text around it.
    """
    log = Log(line, column)
    tree = read(text, log)
    if tree is None:
        raise _invalid(text, log)
    draft = judged(tree, log)
    if log.problems:
        raise _invalid(text, log)
    config = canonical.complete(draft)
    example_has_a_seed(config, log)
    made = _with_settings(tree, draft, config, log) if draft.values["sweep"] and not log.problems else Spec(config)
    if made is None or log.problems:
        raise _invalid(text, log)
    places = {path: log.outer(*place) for path, place in log.places.items()}
    return replace(made, title=draft.values["title"], notes=tuple(log.notes), places=places)


def _with_settings(tree: Mapping, draft: Draft, config: dict[str, Any], log: Log) -> Spec | None:
    """The spec of a sweep; None where the log says what is wrong with it."""
    made = sweep.expanded(tree, draft.values["sweep"], config["seeds"], log)
    if made is None:
        return None
    settings = tuple(sweep.Setting(values, Spec(config)) for values, config in made.settings)
    sweep.check_effects(settings, made.block, log)
    return Spec({**settings[0].spec.config, "sweep": made.block}, settings=settings, written=made.written)


def _invalid(text: str, log: Log) -> InvalidConfig:
    name_wide_signs(text, log)
    return InvalidConfig(log.sorted())
