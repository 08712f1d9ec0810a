"""Draw the records of a run: learning rate, gradient norms and activations by layer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bpsandbox.document import Activations, Document, LayerName
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped, short

from .layouts import SIZES
from .look import PLAIN, Look
from .series import Values, points_of, quantile
from .several import Line, Subject, axis_for, several
from .ticks import Axis, range_axis

type Rows = list[Values]

ROUNDING = {"float64": 1e-12, "float32": 1e-5}
"""A deviation below this share of the mean is the rounding error of equal numbers."""
TINY = 1e-15
"""So is any deviation below this value."""
MOST_READ = 200
WIDEST = 1e4
"""Values with a larger ratio are drawn on a log axis."""


@dataclass(frozen=True)
class Picture:
    """A drawing with its lines, for a legend beside it."""

    title: str
    drawing: str
    lines: tuple[Line, ...]
    readings: str = "[]"
    """[share of the width, position, a value of each line] for every point, as JSON."""
    names: str = "[]"
    """The names of the lines, as JSON."""
    span: str = ""
    """The ends of the x axis, for scripts."""
    seed: int | None = None
    """The one seed that it shows, if it does not show them all."""
    statistic: str = ""
    """The name of what is drawn of activations."""


@dataclass(frozen=True)
class Place:
    """The recorded points along x."""

    x: tuple[float, ...]
    unit: str
    last: float
    first: float = 0.0


def learning_rate(document: Document, *, prefix: str = "rate", look: Look = PLAIN) -> Picture | None:
    """Draw the learning rate if it was not constant; with several rates, the median and range of the seeds."""
    recorded = document.records.learning_rate
    if not recorded:
        return None
    rows = [rate if isinstance(rate, tuple) else (rate,) for rate in recorded]
    rows, seed = _of_seed(document, rows, look)
    median, low, high = _columns(rows, 0.5), _columns(rows, 0.0), _columns(rows, 1.0)
    line = Line("", _("Learning rate"), median, *((low, high) if any(len(row) > 1 for row in rows) else ()))
    title = _("Learning rate")
    ends = _("From {start} to {end}.", start=short(_first(median)), end=short(_last(median)))
    return _picture(document, [line], title, ends, prefix, log=False, look=look, seed=seed)


def gradient_norms(document: Document, *, prefix: str = "gradients", look: Look = PLAIN) -> Picture | None:
    """Draw the norm of every layer's gradient: the median over the seeds with its quartiles, on a log axis.

    Of a look with a seed, those of that seed.
    """
    record = document.records.gradients
    if record is None or not record.norms:
        return None
    seeds = _first_seeds(document)
    each = [[row[k][:seeds] for row in record.norms] for k in range(len(record.layers))]
    of = [_of_seed(document, rows, look) for rows in each]
    lines = [_layer_line(layer, of[k][0], k) for k, layer in enumerate(record.layers)]
    title = _("Gradient norms by layer")
    seed = of[0][1] if of else None
    return _picture(document, lines, title, _said(lines), prefix, log=True, look=look, seed=seed)


def _of_seed(document: Document, rows: Rows, look: Look) -> tuple[Rows, int | None]:
    """Return the rows of the look's seed, and the seed; those of all seeds if it has none, or they do not differ."""
    place = document.seeds.index(look.seed) if look.seed in document.seeds else -1
    if place < 0 or len(rows[0]) < 2 or place >= len(rows[0]):
        return rows, None
    return [row[place : place + 1] for row in rows], look.seed


def _first_seeds(document: Document) -> int | None:
    """Return the seeds of the first setting of a sweep; else all seeds."""
    return len(document.members[0].rows) if document.members else None


def _layer_line(layer: LayerName, rows: list[Values], rank: int) -> Line:
    around = (_columns(rows, 0.25), _columns(rows, 0.75)) if len(rows[0]) > 2 else ((), ())
    return Line(str(layer.index), layer.type, _columns(rows, 0.5), *around, rank=rank)


def activation_pictures(
    document: Document,
    *,
    prefix: str = "activations",
    look: Look = PLAIN,
    record: Activations | None = None,
    epochs: tuple[int, ...] = (),
) -> tuple[Picture, ...]:
    """Draw the standard deviation of every layer's outputs, and the shares of zero, saturated and dead ones.

    They are those of `record` at its `epochs`, or those that the document has at every point.
    """
    record = record or document.records.activations
    if record is None:
        return ()
    place = Place(tuple(map(float, epochs)), "epoch", float(epochs[-1])) if epochs else None
    titles = {
        "std": _("Standard deviation of the outputs"),
        "zero": _("Share of zeros"),
        "saturated": _("Share of saturated outputs"),
        "dead": _("Share of dead units"),
    }
    wanted = [name for name in titles if name == "std" or _is_ever(getattr(record, name))]
    made = (
        (name, _statistic(document, record, name, titles[name], f"{prefix}-{name}", look, place)) for name in wanted
    )
    return tuple(replace(picture, statistic=name) for name, picture in made if picture)


