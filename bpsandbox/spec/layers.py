"""Core layers made from blocks, which know their shapes, parameters and work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bpsandbox.core import ACTIVATIONS
from bpsandbox.core.nn.layers import LAYERS, Layer

from .kinds import WRONG
from .language.layer import RECORDS

Block = dict[str, Any]
Shape = tuple[int, ...]

LANGUAGE = ("type", "activation", "init", "bias_init", "trainable", "lr")
"""Fields that are not arguments of the core's layer."""
RENAMED = {"return": "returns", "from": "source"}
"""Fields whose names are Python keywords."""


def layer_of(block: Block) -> Layer | None:
    """Make the core's layer of a block, without its activation; None where a field is wrong."""
    record = RECORDS.get(block["type"])
    table: dict[str, Any] = ACTIVATIONS if record is None else LAYERS
    inputs = record.inputs if record else ""
    own = {name: value for name, value in block.items() if name not in (*LANGUAGE, inputs)}
    if any(value is WRONG for value in own.values()):
        return None
    given = {RENAMED.get(name, name): frozen(value) for name, value in own.items() if value is not None}
    return table[block["type"]](**given)


def activation_of(block: Block) -> str | None:
    """Return the activation that a layer has or is; identity where there is none, None where it is wrong."""
    if block["type"] in ACTIVATIONS:
        return block["type"]
    activation = block.get("activation")
    if activation is WRONG:
        return None
    return activation["type"] if activation else "identity"


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def in_order(blocks: list[Block]) -> Iterator[Layer]:
    """Yield the layers of correct blocks; the activation of a layer follows it and has the same index."""
    for index, block in enumerate(blocks):
        activation = block.get("activation")
        for each in (block, activation) if activation else (block,):
            layer = layer_of(each)
            if layer is not None:
                layer.index = index
                yield layer


def outputs_of(block: Block) -> int | None:
    """Return the number of outputs or channels that a block gives; None where it gives none."""
    record = RECORDS.get(block["type"])
    size = block.get(record.outputs) if record else None
    return size if isinstance(size, int) else None
