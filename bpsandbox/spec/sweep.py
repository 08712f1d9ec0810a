"""From a config with a sweep to its settings: the config as it is written, with other values at some of its paths.

A setting is read like any config, from its own values: compat, defaults and hash follow from these, and from nothing
of the config that the sweep is part of but what is pinned. So its hash is that of the config that somebody writes with
the same values, and with what is pinned.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bpsandbox.core.streams import stream
from bpsandbox.messages import _, sentences

from . import canonical
from .draft import Draft
from .judging import judged
from .language.sweep import path_of
from .nodes import Mapping, Node, Scalar, Sequence, plain
from .placing import NoBlock, canonical_path, placed
from .problems import Log, Path, excerpt, format_path

if TYPE_CHECKING:
    from .spec import Spec

Config = dict[str, Any]
Values = dict[str, Any]
Nodes = dict[str, Node]

PINNED = ("seeds",)
"""Defaults that follow from the whole config, and that settings take from the config without its sweep instead. All
settings have the same seeds, which draw their starts, batches and masks."""
SHARED = ("seeds", "dtype", "metrics", "checks", "record", "stopping")
"""Blocks that no sweep varies, as all settings are measured and recorded alike."""
APART = ("version", "title", "notes", "seed", "sweep")
"""Blocks that no sweep can vary."""
LENGTH = ("epochs", "steps", "eval_every")
"""Fields of `training` that no sweep varies: settings are recorded at the same points."""
STACKABLE = ("lr", "init", "bias_init")
"""What may differ within one stack: rates and starts are numbers of each seed."""
NOT_STORED = ("title", "notes", "sweep")
MOST_LAYERS = 1024
"""Of all settings together: reading them takes a fifth of a second."""
LARGEST_SHUFFLED = 4096
"""Grids up to this are shuffled to draw from them."""


@dataclass(frozen=True)
class Setting:
    """One setting of a sweep: the values that were set, by path, and the spec that this makes."""

    values: Values
    spec: Spec

    @cached_property
    def group(self) -> str:
        """Settings of equal group train as one stack."""
        config = self.spec.config
        if config["optimizer"]["type"] != "LBFGS":
            layers = [_without_stackable(layer) for layer in config["model"]["layers"]]
            optimizer = _without_stackable(config["optimizer"])
            config = {**config, "model": {**config["model"], "layers": layers}, "optimizer": optimizer}
        return hashlib.sha256(canonical.text_of(config).encode()).hexdigest()


def _without_stackable(block: Config) -> Config:
    return {name: value for name, value in block.items() if name not in STACKABLE}


@dataclass(frozen=True)
class Axis:
    """A path that is varied, and the values that it takes."""

    key: str
    """As it is written."""
    name: str
    """In our words."""
    values: list[Node]

    @property
    def way(self) -> Path:
        return path_of(self.key) or ()

    @property
    def path(self) -> Path:
        return path_of(self.name) or ()


@dataclass(frozen=True)
class Expanded:
    """What a sweep comes to."""

    settings: list[tuple[Values, Config]]
    """Each setting's values by path, and its canonical config."""
    written: Config
    """The config as it is written, less title and notes, with the first setting's values and with what is pinned."""
    block: Config
    """The sweep, with paths and numbers in our words."""


def expanded(tree: Mapping, sweep: Config, seeds: list[int], log: Log) -> Expanded | None:
    """Make the settings of a config's sweep; None where the log says what is wrong with them.

    Without its sweep the config is sound, and has these seeds.
    """
    base = _pinned(tree, seeds)
    axes = list(_axes(tree, base, log))
    if not log.problems:
        _check_size(sweep, log)
    if log.problems:
        return None
    reader, chosen = _Reader(base, axes, log), combinations(sweep)
    settings = list(reader.settings(chosen))
    if log.problems:
        return None
    first = reader.tree(chosen[0])
    return Expanded(
        settings,
        {**plain(first), "sweep": {**sweep, "parameters": {axis.key: list(map(plain, axis.values)) for axis in axes}}},
        {**sweep, "parameters": {axis.name: reader.values(axis) for axis in axes}},
    )


