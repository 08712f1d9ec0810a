"""Write what a config uses as formulas: layers, initializers, loss, penalty, optimiser, learning rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpsandbox.explain.swept import in_numbers

from .activations import FORMULAS as ACTIVATIONS
from .activations import activation_meaning
from .formula import Formula
from .layers import layer_meaning
from .loss import loss_formula, loss_meaning
from .optimizer import optimizer_formula, optimizer_meaning
from .start import start_meaning
from .training import clipping_meanings, penalty_meaning, schedule_meaning

Config = dict[str, Any]

__all__ = ["Formula", "formulas", "loss_formula", "optimizer_formula"]


def formulas(config: Config, outputs: int = 1) -> tuple[Formula, ...]:
    """Return the formulas of a canonical config, each once. `outputs` selects the form of the hinge loss."""
    found = (formula for formula in _all(in_numbers(config), outputs) if formula is not None)
    return tuple(dict.fromkeys(found))


def _all(config: Config, outputs: int) -> Iterator[Formula | None]:
    layers = config["model"]["layers"]
    yield from map(layer_meaning, layers)
    yield from map(activation_meaning, filter(None, map(_activation, layers)))
    yield from (start_meaning(layer) for layer in layers)
    yield loss_meaning(config["loss"], outputs)
    yield penalty_meaning(config.get("regularization") or {})
    yield optimizer_meaning(config["optimizer"])
    yield from clipping_meanings(config.get("gradient_clipping") or {})
    yield schedule_meaning(config.get("lr_scheduler") or {})


def _activation(layer: Config) -> Config | None:
    """Return the activation of a layer, or the layer itself if it is an activation."""
    block = layer if layer["type"] in ACTIVATIONS else layer.get("activation")
    return block if block and block["type"] in ACTIVATIONS else None
