"""Build layers, initializers and per-parameter learning rates from the model block."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bpsandbox import core
from bpsandbox.core.nn import initializers
from bpsandbox.core.nn.layers import Layer
from bpsandbox.spec.layers import in_order

from .initializers import initializer
from .table import Config


def make_layers(blocks: list[Config]) -> list[Layer]:
    """Return the layers in order; the activation of a layer follows it and has the same index."""
    return list(in_order(blocks))


def make_initializers(blocks: list[Config], network: core.Network) -> list[initializers.Initializer]:
    """Return one initializer per slot of the network."""
    shapes = [layer.parameter_shapes(shape) for layer, shape in zip(network.layers, network.shapes, strict=False)]
    return [
        initializer(blocks[network.layers[slot.layer].index], slot.parameter, shapes[slot.layer])
        for slot in network.slots
    ]


def make_rates(config: Config, network: core.Network) -> np.ndarray | None:
    """Return the learning rate of every parameter; None where no layer has its own."""
    return _spread(config, network, lambda layer: layer.get("lr"), config["optimizer"]["lr"])


def make_trained(config: Config, network: core.Network) -> np.ndarray | None:
    """Return 1 for every trained parameter and 0 for every frozen one; None where all are trained."""
    return _spread(config, network, lambda layer: None if layer.get("trainable", True) else 0.0, 1.0)


def _spread(
    config: Config, network: core.Network, own: Callable[[Config], float | None], otherwise: float
) -> np.ndarray | None:
    """Return a number per parameter, taken from its layer by `own`; None where no layer has one."""
    owned = [own(config["model"]["layers"][network.layers[slot.layer].index]) for slot in network.slots]
    if all(number is None for number in owned):
        return None
    numbers = np.full(network.size, otherwise, dtype=config["dtype"])
    for slot, number in zip(network.slots, owned, strict=True):
        numbers[slot.start : slot.stop] = otherwise if number is None else number
    return numbers
