"""Short descriptions of a config."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from bpsandbox.messages import _

from .facts import Facts
from .layers import activation_of, outputs_of
from .sweep import size as sweep_size


def title(config: dict[str, Any], facts: Facts) -> str:
    """Return a title like "2-3-1 sigmoid on XOR"."""
    layers = config["model"]["layers"]
    net = _net(layers, facts)
    varied = config.get("sweep", {}).get("parameters", {})
    is_varied = any("activation" in name for name in varied)
    activation = None if is_varied else _first_activation(layers)
    if activation is not None:
        return _("{net} {activation} on {data}", net=net, activation=activation, data=_data(facts.name))
    if _is_plain(layers) and not is_varied:
        return _("{net} linear on {data}", net=net, data=_data(facts.name))
    return _("{net} on {data}", net=net, data=_data(facts.name))


def line(config: dict[str, Any]) -> str:
    """Return a line like "SGD, lr 2 · 16 seeds · 5,000 epochs"."""
    varied = config.get("sweep", {}).get("parameters", {})
    parts = [_optimizer(config["optimizer"], varied), _seeds(config["seeds"]), _length(config["training"])]
    return " · ".join([*parts, *([_settings(config["sweep"])] if "sweep" in config else [])])


def _net(layers: list[dict[str, Any]], facts: Facts) -> str:
    """Return "2-3-1" for linear layers, else names and sizes like "Conv2d 8-16, Linear 10"."""
    sized = [(layer["type"], outputs_of(layer)) for layer in layers if outputs_of(layer)]
    if _is_plain(layers):
        return _dashed([facts.size, *(size for _kind, size in sized)])
    groups = groupby(sized, key=lambda pair: pair[0])
    return ", ".join(f"{kind} {_dashed([size for _kind, size in pairs])}" for kind, pairs in groups)


def _is_plain(layers: list[dict[str, Any]]) -> bool:
    """Return whether only Linear layers have a size."""
    return all(layer["type"] == "Linear" for layer in layers if outputs_of(layer))


def _dashed(widths: list[Any]) -> str:
    return "-".join(map(str, widths if len(widths) <= 6 else [*widths[:3], "…", widths[-1]]))


def _first_activation(layers: list[dict[str, Any]]) -> str | None:
    return next((name for layer in layers if (name := activation_of(layer)) != "identity"), None)


def _data(name: str) -> str:
    return {"xor": "XOR", "and": "AND", "or": "OR", "nand": "NAND", "points": _("own points")}.get(
        name, name.replace("_", " ")
    )


def _optimizer(optimizer: dict[str, Any], varied: dict[str, list[Any]]) -> str:
    """Return "SGD, lr 2", or "SGD, lr 0.1 … 2" where a sweep varies it."""
    rates = varied.get("optimizer.lr") or [optimizer["lr"]]
    ends = dict.fromkeys((min(rates), max(rates)))
    return _("{name}, lr {lr}", name=optimizer["type"], lr=" … ".join(f"{rate:g}" for rate in ends))


def _seeds(seeds: list[int]) -> str:
    return _("1 seed") if len(seeds) == 1 else _("{count} seeds", count=len(seeds))


def _settings(sweep: dict[str, Any]) -> str:
    count = sweep_size(sweep)
    return _("1 setting") if count == 1 else _("{count} settings", count=count)


def _length(training: dict[str, Any]) -> str:
    if "steps" in training:
        return _("1 step") if training["steps"] == 1 else _("{count} steps", count=f"{training['steps']:,}")
    return _("1 epoch") if training["epochs"] == 1 else _("{count} epochs", count=f"{training['epochs']:,}")
