"""Make the settings of a sweep: the config as written, with other values at some paths.

A setting is read like any config: compat, defaults and hash follow from its own values and from the pinned fields, not
from the config of the sweep. So its hash is that of the config written with these values and the pinned fields.
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
from .checking import checked
from .draft import Draft
from .language.sweep import SWEEP, path_of
from .nodes import Mapping, Node, Scalar, Sequence, plain
from .placing import NoBlock, canonical_path, placed
from .problems import Log, Path, excerpt, format_path

if TYPE_CHECKING:
    from .spec import Spec

Config = dict[str, Any]
Values = dict[str, Any]
Nodes = dict[str, Node]

PINNED = ("seeds",)
"""Defaults that depend on the whole config, and that settings take from the config without its sweep. All settings have
the same seeds, from which initial weights, batches and dropout masks are drawn."""
SHARED = ("seeds", "dtype", "metrics", "checks", "record", "stopping")
"""Blocks that cannot be varied, because all settings are evaluated and recorded alike."""
NOT_SWEPT = ("version", "title", "notes", "seed", "sweep")
"""Other blocks that cannot be varied."""
LENGTH = ("epochs", "steps", "eval_every")
"""Fields of `training` that cannot be varied, because all settings are recorded at the same points."""
STACKABLE = ("lr", "init", "bias_init")
"""Fields that may differ within a stack: learning rates and initialisation are per seed."""
NOT_STORED = ("title", "notes", "sweep")
MOST_LAYERS = 1024
"""Of all settings together: reading them takes a fifth of a second."""
LARGEST_SHUFFLED = 4096
"""Size up to which a grid is shuffled to draw from it."""


@dataclass(frozen=True)
class Setting:
    """One setting of a sweep: its values by path, and its spec."""

    values: Values
    spec: Spec

    @cached_property
    def group(self) -> str:
        """Key of the stack: settings with equal keys train as one stack."""
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
    """A varied path and its values."""

    key: str
    """The path as written."""
    name: str
    """The path with our names."""
    values: list[Node]

    @property
    def written_path(self) -> Path:
        return path_of(self.key) or ()

    @property
    def path(self) -> Path:
        return path_of(self.name) or ()


@dataclass(frozen=True)
class Expanded:
    """The result of reading a sweep."""

    settings: list[tuple[Values, Config]]
    """Values by path and canonical config of each setting."""
    written: Config
    """The config as written, without title and notes, with the values of the first setting and the pinned fields."""
    block: Config
    """The sweep block, with canonical paths and values."""


def expanded(tree: Mapping, sweep: Config, seeds: list[int], log: Log) -> Expanded | None:
    """Make the settings of a sweep; return None, with problems in the log, where they are wrong.

    The config without its sweep has no problems, and has these seeds.
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
        {**plain(first), "sweep": _written(sweep, axes)},
        {**sweep, "parameters": {axis.name: reader.values(axis) for axis in axes}},
    )


def _written(sweep: Config, axes: list[Axis]) -> Config:
    """The block as it is written, without defaults."""
    parameters = {axis.key: list(map(plain, axis.values)) for axis in axes}
    others = {name: value for name, value in sweep.items() if name != "parameters"}
    return {**{n: value for n, value in others.items() if value != SWEEP.fields[n].default}, "parameters": parameters}


def _pinned(tree: Mapping, seeds: list[int]) -> Mapping:
    """Return the config from which settings are made: without the sweep, with the pinned defaults."""
    entries = [(key, node) for key, node in tree.entries if key.value not in NOT_STORED]
    if not any(tree.get(name) for name in ("seed", *PINNED)):
        count = Scalar((0, 0), len(seeds), str(len(seeds)))
        entries.append((_word("seeds"), Mapping((0, 0), [(_word("count"), count)])))
    return Mapping(tree.at, entries)


def _word(text: str) -> Scalar:
    return Scalar((0, 0), text, text)


def _axes(tree: Mapping, base: Mapping, log: Log) -> Iterator[Axis]:
    """Return the varied paths, sorted by name. Reports paths that do not exist or cannot be varied."""
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
    if path[0] in (*SHARED, *NOT_SWEPT) or (path[0] == "training" and path[-1] in LENGTH):
        log.add(here, _same_for_all(format_path(path)), "sweep_shared", seen=key)
    return Axis(key, format_path(path), values)


