"""From a config with a sweep to its members: the config with all defaults written out, and some values set."""

from __future__ import annotations

import copy
import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bpsandbox.core.streams import stream
from bpsandbox.messages import _, sentences

from . import compat
from .cost.sizes import Sizes
from .facts import facts_of
from .kinds import Kind, ListOf
from .language import CONFIG
from .language.dataset import NAMED, DatasetKind
from .language.sweep import path_of
from .problems import InvalidConfig, Log, Path, shown
from .records import Record, Variant

if TYPE_CHECKING:
    from .spec import Spec

Config = dict[str, Any]
Values = dict[str, Any]

SHARED = ("version", "title", "notes", "seed", "seeds", "dtype", "metrics", "checks", "record", "stopping", "sweep")
"""Blocks that all members have in common."""
LENGTH = ("epochs", "steps", "eval_every")
STACKABLE = ("lr", "init", "bias_init")
"""What may differ within one stack: rates and starts are numbers of each seed."""


@dataclass(frozen=True)
class Setting:
    """One member: the values that were set, by path, and the spec that this makes."""

    values: Values
    spec: Spec

    @property
    def group(self) -> str:
        """Settings of equal group train as one stack."""
        config = copy.deepcopy(self.spec.config)
        if config["optimizer"]["type"] != "LBFGS":
            for block in (config["optimizer"], *config["model"]["layers"]):
                for name in STACKABLE:
                    block.pop(name, None)
        return json.dumps(config, sort_keys=True)


def settings(config: Config, parse: Callable[[str], Spec]) -> tuple[Setting, ...]:
    """All members of a canonical config's sweep. Raises InvalidConfig for one that is no config."""
    return tuple(Setting(values, parse(_text(config, values))) for values in chosen(config["sweep"]))


def chosen(sweep: Config) -> list[Values]:
    """The combinations of the grid, or the ones that were drawn of it, in the grid's order."""
    names = list(sweep["parameters"])
    grid = [dict(zip(names, values, strict=True)) for values in itertools.product(*sweep["parameters"].values())]
    if sweep["method"] == "grid" or len(grid) <= sweep["run_cap"]:
        return grid
    drawn = stream(sweep["seed"], "data").permutation(len(grid))[: sweep["run_cap"]]
    return [grid[place] for place in sorted(drawn.tolist())]


def size(sweep: Config) -> int:
    """Number of members."""
    grid = math.prod(len(values) for values in sweep["parameters"].values())
    return grid if sweep["method"] == "grid" else min(grid, sweep["run_cap"])


def judge(config: Config, log: Log, parse: Callable[[str], Spec]) -> None:
    """Say what is wrong with the members of a canonical config's sweep, each where its value stands."""
    sweep = config["sweep"]
    _check_paths(config, log)
    grid = math.prod(len(values) for values in sweep["parameters"].values())
    if sweep["method"] == "grid" and grid > sweep["run_cap"]:
        message = _("The grid has {seen} settings; run_cap allows {cap}. Try fewer values, or method: random.",
                    seen=grid, cap=sweep["run_cap"])  # fmt: skip
        log.add(("sweep", "parameters"), message, "sweep_size", seen=str(grid), allowed=str(sweep["run_cap"]))
    if not log.problems:
        _check_members(config, log, parse)


def _check_paths(config: Config, log: Log) -> None:
    for name in config["sweep"]["parameters"]:
        path, here = path_of(name) or (), ("sweep", "parameters", name)
        if path[0] in SHARED or (path[0] == "training" and path[-1] in LENGTH):
            message = _("{name} is the same for all settings of a sweep: it cannot be varied.", name=name)
            log.add(here, message, "sweep_shared", seen=name)
        elif not _leads_somewhere(config, path):
            message = _("There is no {block} in this config whose {field} could be set: write it first.",
                        block=name.rpartition(".")[0] or name, field=path[-1])  # fmt: skip
            log.add(here, message, "sweep_path", seen=name)


