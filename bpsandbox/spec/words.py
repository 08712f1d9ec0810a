"""Short descriptions of a config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bpsandbox.messages import _

from .facts import Facts
from .layers import activation_of, outputs_of
from .sweep import size as sweep_size

Config = dict[str, Any]
Layers = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Sized:
    """A layer with a size, and the activation that follows it, identity if none does."""

    kind: str
    size: str
    activation: str = "identity"


def title(configs: Sequence[Config], facts: Facts) -> str:
    """Return a title like "2-3-1 sigmoid on XOR".

    `configs` has one config, or those of all settings of a sweep. What differs between settings is not named.
    """
    models = [config["model"]["layers"] for config in configs]
    sized = _shared([_sized(layers) for layers in models])
    data = _data(facts.name)
    if sized is None:
        return data
    names = {tuple(map(activation_of, layers)) for layers in models}
    is_varied = len(names) > 1
    if any(layer.kind != "Linear" for layer in sized):
        return _("{net} on {data}", net=_by_kind(sized, is_varied), data=data)
    net = _dashed([str(facts.size), *(layer.size for layer in sized)])
    if is_varied:
        return _("{net} on {data}", net=net, data=data)
    activation = next((name for name in names.pop() if name != "identity"), None)
    if activation is None:
        return _("{net} linear on {data}", net=net, data=data)
    return _("{net} {activation} on {data}", net=net, activation=activation, data=data)


def line(configs: Sequence[Config], sweep: Config | None) -> str:
    """Return a line like "SGD, lr 2 · 16 seeds · 5,000 epochs", of the configs that `title` takes."""
    first = configs[0]
    parts = [_optimizer([config["optimizer"] for config in configs]), _seeds(first["seeds"])]
    return " · ".join([*parts, _length(first["training"]), *([_settings(sweep)] if sweep else [])])


def sizes(config: Config, facts: Facts) -> str:
    """Return the sizes of a network of linear layers, inputs first, like "2-3-1"; empty for any other network."""
    sized = _sized(config["model"]["layers"])
    if not sized or any(layer.kind != "Linear" for layer in sized):
        return ""
    return "-".join([str(facts.size), *(layer.size for layer in sized)])


def _sized(layers: Layers) -> list[Sized]:
    found: list[Sized] = []
    for layer in layers:
        if size := outputs_of(layer):
            found.append(Sized(layer["type"], str(size)))
        if found and found[-1].activation == "identity":
            found[-1] = replace(found[-1], activation=activation_of(layer) or "identity")
    return found


def _shared(models: list[list[Sized]]) -> list[Sized] | None:
    """Return the layers that all models have, with "…" for sizes that differ; None if their kinds differ."""
    first = models[0]
    if len({tuple(layer.kind for layer in model) for model in models}) > 1:
        return None
    sizes = [{layer.size for layer in place} for place in zip(*models, strict=True)]
    return [
        replace(layer, size=min(found) if len(found) == 1 else "…") for layer, found in zip(first, sizes, strict=True)
    ]


def _by_kind(sized: list[Sized], is_varied: bool) -> str:
    """Return kinds, sizes and activations like "Conv2d 8-16 relu, Linear 10"."""
    parts = []
    for kind, group in groupby(sized, key=lambda layer: layer.kind):
        members = list(group)
        activation = next((layer.activation for layer in members if layer.activation != "identity"), None)
        named = [activation] if activation and not is_varied else []
        parts.append(" ".join([kind, _dashed([layer.size for layer in members]), *named]))
    return ", ".join(parts)


def _dashed(widths: list[Any]) -> str:
    return "-".join(map(str, widths if len(widths) <= 6 else [*widths[:3], "…", widths[-1]]))


def _data(name: str) -> str:
    return {"xor": "XOR", "and": "AND", "or": "OR", "nand": "NAND", "points": _("own points")}.get(
        name, name.replace("_", " ")
    )


def _optimizer(optimizers: list[dict[str, Any]]) -> str:
    """Return "SGD, lr 2", "SGD, lr 0.1 … 2" where settings differ in it, or "lr 2" where they differ in the type."""
    rates = [optimizer["lr"] for optimizer in optimizers]
    ends = " … ".join(f"{rate:g}" for rate in dict.fromkeys((min(rates), max(rates))))
    types = {optimizer["type"] for optimizer in optimizers}
    return _("{name}, lr {lr}", name=types.pop(), lr=ends) if len(types) == 1 else _("lr {lr}", lr=ends)


def _seeds(seeds: list[int]) -> str:
    return _("1 seed") if len(seeds) == 1 else _("{count} seeds", count=len(seeds))


def _settings(sweep: dict[str, Any]) -> str:
    count = sweep_size(sweep)
    return _("1 setting") if count == 1 else _("{count} settings", count=count)


def _length(training: dict[str, Any]) -> str:
    if "steps" in training:
        return _("1 step") if training["steps"] == 1 else _("{count} steps", count=f"{training['steps']:,}")
    return _("1 epoch") if training["epochs"] == 1 else _("{count} epochs", count=f"{training['epochs']:,}")
