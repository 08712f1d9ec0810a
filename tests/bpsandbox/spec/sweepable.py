"""Every path of a config that can be swept, with values to try, generated from the language's declaration.

python -m tests.bpsandbox.spec.sweepable 400 [SEED]

sweeps that many random configs over every path and prints the number of pairs and the outcomes.
"""

from __future__ import annotations

import collections
import copy
import itertools
import json
import random
import re
import sys
from collections.abc import Iterator
from typing import Any

import yaml

from bpsandbox import spec
from bpsandbox.spec.kinds import Axis, Choice, Either, Flag, Integer, Kind, ListOf, Number, Size
from bpsandbox.spec.language import CONFIG
from bpsandbox.spec.language.dataset import INLINE, NAMED, DatasetKind
from bpsandbox.spec.records import Record, Switch, Variant
from bpsandbox.spec.sweep import LENGTH, NOT_SWEPT, SHARED, path_of

from .random_configs import random_config

Config = dict[str, Any]
SMALL = {"n_samples": [12, 20, 33], "length": [4, 5, 6], "batch_size": [2, 3, "full"]}
"""Values near what random configs have, so that most settings are sound."""


def random_tree(rng: random.Random) -> Config:
    tree: Config = yaml.safe_load(random_config(rng))
    return tree


def paths(config: Config) -> Iterator[tuple[str, list[Any]]]:
    """Return every path that can be swept in a config, written or not, with up to three values for it."""
    for name, known in CONFIG.fields.items():
        if name not in (*SHARED, *NOT_SWEPT):
            yield from _paths(known.kind, config.get(name), name)


