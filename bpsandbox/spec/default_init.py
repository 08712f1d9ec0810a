"""Default initialisation of the parameters of a layer."""

from __future__ import annotations

import math

from .draft import Draft
from .kinds import as_floats
from .language.activation import RECORDS as ACTIVATIONS
from .language.initialisation import PRESETS
from .language.layer import RECORDS as LAYERS
from .layers import Block, activation_of

RECTIFIED = ("relu", "leaky_relu", "elu", "gelu", "silu", "mish")
XAVIER = {"type": "xavier_uniform", "gain": 1.0}
KAIMING = {"type": "kaiming_uniform", "gain": math.sqrt(2.0), "mode": "fan_in"}
BY_ROLE: dict[str, Block] = {
    "recurrent": XAVIER,
    "lookup": {"type": "normal", "mean": 0.0, "std": 1.0},
    "norm": {"type": "ones"},
}
"""Default initialisation by role; that of products depends on the activation that follows."""
CONSTANTS = {0.0: "zeros", 1.0: "ones"}
"""Named constants."""


def initialisation(draft: Draft, i: int) -> dict[str, Block | None]:
    """Return `init` and `bias_init` of layer i, each if the layer has such a parameter."""
    block, tensors = draft.layers[i], _tensors(draft, i)
    if not tensors:
        return {name: None for name in ("init", "bias_init") if name in block}
    init = block["init"] or _from_top(draft, block, "init") or _default(draft, i)
    bias_init = block.get("bias_init") or _from_top(draft, block, "bias_init")
    bias_init = bias_init or (init if init["type"] in PRESETS else {"type": "zeros"})
    has_bias = any(name.startswith("bias") for name in tensors)
    chosen: dict[str, Block | None] = {"init": _exact(init, "weight", tensors)}
    return chosen | ({"bias_init": _exact(bias_init, "bias", tensors) if has_bias else None})


def _tensors(draft: Draft, i: int) -> tuple[str, ...]:
    layer, shape = draft.core_layers[i], draft.shapes[i]
    return tuple(layer.parameter_shapes(shape)) if layer and shape is not None else ()


def _from_top(draft: Draft, block: Block, name: str) -> Block | None:
    """Return the initialisation given at the top level, which does not apply to norms."""
    return None if LAYERS[block["type"]].role == "norm" else draft.get(name)


def _default(draft: Draft, i: int) -> Block:
    """Return the default by role: for products kaiming_uniform before a rectifier, else xavier_uniform."""
    fixed = BY_ROLE.get(LAYERS[draft.layers[i]["type"]].role)
    return fixed or (KAIMING if _follower(draft, i) in RECTIFIED else XAVIER)


def _follower(draft: Draft, i: int) -> str | None:
    """Return the activation after layer i: its own, or the next layer's, skipping norms."""
    own = activation_of(draft.layers[i])
    rest = draft.layers[i + 1 :]
    if own != "identity" or not rest:
        return own
    if rest[0]["type"] in ACTIVATIONS:
        return rest[0]["type"]
    is_norm = LAYERS[rest[0]["type"]].role == "norm"
    return _follower(draft, i + 1) if is_norm else "identity"


def _exact(init: Block, prefix: str, tensors: tuple[str, ...]) -> Block:
    """Convert given values to floats; keep names only where there are several parameters."""
    values = init.get("values")
    if init["type"] == "constant" and init["value"] in CONSTANTS:
        return {"type": CONSTANTS[init["value"]]}
    if values is None:
        return init
    if isinstance(values, dict) and sum(name.startswith(prefix) for name in tensors) == 1:
        values = next(iter(values.values()))
    if isinstance(values, dict):
        return {**init, "values": {name: as_floats(numbers) for name, numbers in values.items()}}
    return {**init, "values": as_floats(values)}
