"""What to do where a layer cannot take what it is given."""

from __future__ import annotations

import math
from typing import Any

from bpsandbox.core.errors import ShapeMismatch
from bpsandbox.messages import _

Shape = tuple[int, ...]

TWINS = {"BatchNorm1d": "BatchNorm2d", "BatchNorm2d": "BatchNorm1d"}


def fix_for(error: ShapeMismatch, block: dict[str, Any], before: dict[str, Any] | None) -> tuple[str, str | None]:
    """A sentence that says how to repair it, and what to insert; neither where no one can know."""
    shape, wants = error.got, error.wants
    twin = TWINS.get(block["type"])
    if twin and (len(shape) == 3) != (wants == "images"):
        return _("Write {name}.", name=twin), twin
    if wants == "images" and len(shape) == 3:
        return _("Make kernel_size smaller, or padding larger."), None
    if block["type"] == "Embedding" and before:
        return _("It looks up whole numbers of the data, so it must be the first layer."), None
    if wants == "rows":
        return _("Insert Flatten before it: {fix}.", fix="{type: Flatten}"), "{type: Flatten}"
    if wants == "sequences" and before and before.get("return") == "last":
        return _("Write return: all on the layer before it."), "return: all"
    other = _other_shape(wants, shape)
    if other is None:
        return "", None
    fix = f"{{type: Reshape, shape: [{', '.join(map(str, other))}]}}"
    return _("Insert Reshape before it: {fix}.", fix=fix), fix


def _other_shape(wants: str, shape: Shape) -> Shape | None:
    """The nearest shape of the kind that is wanted."""
    size = math.prod(shape)
    if wants == "sequences":
        return (shape[0] * shape[1], shape[2]) if len(shape) == 3 else (size, 1)
    if wants == "images":
        side = math.isqrt(size)
        return (1, *shape) if len(shape) == 2 else (1, side, side) if side * side == size else (1, 1, size)
    return None
