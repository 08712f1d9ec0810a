"""Draw the weights of a first layer as small images, one for each kernel or unit."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bpsandbox.document import Document, NamedTensor
from bpsandbox.messages import _
from bpsandbox.numbers import short

from . import svg
from .plane import Spot

MOST_TILES, MOST_CELLS, MOST_PICTURES = 16, 1200, 6
LEVELS = 5
FAINT = 0.06
NOISE = 1e-12
"""Pictures whose numbers are all smaller are empty."""
CELL = 10

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Tiles:
    """Matrices of one size, and the number of all, including those not drawn."""

    name: str
    shown: list[Matrix]
    count: int
    noise: float = NOISE
    """The largest number that is a rounding error."""

    @property
    def largest(self) -> float:
        return self._largest if self._largest > self.noise else 1.0

    @property
    def reach(self) -> str:
        """Return the size of the numbers in full colour, for a scale of the colours; empty if there is none."""
        return short(self._largest) if self._largest > self.noise else ""

    @cached_property
    def _largest(self) -> float:
        return max((abs(v) for tile in self.shown for row in tile for v in row), default=0.0)


@dataclass(frozen=True)
class WeightPicture:
    """The first layer's weights at one epoch."""

    epoch: int
    seed: int
    drawing: str


def kernels(document: Document, *, prefix: str = "weights") -> tuple[WeightPicture, ...]:
    """Draw the recorded weights of the first layer that has a matrix or kernels, at some of the epochs."""
    recorded = document.records.weights or ()
    shape = document.data.shape if document.data else ()
    made = []
    for place in _evenly_spaced(len(recorded)):
        entry = recorded[place]
        tiles = first_layer(entry.weights, shape)
        if tiles:
            title = _("{tensor} at epoch {epoch}", tensor=tiles.name, epoch=entry.epoch)
            made.append(WeightPicture(entry.epoch, entry.seed, images(tiles, title, prefix=f"{prefix}-{place}")))
    return tuple(made)


def _evenly_spaced(count: int) -> list[int]:
    """Return at most MOST_PICTURES evenly spaced indices, with the first and the last."""
    if count <= MOST_PICTURES:
        return list(range(count))
    return sorted({round(i * (count - 1) / (MOST_PICTURES - 1)) for i in range(MOST_PICTURES)})


def first_layer(weights: tuple[NamedTensor, ...], shape: tuple[int, ...]) -> Tiles | None:
    first = next((tensor for tensor in weights if _axes(tensor.value) in (2, 4)), None)
    if first is None:
        return None
    value: Any = first.value
    if _axes(value) == 4:  # kernels (out, in, kh, kw): every channel of every kernel
        every = [channel for kernel in value for channel in kernel]
    elif _is_of_pixels(shape, len(value[0])):
        every = [_image(unit[c * shape[1] * shape[2] :], shape) for unit in value for c in range(shape[0])]
    else:
        every = [value]
    size = len(every[0]) * len(every[0][0])
    if size > MOST_CELLS:
        return None
    return Tiles(first.name, every[: max(1, min(MOST_TILES, MOST_CELLS // size))], len(every))


def first_layer_fits(document: Document) -> bool:
    """Return whether `first_layer` has room for the weights of a network; False too where its layers do not say."""
    first = next((layer for layer in document.layers if layer.parameters), None)
    shape = document.data.shape if document.data else ()
    if first is None or first.type != "Linear":
        return first is not None and first.type == "Conv2d"  # no kernel is that large
    cells = math.prod(shape[1:]) if _is_of_pixels(shape, first.in_) else first.in_ * first.out
    return cells <= MOST_CELLS


def _is_of_pixels(shape: tuple[int, ...], inputs: int) -> bool:
    """Return whether each input is a pixel of one example."""
    return len(shape) == 3 and shape[1] > 1 and inputs == math.prod(shape)


def _axes(value: Any) -> int:
    """Count the axes of a tensor; 0 for one without numbers."""
    axes = 0
    while isinstance(value, tuple):
        if not value:
            return 0
        axes, value = axes + 1, value[0]
    return axes


def _image(numbers: tuple[float, ...], shape: tuple[int, ...]) -> Matrix:
    height, width = shape[1:]
    return tuple(numbers[row * width : (row + 1) * width] for row in range(height))


def images(tiles: Tiles, title: str, *, prefix: str) -> str:
    """Draw matrices of one size side by side, by sign and size."""
    rows, columns = len(tiles.shown[0]), len(tiles.shown[0][0])
    across, gap, width, height = _layout(tiles)
    paths: dict[str, list[str]] = defaultdict(list)
    for place, tile in enumerate(tiles.shown):
        _paint(paths, tile, (place % across) * (columns + gap), (place // across) * (rows + gap), tiles.largest)
    ground = "".join(
        svg.tag("rect", class_="tile", x=(p % across) * (columns + gap) * CELL, y=(p // across) * (rows + gap) * CELL,
                width=columns * CELL, height=rows * CELL)
        for p in range(len(tiles.shown))
    )  # fmt: skip
    painted = "".join(svg.tag("path", class_=name, d="".join(parts)) for name, parts in sorted(paths.items()))
    return svg.tag(
        "svg", svg.titled(title, _description(tiles), prefix) + ground + painted, class_="kernels",
        **svg.labelled(prefix), viewBox=f"0 0 {width * CELL} {height * CELL}",
    )  # fmt: skip


def cells(tiles: Tiles) -> list[Spot]:
    """Return what is read at every cell of the drawing of `images`."""
    rows, columns = len(tiles.shown[0]), len(tiles.shown[0][0])
    across, gap, width, height = _layout(tiles)
    found = []
    for place, tile in enumerate(tiles.shown):
        left, top = (place % across) * (columns + gap), (place // across) * (rows + gap)
        for y, row in enumerate(tile):
            for x, value in enumerate(row):
                at = _("row {row}, column {column}: {value}", row=y, column=x, value=short(value))
                words = at if len(tiles.shown) == 1 else _("{number}, {cell}", number=place, cell=at)
                found.append(((left + x + 0.5) / width, (top + y + 0.5) / height, words))
    return found


def _layout(tiles: Tiles) -> tuple[int, int, int, int]:
    """Return how many tiles are side by side, the cells between two, and the cells of the whole drawing."""
    rows, columns = len(tiles.shown[0]), len(tiles.shown[0][0])
    across = max(1, min(len(tiles.shown), math.ceil(math.sqrt(len(tiles.shown)))))
    gap = 0 if len(tiles.shown) == 1 else 1
    return across, gap, across * (columns + gap) - gap, -(-len(tiles.shown) // across) * (rows + gap) - gap


def _paint(paths: dict[str, list[str]], tile: Matrix, left: int, top: int, largest: float) -> None:
    for y, row in enumerate(tile):
        for x, value in enumerate(row):
            share = abs(value) / largest
            if share > FAINT:
                level = min(LEVELS - 1, int(share * LEVELS))
                sign = "minus" if value < 0 else "plus"
                paths[f"{sign} level-{level}"].append(f"M{(left + x) * CELL} {(top + y) * CELL}h10v10h-10z")


def _description(tiles: Tiles) -> str:
    return _("{shown} of {count} pictures; the largest absolute number is {largest}.",
             shown=len(tiles.shown), count=tiles.count, largest=short(tiles.largest))  # fmt: skip
