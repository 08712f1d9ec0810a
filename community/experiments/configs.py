"""Canonical configs in a readable form: short, in the usual order, without defaults."""

from __future__ import annotations

import json
from typing import Any

import yaml
from django.core.cache import cache

from bpsandbox import api
from community.content.querysets import Reader

from .downloads import whole_number

ORDER = (
    "version", "title", "notes", "seed", "seeds", "dtype", "dataset", "model", "init", "bias_init", "loss",
    "regularization", "optimizer", "lr_scheduler", "gradient_clipping", "training", "stopping", "metrics", "checks",
    "record", "sweep",
)  # fmt: skip
FIRST = ("type", "name", "out_features", "out_channels", "hidden_size", "num_embeddings", "embedding_dim")
WIDTH = 100
KEPT_SECONDS = 30 * 24 * 3600

type Config = dict[str, Any]


class ConfigDumper(yaml.SafeDumper):
    """YAML dumper without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def short(canonical: str, spec_hash: str) -> str:
    """Return the shortest config of the same spec. Cached, because pages show it often."""
    key = f"short-config:{spec_hash}"
    text = cache.get(key)
    if text is None:
        text = readable(normalised(api.shortest_config(canonical)))
        cache.set(key, text, KEPT_SECONDS)
    return text


def forked(page: api.RunPage, *, user: Reader, owner_key: str, setting: str = "", fix: str = "") -> str:
    """Return the config for forking a run, without its title, with a note of where it comes from."""
    text = written(page, user=user, owner_key=owner_key, setting=setting, fix=fix)
    return api.with_parent(text, page.card.spec_hash)


def written(page: api.RunPage, *, user: Reader, owner_key: str, setting: str = "", fix: str = "") -> str:
    """Return the config of a run as written in the reader's post, else shortened.

    `setting` is the index of a sweep member, which is shortened and keeps the title; `fix` names a change that a
    finding offers, which leaves the rest as it is written.
    """
    spec_hash, title = page.card.spec_hash, page.title
    one, cured = _setting(page, setting), _cured(page, setting, fix)
    text = "" if one else api.written_config(spec_hash, user, owner_key, shown_in=page.shown_in)
    if cured is not None:
        revised = api.revised_config(text, cured) if text else ""
        return revised or titled(readable(normalised(cured)), title if page.is_named else "")
    if one is not None:
        return titled(short(one.to_json(), one.hash), title)
    return text or titled(short(page.config, spec_hash), title if page.is_named else "")


def lacks(page: api.RunPage, setting: str, fix: str) -> bool:
    """Return whether a run has no such setting, or a finding's change does not apply to it: it is left as it is."""
    return bool((setting and _setting(page, setting) is None) or (fix and _cured(page, setting, fix) is None))


def _setting(page: api.RunPage, setting: str) -> Any:
    number = whole_number(setting)
    return api.setting_of(page.config, number) if number and number > 0 else None


def _cured(page: api.RunPage, setting: str, fix: str) -> Config | None:
    one = _setting(page, setting)
    if not fix or (setting and one is None):
        return None
    return api.cured_config(one.to_json() if one else page.config, fix)


def titled(text: str, title: str) -> str:
    """Add a title to a config."""
    return f"title: {_inline(title)}\n{text}" if title else text


def normalised(config: Config) -> Config:
    """Write seeds as a range and an activation by its name alone."""
    tidy = json.loads(json.dumps(config))
    seeds = tidy.get("seeds", [])
    if len(seeds) > 2 and seeds == list(range(seeds[0], seeds[0] + len(seeds))):
        tidy["seeds"] = {"start": seeds[0], "count": len(seeds)} if seeds[0] else {"count": len(seeds)}
    for layer in tidy["model"]["layers"]:
        if isinstance(layer, dict) and isinstance(layer.get("activation"), dict) and len(layer["activation"]) == 1:
            layer["activation"] = layer["activation"]["type"]
    return tidy


def readable(config: Config, title: str = "") -> str:
    """Format a config as YAML with small blocks on one line and one layer per line. Parsing it gives the same spec."""
    named = {"title": title, **config} if title else config
    names = sorted(named, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return "".join(_block(name, _ordered(named[name])) for name in names)


def _ordered(value: Any) -> Any:
    """Move the identifying keys of a block to the front."""
    if isinstance(value, list):
        return [_ordered(each) for each in value]
    if not isinstance(value, dict):
        return value
    keys = sorted(value, key=lambda key: FIRST.index(key) if key in FIRST else len(FIRST))
    return {key: _ordered(value[key]) for key in keys}


def _block(name: str, value: Any) -> str:
    line = f"{name}: {_inline(value)}"
    if len(line) <= WIDTH and name != "model":
        return f"{line}\n"
    if name == "model":
        layers = "".join(f"    - {_inline(layer)}\n" for layer in value["layers"])
        return f"model:\n  layers:\n{layers}"
    if isinstance(value, list):
        return f"{name}:\n" + "".join(f"  - {_inline(each)}\n" for each in value)
    if isinstance(value, dict):
        return f"{name}:\n" + "".join(f"  {key}: {_inline(inner)}\n" for key, inner in value.items())
    return f"{line}\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    dumped = yaml.dump(value, Dumper=ConfigDumper, default_flow_style=True, allow_unicode=True, width=10_000)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()