def _pinned(tree: Mapping, seeds: list[int]) -> Mapping:
    """The config that settings are made of: without sweep, and with the defaults that all of them share written in."""
    entries = [(key, node) for key, node in tree.entries if key.value not in NOT_STORED]
    if not any(tree.get(name) for name in ("seed", *PINNED)):
        count = Scalar((0, 0), len(seeds), str(len(seeds)))
        entries.append((_word("seeds"), Mapping((0, 0), [(_word("count"), count)])))
    return Mapping(tree.at, entries)


def _word(text: str) -> Scalar:
    return Scalar((0, 0), text, text)


def _axes(tree: Mapping, base: Mapping, log: Log) -> Iterator[Axis]:
    """The paths in the order of their names. Tells of those that lead nowhere, or to what settings share."""
    parameters = tree.get("sweep").get("parameters")  # type: ignore[union-attr]
    axes = [_axis(key.text, node.items, base, log) for key, node in parameters.entries]  # type: ignore[union-attr]
    names: dict[str, str] = {}
    for axis in sorted(filter(None, axes), key=lambda axis: axis.name):
        if axis.name in names:
            message = _("{name} appears twice, once as {alias}.", name=axis.name, alias=axis.key)
            log.add(("sweep", "parameters", axis.key), message, "duplicate")
        names[axis.name] = axis.key
        yield axis


def _axis(key: str, values: list[Node], base: Mapping, log: Log) -> Axis | None:
    here = ("sweep", "parameters", key)
    try:
        path = canonical_path(base, path_of(key) or ())
    except NoBlock:
        block, _dot, name = key.rpartition(".")
        message = _("There is no {block} in this config whose {field} could be set: write it first.",
                    block=block or key, field=name or key)  # fmt: skip
        log.add(here, message, "sweep_path", seen=key)
        return None
    if path[0] in (*SHARED, *APART) or (path[0] == "training" and path[-1] in LENGTH):
        log.add(here, _same_for_all(format_path(path)), "sweep_shared", seen=key)
    return Axis(key, format_path(path), values)


def _same_for_all(name: str) -> str:
    return _("{name} is the same for all settings of a sweep: it cannot be varied.", name=name)


def _check_size(sweep: Config, log: Log) -> None:
    """A grid is counted before it is made."""
    grid = math.prod(map(len, sweep["parameters"].values()))
    if sweep["method"] == "grid" and grid > sweep["run_cap"]:
        message = _("The grid has {seen} settings; run_cap allows {cap}. Try fewer values, or method: random.",
                    seen=grid, cap=sweep["run_cap"])  # fmt: skip
        log.add(("sweep", "parameters"), message, "sweep_size", seen=str(grid), allowed=str(sweep["run_cap"]))


def size(sweep: Config) -> int:
    """Number of settings."""
    return min(math.prod(map(len, sweep["parameters"].values())), sweep["run_cap"])


def combinations(sweep: Config) -> list[tuple[int, ...]]:
    """Which value of each path a setting has: all combinations, or those that are drawn, in the grid's order.

    Paths are in the order of their names. A large grid is never made: its places are drawn axis by axis.
    """
    counts = [len(values) for _name, values in sorted(sweep["parameters"].items())]
    grid, cap = math.prod(counts), sweep["run_cap"]
    if grid <= cap:
        return list(itertools.product(*map(range, counts)))
    rng = stream(sweep["seed"], "data")
    if grid <= LARGEST_SHUFFLED:
        drawn = sorted(rng.permutation(grid)[:cap].tolist())
        return [tuple(map(int, np.unravel_index(place, counts))) for place in drawn]
    places: set[tuple[int, ...]] = set()
    while len(places) < cap:
        places.add(tuple(int(rng.integers(count)) for count in counts))
    return sorted(places)