def _same_for_all(name: str) -> str:
    return _("{name} is the same for all settings of a sweep: it cannot be varied.", name=name)


def _check_size(sweep: Config, log: Log) -> None:
    """Check the size of the grid, before it is made."""
    grid = math.prod(map(len, sweep["parameters"].values()))
    if sweep["method"] == "grid" and grid > sweep["run_cap"]:
        message = _("The grid has {seen} settings; run_cap allows {cap}. Try fewer values, or method: random.",
                    seen=grid, cap=sweep["run_cap"])  # fmt: skip
        log.add(("sweep", "parameters"), message, "sweep_size", seen=str(grid), allowed=str(sweep["run_cap"]))


def size(sweep: Config) -> int:
    """Return the number of settings."""
    return min(math.prod(map(len, sweep["parameters"].values())), sweep["run_cap"])


def combinations(sweep: Config) -> list[tuple[int, ...]]:
    """Return the index of each path's value for every setting: all combinations or random ones, in the grid's order.

    Paths are sorted by name. A large grid is never made: random combinations are drawn axis by axis.
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
    """Reads settings, and reports the first problem of each at the value that caused it, once."""

    def __init__(self, base: Mapping, axes: list[Axis], log: Log) -> None:
        self.base, self.axes, self.log = base, axes, log
        self.reported: set[tuple[str, str]] = set()
        self.length: Any = None
        self.floats: set[str] = set()
        """Names of the paths with real-number values."""

    def tree(self, places: tuple[int, ...]) -> Mapping:
        """Return the config of one setting as it would be written. Raises NoBlock."""
        tree = self.base
        for axis, place in zip(self.axes, places, strict=True):
            tree = placed(tree, axis.written_path, axis.values[place])
        return tree

    def settings(self, chosen: list[tuple[int, ...]]) -> Iterator[tuple[Values, Config]]:
        """Yield values and canonical config of every setting that can run with the others."""
        layers = 0
        for places in chosen:
            try:
                tree = self.tree(places)
            except NoBlock:
                self._report(places, (), _("The values of this sweep do not go together."))
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
        draft = checked(tree, log)
        if log.problems:
            first = log.problems[0]
            self._report(places, path_of(first.path) or (), first.message, first.code)
            return None
        config = canonical.complete(draft)
        if not self._check_length(places, config["training"]):
            return None
        values = {axis.name: self._value(axis, place, draft) for axis, place in zip(self.axes, places, strict=True)}
        return values, config

    def _check_length(self, places: tuple[int, ...], training: Config) -> bool:
        """Report a setting whose points are not those of the first one; return whether they are."""
        length = {name: training.get(name) for name in LENGTH}
        self.length = self.length or length
        for name in LENGTH:
            if length[name] != self.length[name]:
                self._report(places, ("training",), _same_for_all(f"training.{name}"))
                return False
        return True

    def _value(self, axis: Axis, place: int, draft: Draft) -> Any:
        value = plain(axis.values[place])
        if type(value) is int and isinstance(draft.get(*axis.path), float):
            self.floats.add(axis.name)
            return float(value)
        return value

    def values(self, axis: Axis) -> list[Any]:
        """Return all values of a path, as floats where it takes real numbers."""
        values = map(plain, axis.values)
        return [float(value) if axis.name in self.floats and type(value) is int else value for value in values]

    def _report(self, places: tuple[int, ...], where: Path, sentence: str, code: str = "") -> None:
        """Report a problem at the varied path that is closest to the problem's path."""
        axis, place = max(zip(self.axes, places, strict=True), key=lambda pair: _in_common(pair[0].path, where))
        if (axis.key, sentence) in self.reported:
            return
        self.reported.add((axis.key, sentence))
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
    """Return the length of the common start of two paths."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(path, other, strict=False)))


def _whole_blocks(axis: Axis, value: str) -> str:
    """Return what to write where fields of one type are given with the name of another."""
    block, _dot, tag = axis.key.rpartition(".")
    if tag not in ("type", "name") or not block:
        return ""
    example = f"{block}: [{{{tag}: {value}}}, {{{tag}: …, …: …}}]"
    return _("Each kind has fields of its own: vary whole blocks, like {example}.", example=example)


def check_effects(settings: tuple[Setting, ...], block: Config, log: Log) -> None:
    """Report a path whose values have no effect, whatever the other paths are."""
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
