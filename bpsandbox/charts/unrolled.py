"""Draw gradient norms of recurrent layers over the steps of a sequence."""

from __future__ import annotations

from dataclasses import dataclass

from bpsandbox.document import ThroughTime
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from .frame import Plot, height_of
from .layouts import FLUID
from .plane import Spot
from .several import Line, Subject, axis_for, several
from .ticks import counting_axis


@dataclass(frozen=True)
class Unrolled:
    """The drawing at the recorded epoch at or before the one asked for."""

    epoch: int
    drawing: str
    spots: list[Spot]
    lines: tuple[Line, ...]


def unrolled(record: ThroughTime, epoch: int, seed: int, *, prefix: str = "unrolled") -> Unrolled | None:
    """Draw the norms of one seed, given by its place in the record; None if it had stopped, or has no number."""
    place = max((i for i, each in enumerate(record.epochs) if each <= epoch and record.norms[i][0][seed]), default=-1)
    if place < 0:
        return None
    rows = [layer[seed] or () for layer in record.norms[place]]
    if all(value is None for row in rows for value in row):
        return None
    lines = [
        Line(str(layer.index), layer.type, tuple(values), rank=k)
        for k, (layer, values) in enumerate(zip(record.layers, rows, strict=True))
    ]
    steps = max(len(line.values) for line in lines)
    xs = tuple(float(k) for k in range(1, steps + 1))
    ends = _("; ").join(f"{line.key} {line.word}: {short(line.values[0])} → {short(line.values[-1])}" for line in lines)
    subject = Subject(_("Gradient through time"), sentences(ends), _("log scale"), "step")
    axis = axis_for(lines, log=True)
    drawing = several(xs, lines, subject, axis=axis, last=float(steps), prefix=prefix)
    across = counting_axis(float(steps))
    read = [
        (across.at(x), 1 - height_of(line.values[i], Plot(FLUID, across, axis)),
         _("step {step}: {layer} {value}", step=grouped(x), layer=line.word, value=short(line.values[i])))
        for line in lines for i, x in enumerate(xs) if i < len(line.values)
    ]  # fmt: skip
    return Unrolled(record.epochs[place], drawing, read, tuple(lines))
