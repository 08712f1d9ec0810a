"""Fields of one layer that contradict each other, whatever comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bpsandbox.messages import _

from .draft import Draft

Block = dict[str, Any]
Size = int | list[int]


def are_sound(draft: Draft, i: int) -> bool:
    """Can layer i be made of its fields? When not, the draft's log says why."""
    block = draft.layers[i]
    for field, code, sentence in CHECKS.get(block["type"], _nothing)(block):
        draft.add(("model", "layers", i, field), sentence, code, seen=str(block[field]))
        return False
    return True


Found = list[tuple[str, str, str]]
"""Field, code, sentence."""


def _nothing(block: Block) -> Found:
    return []


def _conv(block: Block) -> Found:
    if block["padding"] != "same" or block["stride"] == 1:
        return []
    return [("padding", "padding", _("padding: same needs stride: 1."))]


def _pool(block: Block) -> Found:
    """A window must see a number of the image."""
    pairs = zip(both(block["padding"]), both(block["kernel_size"]), strict=True)
    if all(2 * pad <= side for pad, side in pairs):
        return []
    return [("padding", "padding", _("padding can be at most half of kernel_size."))]


def _reshape(block: Block) -> Found:
    if block["shape"].count(-1) <= 1:
        return []
    return [("shape", "reshape", _("Only one axis can be -1; its size is computed from the others."))]


def both(size: Size) -> tuple[int, int]:
    down, across = (size, size) if isinstance(size, int) else size
    return down, across


CHECKS: dict[str, Callable[[Block], Found]] = {
    "Conv2d": _conv,
    "MaxPool2d": _pool,
    "AvgPool2d": _pool,
    "Reshape": _reshape,
}
