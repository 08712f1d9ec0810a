"""Draw examples that were classified wrongly, and how much their pixels matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bpsandbox.document import ConfusionMatrix, Saliency
from bpsandbox.messages import _
from bpsandbox.numbers import short

from . import svg
from .kernels import Tiles, images
from .moments import nested

LEVELS = 6
SLOPE_NOISE = 1e-9
"""Slopes are differences of outputs divided by 2e-4: smaller ones are rounding errors."""
MOST_SHOWN = 6
"""Most numbers of an example that is written instead of drawn."""


@dataclass(frozen=True)
class Glyph:
    """One example with its true and its predicted class, drawn if it is a picture; otherwise its first numbers.

    `name` has its number, which counts within a part of the data; `reach` is the size of the slopes in full colour.
    """

    truth: str
    predicted: str
    name: str
    drawing: str
    numbers: str = ""
    slopes: str = ""
    reach: str = ""


def mistakes(record: ConfusionMatrix | None) -> tuple[Glyph, ...]:
    """Return the misclassified examples of a record."""
    if record is None:
        return ()
    labels, shape = record.labels, record.shape or ()
    return tuple(
        _glyph(labels[one.truth], labels[one.predicted], _name(record.split, one.index), one.x, shape)
        for one in record.mistakes
    )


def salient(record: Saliency | None) -> tuple[Glyph, ...]:
    """Return the pictures of a record, each with the slopes of the output of its predicted class."""
    if record is None:
        return ()
    made = []
    for one in record.pictures:
        name = _name(record.part, one.index)
        glyph = _glyph(record.labels[one.truth], record.labels[one.predicted], name, one.x, record.shape)
        title = _("Slopes of the output for class {label}", label=glyph.predicted)
        tiles = Tiles(title, [_summed(nested(one.slopes, record.shape))], 1, SLOPE_NOISE)
        slopes = images(tiles, title, prefix=f"saliency-{one.truth}")
        made.append(replace(glyph, slopes=slopes, reach=tiles.reach))
    return tuple(made)


def _summed(channels: Sequence[Sequence[Sequence[float | None]]]) -> tuple[tuple[float, ...], ...]:
    """Return one matrix: the sum over the channels."""
    return tuple(
        tuple(sum(value or 0.0 for value in cell) for cell in zip(*rows, strict=True))
        for rows in zip(*channels, strict=True)
    )


def _name(part: str, index: int) -> str:
    """Name an example by its part of the data: in the worked steps the numbers are those of the training part."""
    if part == "test":
        return _("Test example {index}", index=index)
    return _("Validation example {index}", index=index) if part == "val" else _("Training example {index}", index=index)


def _glyph(truth: str, predicted: str, name: str, x: Sequence[float | None], shape: Sequence[int]) -> Glyph:
    values = [value or 0.0 for value in x]
    if len(shape) == 3 and values:
        title = _("{example}: class {truth}, predicted {predicted}", example=name, truth=truth, predicted=predicted)
        return Glyph(truth, predicted, name, picture(values, shape, title))
    told = _(", ").join(short(value) for value in values[:MOST_SHOWN])
    return Glyph(truth, predicted, name, "", f"{told} …" if len(values) > MOST_SHOWN else told)


def picture(values: Sequence[float], shape: Sequence[int], title: str) -> str:
    """Draw a picture in ink, the mean of its channels."""
    channels, height, width = shape
    size = height * width
    grey = [sum(values[c * size + i] for c in range(channels)) / channels for i in range(size)]
    low, high = min(grey), max(grey)
    cells: dict[int, list[str]] = {}
    for place, value in enumerate(grey):
        level = round((value - low) / (high - low) * (LEVELS - 1)) if high > low else 0
        if level:
            cells.setdefault(level, []).append(f"M{place % width} {place // width}h1v1h-1z")
    inner = "".join(svg.tag("path", class_=f"ink ink-{k}", d="".join(d)) for k, d in sorted(cells.items()))
    return svg.tag("svg", inner, class_="glyph", viewBox=f"0 0 {width} {height}", role="img", aria_label=title)
