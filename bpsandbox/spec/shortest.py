"""The shortest form of a config, without the fields that have their default values."""

from __future__ import annotations

import json
from typing import Any

from .canonical import EPOCHS, SGD
from .kinds import Kind, ListOf
from .language import CONFIG
from .language.dataset import INLINE, NAMED, DatasetKind
from .language.initialisation import BIAS_INIT, INIT
from .language.layer import RECORDS as LAYERS
from .problems import InvalidConfig, Path
from .records import REQUIRED, Field, Record, Switch, Variant
from .spec import Spec, parse

Config = dict[str, Any]

FOLLOWING = (
    ("batch_size", "init"),
    ("bias_init", "seeds", "eval_every", "monitor", "mode", "T_max", "total_steps", "max_eval"),
)
"""Fields whose defaults depend on other fields; those of the second group depend on those of the first."""
NEEDED: tuple[Path, ...] = (("training", "batch_size"), ("seeds",))
"""Fields whose defaults may contradict others: a batch size that leaves one example, the seed of a worked example."""
STARTS = {"init": INIT, "bias_init": BIAS_INIT}


def shortest(spec: Spec) -> Config:
    """Return a short config with the same hash; for a sweep, the config as written."""
    if spec.written is not None:
        without_seeds = {name: block for name, block in spec.written.items() if name != "seeds"}
        return without_seeds if parse(json.dumps(without_seeds)).hash == spec.hash else spec.written
    short: Config = _stripped(CONFIG, spec.config)
    if short.get("optimizer") == {"type": SGD["type"]}:
        del short["optimizer"]
    for names in FOLLOWING:
        _write(short, spec.config, _filled(short, spec.config), names)
    return short if parse(json.dumps(short)).hash == spec.hash else spec.config


def _filled(short: Config, wanted: Config) -> Config:
    """Return the canonical form of a short config, after adding the fields that it needs."""
    try:
        return parse(json.dumps(short)).config
    except InvalidConfig:
        for path in NEEDED:
            _put(short, path, _at(wanted, path))
        return parse(json.dumps(short)).config


def _stripped(kind: Kind, value: Any) -> Any:
    """Return a value without the fields that have default values."""
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_stripped(kind.item, item) for item in value]
    if isinstance(kind, DatasetKind):
        kind = INLINE if "points" in value else NAMED
    if isinstance(kind, Variant):
        return {kind.tag: value[kind.tag], **_fields(kind.records[value[kind.tag]], value)}
    if isinstance(kind, Record) and isinstance(value, dict):
        fields = _fields(kind, value)
        return True if isinstance(kind, Switch) and not fields else fields
    return value


def _fields(record: Record, block: Config) -> Config:
    kept = {}
    for name, known in record.fields.items():
        if name in block and _says_something(name, known, block[name]):
            value = _stripped(known.kind, block[name])
            if value != {}:
                kept[name] = value
    return kept


def _says_something(name: str, known: Field, value: Any) -> bool:
    if any(name in names for names in FOLLOWING) or (name == "epochs" and value == EPOCHS):
        return False
    return known.default is REQUIRED or value != known.default


def _write(short: Config, wanted: Config, filled: Config, names: tuple[str, ...]) -> None:
    """Add these fields where their defaults are different."""
    for path in _differing(wanted, filled, ()):
        if path[-1] in names:
            value = _at(wanted, path)
            _put(short, path, _stripped(STARTS[path[-1]], value) if path[-1] in STARTS else value)
    for name in STARTS:
        if name in names:
            _hoist(short, wanted, name)


def _differing(wanted: Any, filled: Any, path: Path) -> list[Path]:
    """Return the paths at which two configs differ, of fields with these names."""
    if isinstance(wanted, dict) and not any(path[-1:] == (name,) for name in STARTS):
        pairs = [(name, filled.get(name) if isinstance(filled, dict) else None) for name in wanted]
        return [each for name, other in pairs for each in _differing(wanted[name], other, (*path, name))]
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict) and isinstance(filled, list):
        both = enumerate(zip(wanted, filled, strict=False))
        return [each for i, (one, other) in both for each in _differing(one, other, (*path, i))]
    return [path] if wanted != filled else []


def _at(config: Any, path: Path) -> Any:
    for part in path:
        config = config[part]
    return config


def _put(config: Any, path: Path, value: Any) -> None:
    for part in path[:-1]:
        config = config.setdefault(part, {}) if isinstance(config, dict) else config[part]
    config[path[-1]] = value


def _hoist(short: Config, wanted: Config, name: str) -> None:
    """Move an initialisation that layers share to the top level, if it applies to no other layer."""
    layers = short["model"]["layers"]
    if not any(name in layer for layer in layers):
        return
    blocks = wanted["model"]["layers"]
    followers = [i for i, block in enumerate(blocks) if name in block and LAYERS[block["type"]].role != "norm"]
    starts = [blocks[i][name] for i in followers]
    if starts and all(start == starts[0] for start in starts) and starts[0]["type"] != "values":
        short[name] = _stripped(STARTS[name], starts[0])
        for i in followers:
            layers[i].pop(name, None)
