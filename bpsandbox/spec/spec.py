"""A config that can run, in canonical form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from . import canonical, sweep, words
from .checking import reading_of
from .draft import Draft
from .facts import Facts, facts_of
from .nodes import Mapping
from .problems import InvalidConfig, Log
from .rules.measuring import example_has_a_seed
from .wide import name_wide_signs


@dataclass(frozen=True)
class Spec:
    """A canonical config: `config` contains every default. Title and notes are not part of it, nor of the hash.

    For a sweep, `config` is the config of the first setting plus the block `sweep`.
    """

    config: dict[str, Any]
    title: str = ""
    notes: tuple[str, ...] = ()
    places: dict[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)
    """Line and column (from 1) of every path in the text it was read from; empty when it comes from JSON."""
    settings: tuple[sweep.Setting, ...] = field(default=(), compare=False, repr=False)
    """The settings of the sweep; empty without a sweep."""
    written: dict[str, Any] | None = field(default=None, compare=False, repr=False)
    """For a sweep, the config as written, from which the settings are made."""

    @cached_property
    def hash(self) -> str:
        """Name of the spec, 32 hex digits: hash of the canonical text, or of the hashes of its settings in order."""
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
        """Facts about the data; for a sweep, of every setting."""
        return tuple(setting.spec.facts for setting in self.settings) or (self.facts,)

    @property
    def words(self) -> dict[str, str]:
        """Short descriptions: `title` like "2-3-1 sigmoid on XOR", `line` like "SGD, lr 2 · 16 seeds"."""
        return {
            "title": words.title(self.configs, self.facts),
            "line": words.line(self.configs, self.config.get("sweep")),
        }

    @property
    def sizes(self) -> tuple[str, ...]:
        """Sizes like "2-3-1" of the network, or of each setting's; empty where not all its layers are linear."""
        return tuple(words.sizes(config, facts) for config, facts in zip(self.configs, self.all_facts, strict=True))

    @property
    def varied(self) -> tuple[dict[str, Any], ...]:
        """Values of each setting of the sweep, by path; empty without a sweep."""
        return tuple(setting.values for setting in self.settings)

    @property
    def configs(self) -> tuple[dict[str, Any], ...]:
        """The configs to train: this one, or those of all settings of the sweep."""
        return tuple(setting.spec.config for setting in self.settings) or (self.config,)

    def was_written(self, *path: str | int) -> bool:
        """Return whether a field was given, not a default. All fields of a spec from JSON count as given."""
        return not self.places or path in self.places

    def to_json(self) -> str:
        """Return the canonical text; for a sweep the config as written, as JSON."""
        return canonical.text_of(self.config if self.written is None else self.written)

    @classmethod
    def from_json(cls, text: str) -> Spec:
        """Load the result of `to_json`, which is trusted. A sweep is read again to make its settings."""
        config = json.loads(text)
        return replace(parse(text), notes=(), places={}) if "sweep" in config else cls(config)


def parse(text: str, *, line: int = 1, column: int = 1) -> Spec:
    """Read a config. Raises InvalidConfig with all problems.

    `line` and `column` are the place of the config's first character in the text around it.
    """
    reading = reading_of(text, line, column)
    tree, draft = reading.tree, reading.draft
    log = reading.log.branch()
    if tree is None or draft is None or log.problems:
        raise _invalid(text, log)
    config = canonical.complete(draft)
    example_has_a_seed(config, log)
    made = _with_settings(tree, draft, config, log) if draft.values["sweep"] and not log.problems else Spec(config)
    if made is None or log.problems:
        raise _invalid(text, log)
    places = {path: log.outer(*place) for path, place in log.places.items()}
    return replace(made, title=draft.values["title"], notes=tuple(log.notes), places=places)


def _with_settings(tree: Mapping, draft: Draft, config: dict[str, Any], log: Log) -> Spec | None:
    """Return the spec of a sweep; None, with a problem in the log, where it is wrong."""
    made = sweep.expanded(tree, draft.values["sweep"], config["seeds"], log)
    if made is None:
        return None
    settings = tuple(sweep.Setting(values, Spec(config)) for values, config in made.settings)
    sweep.check_effects(settings, made.block, log)
    return Spec({**settings[0].spec.config, "sweep": made.block}, settings=settings, written=made.written)


def _invalid(text: str, log: Log) -> InvalidConfig:
    name_wide_signs(text, log)
    return InvalidConfig(log.sorted())