class _Reader:
    """Reads settings, and tells each first problem of one where the value that brought it stands, once."""

    def __init__(self, base: Mapping, axes: list[Axis], log: Log) -> None:
        self.base, self.axes, self.log = base, axes, log
        self.told: set[tuple[str, str]] = set()
        self.length: Any = None
        self.floats: set[str] = set()
        """Names of the paths whose values are numbers that need not be whole."""

    def tree(self, places: tuple[int, ...]) -> Mapping:
        """The config of one setting as its writer would write it. Raises NoBlock."""
        tree = self.base
        for axis, place in zip(self.axes, places, strict=True):
            tree = placed(tree, axis.way, axis.values[place])
        return tree

    def settings(self, chosen: list[tuple[int, ...]]) -> Iterator[tuple[Values, Config]]:
        """Values and canonical config of every setting that can run with the others."""
        layers = 0
        for places in chosen:
            try:
                tree = self.tree(places)
            except NoBlock:
                self._tell(places, (), _("The values of this sweep do not go together."))
                continue
            layers += _layers(tree)
            if layers > MOST_LAYERS:
                message = _("All settings of a sweep together have at most {limit} layers. Try fewer values.",
                            limit=f"{MOST_LAYERS:,}")  # fmt: skip
                self.log.add(("sweep", "parameters"), message, "sweep_size", allowed=str(MOST_LAYERS))
                return
            made = self._setting(tree, places)
            if made is not None:
                yield made

    def _setting(self, tree: Mapping, places: tuple[int, ...]) -> tuple[Values, Config] | None:
        log = Log(known=self.log.known)
        draft = judged(tree, log)
        if log.problems:
            first = log.problems[0]
            self._tell(places, path_of(first.path) or (), first.message, first.code)
            return None
        config = canonical.complete(draft)
        if not self._has_the_length_of_the_others(places, config["training"]):
            return None
        values = {axis.name: self._value(axis, place, draft) for axis, place in zip(self.axes, places, strict=True)}
        return values, config

    def _has_the_length_of_the_others(self, places: tuple[int, ...], training: Config) -> bool:
        length = {name: training.get(name) for name in LENGTH}
        self.length = self.length or length
        for name in LENGTH:
            if length[name] != self.length[name]:
                self._tell(places, ("training",), _same_for_all(f"training.{name}"))
                return False
        return True

    def _value(self, axis: Axis, place: int, draft: Draft) -> Any:
        value = plain(axis.values[place])
        if type(value) is int and isinstance(draft.get(*axis.path), float):
            self.floats.add(axis.name)
            return float(value)
        return value

    def values(self, axis: Axis) -> list[Any]:
        """All values of a path, 1 as 1.0 where it is a number that need not be whole."""
        values = map(plain, axis.values)
        return [float(value) if axis.name in self.floats and type(value) is int else value for value in values]

    def _tell(self, places: tuple[int, ...], where: Path, sentence: str, code: str = "") -> None:
        """Tell of the swept path nearest to the place that is complained of."""
        axis, place = max(zip(self.axes, places, strict=True), key=lambda pair: _in_common(pair[0].path, where))
        if (axis.key, sentence) in self.told:
            return
        self.told.add((axis.key, sentence))
        value = excerpt(plain(axis.values[place]))
        message = _("With {name}: {value}: {problem}", name=axis.key, value=value, problem=sentence)
        if code == "unknown_field":
            message = sentences(message, _whole_blocks(axis, value))
        self.log.add(("sweep", "parameters", axis.key), message, "sweep_member", seen=value)


def _layers(tree: Mapping) -> int:
    """How many layers a config has."""
    model = tree.get("model")
    layers = model.get("layers") if isinstance(model, Mapping) else None
    return len(layers.items) if isinstance(layers, Sequence) else 0


def _in_common(path: Path, other: Path) -> int:
    """How many parts two paths begin with together."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False)))


def _whole_blocks(axis: Axis, value: str) -> str:
    """What to write where the fields of one kind stand beside the name of another."""
    block, _dot, tag = axis.key.rpartition(".")
    if tag not in ("type", "name") or not block:
        return ""
    example = f"{block}: [{{{tag}: {value}}}, {{{tag}: …, …: …}}]"
    return _("Each kind has fields of its own: vary whole blocks, like {example}.", example=example)


def check_effects(settings: tuple[Setting, ...], block: Config, log: Log) -> None:
    """Tell of a path whose values all come to the same config, whatever the other paths have."""
    for name in block["parameters"]:
        alike: dict[str, list[Setting]] = {}
        for setting in settings:
            others = {other: value for other, value in setting.values.items() if other != name}
            alike.setdefault(repr(others), []).append(setting)
        groups = list(alike.values())
        if any(len(group) > 1 for group in groups) and all(len({s.spec.hash for s in group}) == 1 for group in groups):
            ends = next(group for group in groups if len(group) > 1)[:2]
            message = _("{name} changes nothing here: with {first} and with {other} the same is trained.", name=name,
                        first=excerpt(ends[0].values[name]), other=excerpt(ends[1].values[name]))  # fmt: skip
            log.add(("sweep", "parameters", name), message, "sweep_void", seen=name)
