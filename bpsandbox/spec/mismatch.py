"""Remedies for layers whose input has the wrong shape."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.messages import _

from . import fixes
from .draft import Draft, Shape, layer_name
from .fixes import Fix
from .kinds import WRONG
from .language.layer import RECORDS
from .layers import layer_of
from .problems import Path

OTHER_NORM = {"BatchNorm1d": "BatchNorm2d", "BatchNorm2d": "BatchNorm1d"}


@dataclass(frozen=True)
class Remedy:
    """A sentence with a remedy, the path to report it at, and the text edit.

    `after` is the output shape of the layer after the edit; None where unknown.
    """

    sentence: str
    path: Path
    fix: Fix = field(default_factory=dict)
    after: Shape | None = None


def remedy(draft: Draft, i: int, error: ShapeMismatch) -> Remedy:
    """Return how to make layer i fit; without a sentence where that is unknown."""
    block, shape, wants = draft.layers[i], error.got, error.wants
    path: Path = ("model", "layers", i)
    before = draft.layers[i - 1] if i else None
    other = OTHER_NORM.get(block["type"])
    if other and (len(shape) == 3) != (wants == "images"):
        return _exchanged(draft, i, other, shape)
    if wants == "images" and len(shape) == 3:
        return Remedy(_("Make kernel_size smaller, or padding larger."), path)
    if block["type"] == "Embedding" and before:
        return Remedy(_("It takes whole numbers from the data, so it must be the first layer."), path)
    if block["type"] == "Embedding" and not (draft.facts and draft.facts.symbols):
        return Remedy(_("Its inputs must be whole numbers, and these data have others."), path)
    if wants == "rows":
        return _flattened(draft, i, math.prod(shape))
    if wants == "sequences" and before and before.get("return") == "last":
        return _every_step(draft, i - 1)
    return _reshaped(draft, i, wants, shape)


def _exchanged(draft: Draft, i: int, other: str, shape: Shape) -> Remedy:
    """Replace a batch norm by the one for the other kind of samples."""
    path: Path = ("model", "layers", i)
    fix = fixes.layer_type(draft.log, path, draft.layers[i]["type"], other)
    after = accepted({**draft.layers[i], "type": other}, shape)
    return Remedy(_("Write {name}.", name=other), path, fix if after else {}, after)


def _flattened(draft: Draft, i: int, size: int) -> Remedy:
    """Insert Flatten before layer i; a given number of inputs may have to change as well."""
    path: Path = ("model", "layers", i)
    block = draft.layers[i]
    record = RECORDS.get(block["type"])
    inputs = block.get(record.inputs) if record else None
    if record is None or inputs in (None, size):
        sentence = _("Insert Flatten before it: {fix}.", fix="{type: Flatten}")
        return Remedy(sentence, path, _inserted(draft, i, "{type: Flatten}"), accepted(block, (size,)))
    sentence = _("Insert Flatten before it, {fix}, and write {field}: {size}.", fix="{type: Flatten}",
                 field=record.inputs, size=size)  # fmt: skip
    return Remedy(sentence, path)


def _every_step(draft: Draft, i: int) -> Remedy:
    """Let recurrent layer i return the states of all steps."""
    path: Path = ("model", "layers", i)
    sentence = _("Write return: all on {layer}.", layer=layer_name(i, draft.layers[i]))
    written: Path = (*path, "return")
    states = accepted({**draft.layers[i], "return": "all"}, draft.shapes[i] or ())
    after = accepted(draft.layers[i + 1], states or ())
    if written in draft.log.places:
        return Remedy(sentence, written, fixes.word(draft.log, written, "all"), after)
    return Remedy(sentence, path, fixes.field(draft.log, path, "return", "all"), after)


def _reshaped(draft: Draft, i: int, wants: str, shape: Shape) -> Remedy:
    """Insert Reshape before layer i, if the layer accepts its output."""
    path: Path = ("model", "layers", i)
    others = _other_shapes(wants, shape)
    if not others:
        return Remedy("", path)
    fitting = next((other for other in others if accepted(draft.layers[i], other)), None)
    if fitting is None:
        return Remedy(_("No Reshape makes these samples fit: use a Linear layer here, or other data."), path)
    fix = f"{{type: Reshape, shape: [{', '.join(map(str, fitting))}]}}"
    sentence = _("Insert Reshape before it: {fix}.", fix=fix)
    return Remedy(sentence, path, _inserted(draft, i, fix), accepted(draft.layers[i], fitting))


def _inserted(draft: Draft, i: int, layer: str) -> Fix:
    """Insert a layer before layer i, unless that changes an index that a later Add refers to."""
    is_named = any(block and block["type"] == "Add" and block["from"] is not WRONG and block["from"] >= i
                   for block in draft.layers[i:])  # fmt: skip
    return {} if is_named else fixes.layer_before(draft.log, ("model", "layers", i), layer)


def accepted(block: dict[str, Any], shape: Shape) -> Shape | None:
    """Return the output shape of a block's layer for samples of this shape; None where it does not accept them."""
    layer, record = layer_of(block), RECORDS.get(block["type"])
    if not shape:
        return None
    if record and record.inputs and block.get(record.inputs) not in (None, shape[record.input_axis]):
        return None
    try:
        return layer.output_shape(shape) if layer else None
    except ShapeMismatch:
        return None


def _other_shapes(wants: str, shape: Shape) -> list[Shape]:
    """Return shapes of the wanted kind with equally many numbers, the most similar first."""
    size = math.prod(shape)
    if wants == "sequences":
        rows = [(shape[0] * shape[1], shape[2])] if len(shape) == 3 else []
        return [*rows, (size, 1), (size,)]
    if wants == "images":
        side = math.isqrt(size)
        return [(1, *shape) if len(shape) == 2 else (1, side, side) if side * side == size else (1, 1, size)]
    return []
