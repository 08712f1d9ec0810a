"""Draw a network by its layers: a block for each, with its parameters and the shape of its outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bpsandbox.document import Document, LayerSummary
from bpsandbox.messages import _
from bpsandbox.numbers import grouped

from . import svg

WIDTH, HEAD, ROW, GAP = 360, 22, 34, 8
NARROWEST, WIDEST = 104, 168
"""Width of a block: that of the layer with the fewest outputs, and with the most, on a log scale."""


@dataclass(frozen=True)
class Block:
    """A layer: its type, what is said below it, its parameters, and the shape of one example of its outputs."""

    type: str
    detail: str
    parameters: int | None
    shape: tuple[int, ...]

    @property
    def outputs(self) -> int:
        return math.prod(self.shape)


def blocks_of(layers: Sequence[LayerSummary]) -> list[Block]:
    """Return the inputs and every layer."""
    first = layers[0]
    made = [Block(_("Inputs"), "", None, first.in_shape or (first.in_,))]
    return made + [
        Block(layer.type, layer.activation or "", layer.parameters, layer.out_shape or (layer.out,)) for layer in layers
    ]


def blocks(document: Document, *, prefix: str = "network") -> str:
    """Draw the layers from the inputs down; the more outputs, the wider. Empty without layers."""
    if not document.layers:
        return ""
    made = blocks_of(document.layers)
    height = HEAD + len(made) * (ROW + GAP) - GAP + 2
    most = max(block.outputs for block in made)
    head = svg.text(_("Parameters"), class_="caption", x=44, y=13) + svg.text(
        _("Outputs"), class_="caption", x=WIDTH - 44, y=13
    )
    drawn = "".join(_block(block, HEAD + k * (ROW + GAP), most) for k, block in enumerate(made))
    links = "".join(_link(HEAD + k * (ROW + GAP) - GAP) for k in range(1, len(made)))
    title = svg.titled(_("The layers of the network"), _description(made), prefix)
    return svg.tag(
        "svg", title + head + links + drawn, class_="network is-layers", **svg.labelled(prefix),
        viewBox=f"0 0 {WIDTH} {height}", width=WIDTH, height=height,
    )  # fmt: skip


def _block(block: Block, top: int, most: int) -> str:
    share = math.log(block.outputs + 1) / math.log(most + 1)
    width = NARROWEST + (WIDEST - NARROWEST) * share
    middle, line = WIDTH / 2, top + ROW / 2 + 4.5
    parts = svg.tag("rect", class_="unit", x=middle - width / 2, y=top, width=width, height=ROW, rx=5)
    if block.detail:
        parts += svg.text(block.type, x=middle, y=line - 6) + svg.text(
            block.detail, class_="caption", x=middle, y=line + 7
        )
    else:
        parts += svg.text(block.type, x=middle, y=line)
    if block.parameters:
        parts += svg.text(grouped(block.parameters), x=44, y=line)
    return parts + svg.text(_shape(block.shape), x=WIDTH - 44, y=line)


def _link(top: int) -> str:
    return svg.tag("path", class_="edge", d=f"M{WIDTH / 2:.0f} {top}v{GAP}", stroke_width=1.5)


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if shape else "1"


def _description(made: Sequence[Block]) -> str:
    """Say the shapes in order, as one line."""
    return " → ".join(f"{block.type} {_shape(block.shape)}" for block in made)