def _leads_somewhere(config: Config, path: Path) -> bool:
    block: Any = config
    for part in path[:-1]:
        if isinstance(part, int) != isinstance(block, list) or (isinstance(part, int) and part >= len(block)):
            return False
        block = block[part] if isinstance(block, list) else block.get(part)  # type: ignore[index]
    wanted: type = dict if isinstance(path[-1], str) else list
    return isinstance(block, wanted)


def _check_members(config: Config, log: Log, parse: Callable[[str], Spec]) -> None:
    """Tell each first problem of a member where the value that brought it stands."""
    told = set()
    for values in chosen(config["sweep"]):
        try:
            parse(_text(config, values))
        except InvalidConfig as error:
            name = _culprit(values, error)
            sentence = error.problems[0].message
            if (name, sentence) not in told:
                told.add((name, sentence))
                message = _("With {name}: {value}: {problem}", name=name, value=shown(values[name]), problem=sentence)
                message = sentences(message, _whole_blocks(name, values[name], error))
                log.add(("sweep", "parameters", name), message, "sweep_member", seen=shown(values[name]))


def _whole_blocks(name: str, value: Any, error: InvalidConfig) -> str:
    """What to write where the fields of one kind stand beside the name of another."""
    block, _dot, tag = name.rpartition(".")
    if error.problems[0].code != "unknown_field" or tag not in ("type", "name") or not block:
        return ""
    example = f"{block}: [{{{tag}: {value}}}, {{{tag}: …, …: …}}]"
    return _("Each kind has fields of its own: vary whole blocks, like {example}.", example=example)


def _culprit(values: Values, error: InvalidConfig) -> str:
    """The swept path nearest to the place that is complained of."""
    where = error.problems[0].path
    return max(values, key=lambda name: len(_common(name, where)))


def _common(a: str, b: str) -> list[str]:
    return [x for x, y in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))]


def _text(config: Config, values: Values) -> str:
    """The config of one member, as a text."""
    member = copy.deepcopy({name: block for name, block in config.items() if name != "sweep"})
    _leave_length_open(member)
    for name, value in values.items():
        *way, last = path_of(name) or ()
        block: Any = member
        for part in way:
            block = block[part]
        _forget_defaults(member, tuple(way), block, last, value)
        block[last] = value
    return json.dumps(member)


def _leave_length_open(member: Config) -> None:
    """A schedule over the whole run is one over the member's, which may have other batches."""
    scheduler, facts = member.get("lr_scheduler", {}), facts_of({"features": None, **member["dataset"]})
    name = {"OneCycleLR": "total_steps", "CosineAnnealingLR": "T_max"}.get(scheduler.get("type"))
    if name is None or facts is None:
        return
    sizes = Sizes(member, facts)
    whole = math.ceil(sizes.epochs) if scheduler.get("per") == "epoch" else sizes.steps
    if scheduler[name] == whole:
        del scheduler[name]


def _forget_defaults(member: Config, way: Path, block: Any, tag: Any, value: Any) -> None:
    """Where another kind is named, drop the old kind's fields that it lacks and that nobody has set."""
    kind = _kind_at(member, way)
    if not isinstance(kind, Variant) or tag != kind.tag or not isinstance(value, str):
        return
    old, new = block[tag], kind.records.get(kind.aliases.get(value, value))
    for name in [] if new is None else set(block) - {tag, *new.fields}:
        known = kind.records[old].fields.get(name)
        if known is None or known.default is None or block[name] in (known.default, *compat.defaults(old, name)):
            del block[name]


def _kind_at(config: Config, way: Path) -> Kind | None:
    """The kind of the block at a path."""
    kind: Kind | None = CONFIG
    block: Any = config
    for part in way:
        if isinstance(kind, DatasetKind):
            kind = NAMED
        if isinstance(kind, Variant):
            kind = kind.records.get(block.get(kind.tag))
        known = kind.fields.get(str(part)) if isinstance(kind, Record) else None
        kind = kind.item if isinstance(kind, ListOf) else known.kind if known else None
        block = block[part]
    return NAMED if isinstance(kind, DatasetKind) else kind
