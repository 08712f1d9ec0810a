"""From the model block to layers and their start."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bpsandbox import core
from bpsandbox.core import initializers
from bpsandbox.core.activations import ACTIVATIONS
from bpsandbox.core.layers import Flatten, Layer, Linear

from .table import Config, make

ARGUMENTS = {"a": "low", "b": "high", "values": "array"}


def make_layers(blocks: list[Config]) -> list[Layer]:
    """Layers in order; an activation written on a layer follows it and shares its number."""
    layers: list[Layer] = []
    for index, block in enumerate(blocks):
        made = _made_layers(block)
        for layer in made:
            layer.index = index
        layers += made
    return layers


def _made_layers(block: Config) -> list[Layer]:
    if block["type"] == "Flatten":
        return [Flatten()]
    if block["type"] != "Linear":
        return [make(ACTIVATIONS, block)]
    linear = Linear(block["out_features"], bias=block["bias"])
    return [linear, make(ACTIVATIONS, block["activation"])] if "activation" in block else [linear]


def make_initializers(blocks: list[Config], network: core.Network) -> list[initializers.Initializer]:
    """One initialiser a slot of the network."""
    made = []
    for slot in network.slots:
        block = blocks[network.layers[slot.layer].index]
        weight = next(other for other in network.slots if other.layer == slot.layer)
        init = block["init"] if slot.parameter == "weight" else block["bias_init"]
        made.append(_initializer(init, block, weight.shape, slot.parameter))
    return made


def _initializer(init: Config, block: Config, weight: tuple[int, ...], parameter: str) -> initializers.Initializer:
    kind, fan_in, fan_out = init["type"], weight[1], weight[0]
    if kind == "torch_default":
        return initializers.fan_in_uniform(fan_in)
    if kind == "keras_default":
        return initializers.xavier_uniform() if parameter == "weight" else initializers.constant(0.0)
    if kind == "sklearn_default":
        is_logistic = block.get("activation", {}).get("type") == "sigmoid"
        return initializers.sklearn_uniform(fan_in, fan_out, 2.0 if is_logistic else 6.0)
    own = {ARGUMENTS.get(name, name): value for name, value in init.items() if name != "type"}
    if kind in ("zeros", "ones"):
        return initializers.constant(float(kind == "ones"))
    return getattr(initializers, kind)(**own)


def make_rates(config: Config, network: core.Network) -> np.ndarray | None:
    """The learning rate of every parameter, where layers have their own."""
    return _spread(config, network, lambda layer: layer.get("lr"), config["optimizer"]["lr"])


def make_trained(config: Config, network: core.Network) -> np.ndarray | None:
    """1 for every parameter that is trained, 0 for the others; None where all are."""
    return _spread(config, network, lambda layer: None if layer["trainable"] else 0.0, 1.0)


def _spread(
    config: Config, network: core.Network, own: Callable[[Config], float | None], otherwise: float
) -> np.ndarray | None:
    """What each layer has of its own, parameter by parameter; None where no layer has anything."""
    owned = [own(config["model"]["layers"][network.layers[slot.layer].index]) for slot in network.slots]
    if all(number is None for number in owned):
        return None
    numbers = np.full(network.size, otherwise, dtype=config["dtype"])
    for slot, number in zip(network.slots, owned, strict=True):
        numbers[slot.start : slot.stop] = otherwise if number is None else number
    return numbers