def _paths(kind: Kind, node: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    if path.rpartition(".")[0] == "training" and path.rpartition(".")[2] in LENGTH:
        return
    values = SMALL.get(path.rpartition(".")[2]) or list(_values(kind))
    if values:
        yield path, values[:3]
    record = _record(kind, node)
    for name, known in record.fields.items() if record else ():
        inner = node.get(name) if isinstance(node, dict) else None
        yield from _paths(known.kind, inner, f"{path}.{name}")
    if isinstance(kind, Variant) and node is not None:
        yield f"{path}.{kind.tag}", list(kind.records)[:3]
    if isinstance(kind, ListOf) and isinstance(node, list):
        for i, item in enumerate(node):
            yield from _paths(kind.item, item, f"{path}[{i}]")


def _record(kind: Kind, node: Any) -> Record | None:
    """Return the record that declares a block's fields; None if there is no block."""
    if isinstance(kind, DatasetKind):
        kind = INLINE if "points" in node else NAMED
    if isinstance(kind, Variant) and node is not None:
        return kind.records.get(node if isinstance(node, str) else node[kind.tag])
    return kind if isinstance(kind, Record) and not isinstance(kind, Switch) else None


def _values(kind: Kind) -> Iterator[Any]:
    """Return values of a kind."""
    if isinstance(kind, Choice):
        yield from kind.words
    elif isinstance(kind, Flag):
        yield from (True, False)
    elif isinstance(kind, Either):
        yield from [*_values(kind.other), *kind.words][-3:]
    elif isinstance(kind, Axis):
        yield from (-1, 2)
    elif isinstance(kind, Integer | Size):
        yield from (max(1, int(kind.low or 0)), 2, 3)
    elif isinstance(kind, Number):
        yield from [n for n in (0, 1, 0.25, 3.5) if kind._is_in_range(n)]
    elif isinstance(kind, ListOf):
        first = next(_values(kind.item), None)
        yield from [[first] * max(1, kind.min_items)] if first is not None else []
    elif isinstance(kind, Variant):
        yield from [name for name, record in kind.records.items() if _is_complete(record)][:6:2]


def _is_complete(record: Record) -> bool:
    """Return whether a block of this kind needs only its name."""
    return "REQUIRED" not in {repr(known.default) for known in record.fields.values()}


def with_value(config: Config, path: str, value: Any) -> Config:
    """Return the config as written by hand with another value."""
    made = copy.deepcopy(config)
    block: Any = made
    *way, last = path_of(path) or ()
    for depth, part in enumerate(way):
        inner = block.get(part) if isinstance(block, dict) else block[part]
        if not isinstance(inner, dict | list):
            tag = "name" if part == "dataset" else "type"
            word = inner or ("SGD" if depth == 0 and part == "optimizer" else None)
            inner = block[part] = {tag: word} if word else {}
        block = inner
    if isinstance(block, dict):
        for alias in [name for name in block if name != last and ALIASES.get(name) == last]:
            del block[alias]
    block[last] = value
    return made


ALIASES = {"activation": "nonlinearity"}


def parsed(config: Config) -> spec.Spec | None:
    try:
        return spec.parse(json.dumps(config))
    except spec.InvalidConfig:
        return None


def compare(config: Config, swept: dict[str, list[Any]]) -> str:
    """Compare the settings of one sweep with the configs they represent. Raises AssertionError."""
    pinned = config if "seed" in config or "seeds" in config else {**config, "seeds": list(parsed(config).seeds)}
    alone = [parsed(with_values(pinned, swept, values)) for values in itertools.product(*swept.values())]
    try:
        made = spec.parse(json.dumps({**config, "sweep": {"parameters": swept}}))
    except spec.InvalidConfig as invalid:
        return refused(config, swept, alone, invalid)
    assert [setting.spec.hash for setting in made.settings] == [one.hash if one else None for one in alone]
    assert [setting.spec.config for setting in made.settings] == [one.config for one in alone if one]
    again = spec.Spec.from_json(made.to_json())
    assert again.hash == made.hash == spec.parse(made.to_json()).hash
    assert (again.config, again.varied) == (made.config, made.varied)
    return "compared"


def refused(config: Config, swept: dict[str, list[Any]], alone: list[Any], invalid: spec.InvalidConfig) -> str:
    """Check that a sweep is rejected only for an invalid setting, or because it changes nothing; compare the rest."""
    if {problem.code for problem in invalid.problems} == {"sweep_void"}:
        columns = len(list(swept.values())[-1])
        rows = [[one.hash for one in alone[i : i + columns]] for i in range(0, len(alone), columns)]
        assert all(len(set(row)) == 1 for row in rows) or len(set(map(tuple, rows))) == 1, invalid
        return "void"
    assert None in alone, invalid
    sound = [value for value, one in zip(*swept.values(), alone, strict=True) if one] if len(swept) == 1 else []
    return compare(config, dict.fromkeys(swept, sound)) if sound else "refused"


def with_values(config: Config, swept: dict[str, list[Any]], values: tuple[Any, ...]) -> Config:
    for path, value in zip(swept, values, strict=True):
        config = with_value(config, path, value)
    return config


def sweeps(rng: random.Random, config: Config) -> Iterator[dict[str, list[Any]]]:
    """Return a sweep of every single path, and some of two paths."""
    every = dict(paths(config))
    yield from ({path: values} for path, values in every.items())
    for _ in range(20):
        one, other = sorted(rng.sample(sorted(every), 2))
        if not other.startswith(one):
            yield {one: every[one][:2], other: every[other][:2]}


def main(count: int, seed: int = 0) -> None:
    rng = random.Random(seed)
    ends: collections.Counter[str] = collections.Counter()
    by_path: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    configs = 0
    while configs < count:
        config = random_tree(rng)
        if parsed(config) is None:
            continue
        configs += 1
        for swept in sweeps(rng, config):
            end = compare(config, swept)
            ends[end] += 1
            name = re.sub(r"\[\d+\]", "[i]", next(iter(swept))) if len(swept) == 1 else "(two paths)"
            by_path[name][end] += 1
    for path, found in sorted(by_path.items()):
        print(f"{path:45} {dict(found)}")
    print(f"{configs} configs, {len(by_path) - 1} paths, {sum(ends.values())} sweeps: {dict(ends)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
