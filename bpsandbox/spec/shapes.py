"""Following the shape of a sample through the layers, and saying where it does not fit."""

from __future__ import annotations

import math
from typing import Any

from bpsandbox.messages import _

from .draft import Draft, Shape, layer_name
from .facts import Facts
from .kinds import WRONG, shape_of


def follow(draft: Draft) -> None:
    """Fill `draft.shapes`."""
    shape: Shape | None = draft.facts.shape if draft.facts else None
    draft.shapes = [shape]
    for i, layer in enumerate(draft.layers):
        shape = _after(draft, i, layer, shape)
        draft.shapes.append(shape)


def _after(draft: Draft, i: int, layer: Any, shape: Shape | None) -> Shape | None:
    """Shape after layer i."""
    if layer is None:
        return None
    if layer["type"] == "Linear":
        return _after_linear(draft, i, layer, shape)
    if shape is not None and layer["type"] == "Flatten":
        return (math.prod(shape),)
    return shape


def _after_linear(draft: Draft, i: int, layer: dict[str, Any], shape: Shape | None) -> Shape | None:
    out = None if layer["out_features"] is WRONG else (layer["out_features"],)
    if shape is None:
        return out
    if len(shape) != 1:
        message = _(
            "{layer} takes rows of numbers, but {before} gives samples of shape {shape}. "
            "Insert Flatten before it: {fix}.",
            layer=layer_name(i, layer), before=_before(draft, i), shape=spelled(shape), fix="{type: Flatten}",
        )  # fmt: skip
        draft.add(("model", "layers", i), message, "shape", seen=spelled(shape), suggestion="Flatten")
        shape = (math.prod(shape),)
    _check_in_features(draft, i, layer, shape[0])
    _check_values(draft, i, layer, shape[0])
    return out


def _check_in_features(draft: Draft, i: int, layer: dict[str, Any], given: int) -> None:
    wanted = layer["in_features"]
    if wanted in (None, WRONG) or wanted == given:
        return
    message = _(
        "{layer} expects {wanted} inputs, but {before} gives {given}. Write in_features: {given}, or leave it out.",
        layer=layer_name(i, layer), wanted=wanted, before=_before(draft, i), given=given,
    )  # fmt: skip
    path = ("model", "layers", i, "in_features")
    draft.add(path, message, "shape", seen=str(wanted), allowed=str(given), suggestion=str(given))


def _check_values(draft: Draft, i: int, layer: dict[str, Any], inputs: int) -> None:
    out = layer["out_features"]
    if out is WRONG:
        return
    for name, wanted in (("init", (out, inputs)), ("bias_init", (out,))):
        init = layer[name]
        if not init or init is WRONG or init["type"] != "values" or init["values"] is WRONG:
            continue
        given = shape_of(init["values"])
        if given != wanted:
            message = _(
                "These values have the shape {given}, but {layer} needs {wanted}: outputs first, then inputs.",
                given=spelled(given or ()), layer=layer_name(i, layer), wanted=spelled(wanted),
            )  # fmt: skip
            path = ("model", "layers", i, name, "values")
            draft.add(path, message, "shape", seen=spelled(given or ()), allowed=spelled(wanted))


def _before(draft: Draft, i: int) -> str:
    """What gives layer i its input, for sentences."""
    if i == 0:
        return _("the data ({name})", name=draft.facts.name if draft.facts else "?")
    layer = draft.layers[i - 1]
    return layer_name(i - 1, layer) if layer else f"layers[{i - 1}]"


def spelled(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"


def shapes_of(config: dict[str, Any], facts: Facts) -> list[Shape | None]:
    """Shapes through the layers of a canonical config."""
    shape: Shape = facts.shape
    shapes: list[Shape | None] = [shape]
    for layer in config["model"]["layers"]:
        if layer["type"] == "Linear":
            shape = (layer["out_features"],)
        elif layer["type"] == "Flatten":
            shape = (math.prod(shape),)
        shapes.append(shape)
    return shapes
