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
from bpsandbox.messages import _

from .language.sweep import path_of
from .problems import InvalidConfig, Log, Path, shown

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
                log.add(("sweep", "parameters", name), message, "sweep_member", seen=shown(values[name]))


def _culprit(values: Values, error: InvalidConfig) -> str:
    """The swept path nearest to the place that is complained of."""
    where = error.problems[0].path
    return max(values, key=lambda name: len(_common(name, where)))


def _common(a: str, b: str) -> list[str]:
    return [x for x, y in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))]


def _text(config: Config, values: Values) -> str:
    """The config of one member, as a text."""
    member = copy.deepcopy({name: block for name, block in config.items() if name != "sweep"})
    for name, value in values.items():
        *way, last = path_of(name) or ()
        block: Any = member
        for part in way:
            block = block[part]
        block[last] = value
    return json.dumps(member)