def _is_ever(rows: Sequence[Sequence[float | None]]) -> bool:
    return any(value for row in rows for value in row)


def _statistic(
    document: Document, record: Activations, name: str, title: str, prefix: str, look: Look, place: Place | None
) -> Picture | None:
    lines = [
        Line(str(layer.index), layer.type, _without_rounding(document, record, name, k), rank=k)
        for k, layer in enumerate(record.layers)
    ]
    top = None if name == "std" else 1.0
    log = name == "std" and _is_wide(lines)
    return _picture(
        document, lines, title, _said(lines), prefix, log=log, top=top, look=look, seed=record.seed, place=place
    )


def _without_rounding(document: Document, record: Activations, name: str, layer: int) -> Values:
    """Return one layer's line. A deviation caused by rounding of equal outputs is 0."""
    values = tuple(row[layer] for row in getattr(record, name))
    if name != "std":
        return values
    dtype = document.provenance.dtype if document.provenance else ""
    rounding = ROUNDING.get(dtype, ROUNDING["float64"])
    least = (max(TINY, rounding * abs(row[layer] or 0.0)) for row in record.mean)
    pairs = zip(values, least, strict=True)
    return tuple(0.0 if value is not None and value <= smallest else value for value, smallest in pairs)


def _is_wide(lines: list[Line]) -> bool:
    """Return whether the positive values span too many decades for a linear axis."""
    values = [value for line in lines for value in line.values if value]
    return bool(values) and max(values) > WIDEST * min(values)


def _picture(
    document: Document,
    lines: list[Line],
    title: str,
    description: str,
    prefix: str,
    *,
    log: bool,
    top: float | None = None,
    look: Look = PLAIN,
    seed: int | None = None,
    place: Place | None = None,
) -> Picture | None:
    """Return the picture of a look's range; its description is of the whole."""
    if not any(value is not None for line in lines for value in line.values):
        return None
    place = place or _place(document, max(len(line.values) for line in lines))
    place, lines = _within(place, lines, look)
    if not any(value is not None for line in lines for value in line.values):
        return None
    axis = axis_for(lines, log=log, top=top)
    subject = Subject(title, description, _("log scale") if axis.is_log else "", place.unit)
    across = range_axis(place.first, place.last, SIZES["fluid"].most_ticks)
    at = look.at if place.unit == "epoch" else None
    drawing = several(place.x, lines, subject, axis=axis, across=across, prefix=prefix, at=at)
    names = json.dumps([f"{line.key} {line.word}".strip() for line in lines], ensure_ascii=False)
    span = f"{across.low:.15g} {across.high:.15g}"
    readings = _readings(place, lines, across)
    return Picture(title, drawing, tuple(lines), readings, names, span=span, seed=seed)


def _within(place: Place, lines: list[Line], look: Look) -> tuple[Place, list[Line]]:
    """Return the recorded points of a range, and the lines there; all of them if fewer than two are in it."""
    start = -math.inf if look.start is None else look.start
    end = math.inf if look.end is None else look.end
    inside = [i for i, x in enumerate(place.x) if start <= x <= end]
    if not look.is_zoomed or len(inside) < 2:
        return place, lines
    part = slice(inside[0], inside[-1] + 1)
    cut = [replace(line, values=line.values[part], low=line.low[part], high=line.high[part]) for line in lines]
    return Place(place.x[part], place.unit, place.x[inside[-1]], place.x[inside[0]]), cut


def _readings(place: Place, lines: list[Line], across: Axis) -> str:
    every = -(-len(place.x) // MOST_READ)
    rows = [
        [round(across.at(x), 4), grouped(x), *(short(_at(line.values, i)) for line in lines)]
        for i, x in list(enumerate(place.x))[::every]
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _at(values: Values, place: int) -> float | None:
    return values[place] if place < len(values) else None


def _place(document: Document, points: int) -> Place:
    """Return the x positions of the points; a sweep's first setting may have fewer than the others."""
    x, by_step = points_of(document)
    return Place(x[:points], "step" if by_step else "epoch", x[-1] if x else 0.0)


def _columns(rows: Sequence[Sequence[float | None]], share: float) -> Values:
    """Return the quantile over the seeds at every point, None if no seed has a number."""
    known = (sorted(value for value in row if value is not None) for row in rows)
    return tuple(quantile(row, share) if row else None for row in known)


def _said(lines: list[Line]) -> str:
    """Describe the start and end of every line."""
    return sentences(_("; ").join(_ways(lines)))


def _ways(lines: list[Line]) -> Iterator[str]:
    for line in lines:
        start, end = short(_first(line.values)), short(_last(line.values))
        yield _("{number} {layer}: {start} → {end}", number=line.key, layer=line.word, start=start, end=end)


def _first(values: Values) -> float | None:
    return next((value for value in values if value is not None), None)


def _last(values: Values) -> float | None:
    return _first(values[::-1])
