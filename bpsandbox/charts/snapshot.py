"""The pictures of one seed at one epoch: network, boundary or fitted function, filters, activations, weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bpsandbox.core.bins import equal_bins
from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.observers.snapshots import LARGEST
from bpsandbox.core.types import Array
from bpsandbox.document import DecisionBoundary, Document, FinalNetwork, Histogram, LayerName, NamedTensor
from bpsandbox.messages import N_, _, sentences
from bpsandbox.numbers import grouped, short
from bpsandbox.runner import results
from bpsandbox.spec.language.activation import RECORDS as ACTIVATIONS
from bpsandbox.spec.rules.measuring import weights_fit

from . import svg
from .blocks import blocks
from .boundary import boundary, boundary_spots, is_by_class, shades
from .fit import fit, is_outside
from .histogram import bars
from .kernels import NOISE, Tiles, cells, first_layer, first_layer_fits, images
from .marks import mark
from .moments import Moment, Timeline, moment, timeline, usual_seed
from .network import Map, Maps, matrices, network, unit_name, unit_spots
from .plane import spots
from .stage import MOST_POINTS, Stage, stage
from .still import still
from .ticks import are_equal
from .track import track
from .unrolled import unrolled

MOST_MAPS, MAP = 36, 24
"""Most units that are drawn as maps, and points along a side of one."""
MOST_FEATURE_MAPS = 16
MOST_UNITS = 64
"""Most units that are drawn one by one."""
UNITWISE = frozenset({"Linear", "Flatten", "Reshape", "Dropout", *ACTIVATIONS})
"""Layers whose network can be drawn as units: those of Linear layers, and what changes no unit but by itself."""
LEAST_COUNTED, BINS = 8, 24
"""Fewest weights of a layer that have a histogram, and its bins."""
OF_ONE = N_("Shade: the output, {low} (vermilion) to {high} (blue); the line is at {divide}.")
OF_TWO = N_("Shade: the second output minus the first, {low} (vermilion) to {high} (blue); the line is at {divide}.")


@dataclass(frozen=True)
class Key:
    """An entry of a legend: a class with its mark, or a line."""

    class_: str
    words: str

    @property
    def family(self) -> str:
        """Return the class of the drawing whose colours it has."""
        if self.class_.startswith("hue"):
            return "curve"
        return "boundary" if "example-" in self.class_ else "fit"


def swatch(key: Key) -> str:
    """Draw the mark of a key: that of a class, a line, or a point."""
    name = key.class_.rpartition(" ")[2]
    if name.startswith("example-"):
        return svg.tag("path", class_=key.class_, d=mark(int(name[-1]), 8, 6, 4))
    if name in ("example", "is-held-out"):
        return svg.tag("path", class_=key.class_, d=mark(0, 8, 6, 3))
    return svg.tag("path", class_="fitted median", d="M1 6h14")


@dataclass(frozen=True)
class View:
    """One picture. `spots` is what is read on it, as JSON."""

    kind: str
    title: str
    drawing: str
    spots: str = ""
    keys: tuple[Key, ...] = ()
    note: str = ""
    shades: tuple[str, str, str] | None = None
    """The low, the dividing and the high number of its ten shades, if it has any."""
    reach: str = ""
    """The size of the numbers in full colour, of a picture with one colour for each sign."""

    @property
    def has_held_out(self) -> bool:
        """Whether it marks the samples that are not trained on."""
        return any(key.class_.endswith("is-held-out") for key in self.keys)

    @property
    def file(self) -> str:
        """Return the drawing as a standalone SVG file; empty for a kind that is none."""
        return still(self.drawing)


@dataclass(frozen=True)
class UnitLayer:
    """The units of one layer as numbers: a formula of each."""

    index: int
    units: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """What was recorded of one seed at one epoch. `is_growing`: of a run without a result, with its states so far."""

    timeline: Timeline
    asked: int
    """The chosen epoch of the timeline; `moment.epoch` is earlier for a seed that had stopped by then."""
    moment: Moment
    views: tuple[View, ...]
    layers: tuple[UnitLayer, ...]
    is_growing: bool = False
    is_cut: bool = False
    """Whether the seed was ended from outside, such as by a limit, and not by the config."""

    @property
    def place(self) -> int:
        return self.timeline.epochs.index(self.asked)


def snapshot(
    document: Document, canonical: str, epoch: int | None = None, seed: int | None = None, wanted: str = ""
) -> Snapshot | None:
    """Return the pictures at the recorded epoch nearest before `epoch`; None if nothing was recorded.

    A document without points is that of a run without a result: see `growing`.

    Without an epoch it is the end, without a seed the median one. With the kind of a `wanted` picture, no other is
    drawn.
    """
    line = timeline(document)
    if line is None:
        return None
    asked = line.nearest(epoch)
    now = moment(document, asked, seed if seed in line.seeds else usual_seed(document, line.seeds))
    made = _Pictures(document, now, stage(canonical), wanted=wanted)
    is_cut = results.is_cut([document.stop[document.seeds.index(now.seed)]])
    layers = () if wanted else tuple(made.layers())
    return Snapshot(line, asked, now, tuple(made.views()), layers, not document.epochs, is_cut)


def layers_view(document: Document, *, prefix: str = "", note: str | None = None) -> View:
    """Return the network as its layers, with the reason why its units are not drawn, and what would show more.

    `note` takes the place of the sentence that nothing was recorded.
    """
    why = _why_layers(document)
    otherwise = _("Each layer is one block: the weights were not recorded.") if note is None else note
    said = sentences(why, _wish(document) if note is None else "") if why else otherwise
    if note is None and document.records.snapshots is None and (document.parameters or 0) > LARGEST:
        said = sentences(said, _("Its weights at other epochs are not kept, so there is no slider: that is done for "
                                 "networks of at most {most} numbers.", most=grouped(LARGEST)))  # fmt: skip
    return View("network", _("Network"), blocks(document, prefix=f"{prefix}network"), note=said)


def pictures(document: Document, made: Stage | None, *, prefix: str) -> Iterator[View]:
    """Yield the pictures of a document with one state, with ids of their own."""
    line = timeline(document)
    if line is not None:
        now = moment(document, line.last, line.seeds[0])
        yield from _Pictures(document, now, made, prefix).views()


def _why_layers(document: Document) -> str:
    """Say why the units are not drawn even if their weights are known; nothing for a network that has them drawn."""
    others = _not_of_units(document)
    if others:
        return _("Each layer is one block: units are not drawn for networks with {types}.", types=_(", ").join(others))
    linear = [layer for layer in document.layers if layer.type == "Linear"]
    if any(len(layer.in_shape or ()) == 2 for layer in linear):
        return _("Each layer is one block: units are not drawn for sequences.")
    units = document.layers[0].in_ + sum(layer.out for layer in linear)
    if units > MOST_UNITS:
        return _("Each layer is one block: {count} units are too many to be drawn one by one.", count=grouped(units))
    return ""


def _wish(document: Document) -> str:
    """Say how to see the first layer's weights, if there is room for them in the record and in the drawing."""
    is_recorded = document.records.snapshots is not None or document.records.weights
    if is_recorded or not weights_fit(document.parameters or 0) or not first_layer_fits(document):
        return ""
    return _("The config of this run did not ask for its weights: “{config}” shows those of the first layer.",
             config="record: {weights: true}")  # fmt: skip


def _not_of_units(document: Document) -> list[str]:
    """Return the types of layers that are not drawn as units and their weights."""
    return list(dict.fromkeys(layer.type for layer in document.layers if layer.type not in UNITWISE))


class _Pictures:
    def __init__(
        self, document: Document, now: Moment, made: Stage | None, prefix: str = "", *, wanted: str = ""
    ) -> None:
        self.document, self.now, self.stage, self.prefix, self.wanted = document, now, made, prefix, wanted
        self.record = FinalNetwork(now.seed, now.tensors)
        self.bound = made.bound(now.values) if made and now.values and None not in now.values else None
        self.matrices, self.places = matrices(self.record)

    def draws(self, kind: str) -> bool:
        """Return whether pictures of this kind are drawn."""
        return self.wanted in ("", kind)

    def views(self) -> Iterator[View]:
        if self.draws("network"):
            yield from self._network()
        if self.draws("boundary"):
            yield from self._answer()
        if self.draws("unrolled"):
            yield from self._unrolled()
        yield from self._pictures()
        yield from self._histograms()

    # network

    def _network(self) -> Iterator[View]:
        if not self.has_units:
            if self.document.layers:
                yield layers_view(self.document, prefix=self.prefix)
            return
        words = [[f"{name}" for name in self._names(k)] if k == 0 else told for k, told in enumerate(self._formulas())]
        epoch = None if self.now.is_end and self.document.epochs else self.now.epoch
        drawing = network(self.record, prefix=f"{self.prefix}network", maps=self._maps(), epoch=epoch)
        note = _("Blue weights are positive, vermilion ones negative; thicker means larger.")
        if "unit-map" in drawing:
            note = sentences(note, _("In a unit, blue is a high output and vermilion a low one."))
        yield View("network", _("Network"), drawing, spots(unit_spots(self.record, words)), note=note)

    @property
    def has_units(self) -> bool:
        """Whether the units are drawn one by one, with their weights."""
        return bool(self.matrices) and sum(self.columns) <= MOST_UNITS and not _not_of_units(self.document)

    @property
    def columns(self) -> tuple[int, ...]:
        return (len(self.matrices[0][0]), *(len(matrix) for matrix in self.matrices))

    def _names(self, column: int) -> list[str]:
        count = self.columns[column]
        return [unit_name(column, i, len(self.columns), count) for i in range(count)]

    def _formulas(self) -> list[list[str]]:
        """Return a formula of every unit, one list for each column; inputs have only their name."""
        biases = {tensor.name: tensor.value for tensor in self.now.tensors}
        told = [self._names(0)]
        for k, (matrix, index) in enumerate(zip(self.matrices, self.places, strict=True), 1):
            bias = biases.get(f"layers.{index}.bias")
            told.append([
                _formula(name, self._activation(k), row, self._names(k - 1), bias[i] if bias else None)  # type: ignore[index]
                for i, (name, row) in enumerate(zip(self._names(k), matrix, strict=True))
            ])  # fmt: skip
        return told

    def _activation(self, column: int) -> str:
        index = self.places[column - 1]
        return next((layer.activation or "" for layer in self.document.layers if layer.index == index), "")

    def layers(self) -> Iterator[UnitLayer]:
        if self.has_units:
            for index, told in zip(self.places, self._formulas()[1:], strict=True):
                yield UnitLayer(index, tuple(told))

    def _maps(self) -> Maps:
        """Return every unit's output over the plane, for inputs of two numbers and few units."""
        if self.bound is None or self.stage is None or not self.stage.is_plane or sum(self.columns) > MOST_MAPS:
            return ()
        arrays = self._columns_of(self.bound, self.stage, _grid(self.stage))
        if [array.shape[1] for array in arrays] != list(self.columns):
            return ()
        return [[_map(array[:, unit]) for unit in range(array.shape[1])] for array in arrays]

    def _columns_of(self, bound: Network, made: Stage, x: Array) -> list[Array]:
        """Return the units of each column: the input of each matrix, and the output."""
        arrays = made.outputs(bound, x)
        inputs = [next(i for i, layer in enumerate(bound.layers) if layer.index == index) for index in self.places]
        return [arrays[place] for place in inputs] + [arrays[-1]]

    # what the network answers

    def _answer(self) -> Iterator[View]:
        made = self.stage
        if made and self.bound is not None and made.is_line:
            yield self._fit(made, self.bound)
        elif self.now.boundary is not None:  # recorded in full precision
            yield _boundary(self.now.boundary, made, self.prefix)
        elif made and self.bound is not None and made.is_plane:
            yield _boundary(made.boundary(self.bound, self.now.epoch, self.now.seed), made, self.prefix)

    def _fit(self, made: Stage, bound: Network) -> View:
        xs, ys = made.fitted(bound)
        every = -(-len(made.raw) // MOST_POINTS)
        points = list(zip(made.raw.x[::every, 0].tolist(), made.raw.y[::every, 0].tolist(), strict=True))
        drawing, read = fit(
            xs.tolist(), ys.tolist(), points, epoch=self.now.epoch, seed=self.now.seed, prefix=f"{self.prefix}boundary",
            held_out=made.held_out[::every],
        )  # fmt: skip
        keys = (Key("fitted", _("network")), *(_part_keys(made) or (Key("example", _("examples")),)))
        note = ""
        if is_outside(ys.tolist(), points):
            note = _("The function is outside the picture: it goes from {low} to {high}.",
                     low=short(min(ys)), high=short(max(ys)))  # fmt: skip
        return View("boundary", _("Fitted function"), drawing, spots(read), keys, note)

    # filters and activations of pictures

    def _pictures(self) -> Iterator[View]:
        known = self.document.data or (self.stage and self.stage.raw)
        shape = tuple(known.shape) if known else ()
        made = first_layer(self.now.tensors, shape) if self.draws("filters") else None
        if made is not None and (len(shape) == 3 or not self.has_units):
            drawing = images(made, _("Weights of the first layer"), prefix=f"{self.prefix}filters")
            yield View("filters", _("Weights of the first layer"), drawing, spots(cells(made)),
                       note=_("Blue is positive, vermilion negative."), reach=made.reach)  # fmt: skip
        is_wanted = not self.wanted or self.wanted.startswith("outputs-")
        if is_wanted and self.stage and self.bound is not None and len(self.stage.raw.shape) == 3:
            yield from self._activations(self.stage, self.bound)

    def _activations(self, made: Stage, bound: Network) -> Iterator[View]:
        """Draw one example and what each convolution makes of it, after its activation."""
        arrays = made.outputs(bound, made.raw.x[:1])
        for place, layer in enumerate(bound.layers):
            is_last = place + 1 == len(bound.layers) or bound.layers[place + 1].index != layer.index
            if is_last and arrays[place + 1].ndim == 4 and not layer.is_view:
                owner = bound.owner(place)
                if not self.draws(f"outputs-{owner.index}"):
                    continue
                title = _("Outputs of layer {index}, {type}", index=owner.index, type=owner.name)
                maps = [_tuple(one) for one in arrays[place + 1][0][:MOST_FEATURE_MAPS]]
                tiles = Tiles(title, maps, arrays[place + 1].shape[1])
                drawing = images(tiles, title, prefix=f"{self.prefix}outputs-{owner.index}")
                note = _("For the first example of the data.")
                yield View(f"outputs-{owner.index}", title, drawing, spots(cells(tiles)), note=note, reach=tiles.reach)

    # gradients through time, and histograms

    def _unrolled(self) -> Iterator[View]:
        record = self.document.records.through_time
        if record and self.now.seed in record.seeds:
            drawn = unrolled(record, self.now.epoch, record.seeds.index(self.now.seed))
            if drawn:
                keys = tuple(Key(line.hue, f"{line.key} {line.word}") for line in drawn.lines)
                note = _("Norm of dL/dh at each step of the sequence, at epoch {epoch}.", epoch=drawn.epoch)
                yield View("unrolled", _("Gradient through time"), drawn.drawing, spots(drawn.spots), keys, note)

    def _histograms(self) -> Iterator[View]:
        record = self.document.records.histograms
        if record is None or self.now.seed not in record.seeds:
            for index, histogram in _counted(self.now.tensors):
                if self.draws(f"weights-{index}"):
                    yield _bars("weights", LayerName(index, self._type(index)), histogram)
            return
        place, seed = _before(record.epochs, self.now.epoch), record.seeds.index(self.now.seed)
        note = _("At epoch {epoch}.", epoch=record.epochs[place])
        for kind in ("weights", "gradients"):
            rows = getattr(record, kind)
            for k, layer in enumerate(record.layers):
                if rows[place][k][seed] is not None and self.draws(f"{kind}-{layer.index}"):
                    yield _bars(kind, layer, rows[place][k][seed], note)
                if self.draws(f"track-{kind}-{layer.index}"):
                    yield from _track(kind, layer, record.epochs, [row[k][seed] for row in rows], place)

    def _type(self, index: int) -> str:
        return next((layer.type for layer in self.document.layers if layer.index == index), "")


def _counted_title(kind: str, layer: LayerName) -> str:
    values = {"index": layer.index, "type": layer.type}
    if kind == "gradients":
        return _("Gradients of layer {index}, {type}", **values)
    return _("Weights of layer {index}, {type}", **values)


def _side(kind: str) -> str:
    return "is-back" if kind == "gradients" else ""


def _track(
    kind: str, layer: LayerName, epochs: Sequence[int], histograms: Sequence[Histogram | None], place: int
) -> Iterator[View]:
    title = _("{title}, over the epochs", title=_counted_title(kind, layer))
    made = track(epochs, histograms, place, title, prefix=f"track-{kind}-{layer.index}", class_=_side(kind))
    if made:
        note = _("A column for each recorded epoch; the stronger its colour, the more numbers.")
        yield View(f"track-{kind}-{layer.index}", title, made[0], spots(made[1]), note=note)


def _bars(kind: str, layer: LayerName, histogram: Histogram, note: str = "") -> View:
    title = _counted_title(kind, layer)
    drawing, read = bars(histogram, title, prefix=f"count-{kind}-{layer.index}", class_=_side(kind))
    return View(f"{kind}-{layer.index}", title, drawing, spots(read), note=note)


def _before(epochs: Sequence[int], epoch: int) -> int:
    """Return the place of the last epoch that is not later."""
    return max((place for place, each in enumerate(epochs) if each <= epoch), default=0)


def _counted(tensors: Sequence[NamedTensor]) -> Iterator[tuple[int, Histogram]]:
    """Count the weights of every layer, without biases."""
    by_layer: dict[int, list[Array]] = {}
    for tensor in tensors:
        _layers, index, name = tensor.name.split(".")
        if "weight" in name:
            by_layer.setdefault(int(index), []).append(np.array(tensor.value, dtype=np.float64).ravel())
    for place, parts in by_layer.items():
        values = np.concatenate(parts)
        if len(values) >= LEAST_COUNTED and np.isfinite(values).all():
            yield place, Histogram(float(values.min()), float(values.max()), tuple(equal_bins(values, BINS)))


def _formula(name: str, activation: str, row: Sequence[float], inputs: Sequence[str], bias: object) -> str:
    terms = [f"{short(weight)} {unit}" for weight, unit in zip(row, inputs, strict=True)]
    inner = " + ".join(terms + ([short(bias)] if isinstance(bias, float | int) else [])).replace("+ −", "− ")
    return f"{name} = {activation}({inner})" if activation else f"{name} = {inner}"


def _part_keys(made: Stage | None) -> tuple[Key, ...]:
    """Return the keys of the parts of the data, if there are several."""
    if not made or not made.held_out:
        return ()
    return Key("example", _("training samples")), Key("example is-held-out", _("held-out samples"))


def _boundary(record: DecisionBoundary, made: Stage | None, prefix: str = "") -> View:
    labels = [str(label) for label in made.raw.labels] if made else [str(k) for k in range(record.classes)]
    keys = [Key(f"example example-{k % 5}", _("class {label}", label=label)) for k, label in enumerate(labels)]
    of_two = record.outputs is not None and made is not None and made.network.shapes[-1] == (2,)
    ends = shades(record)
    note = ""
    if ends:
        low, divide, high = ends
        note = _(OF_TWO if of_two else OF_ONE, low=low, high=high, divide=divide)
    elif is_by_class(record):
        note = _("Each area has the colour of the class that is predicted there.")
    title = _("Decision boundary") if record.classes > 1 else _("Output over the plane")
    held = made.held_out[:: -(-len(made.raw) // MOST_POINTS)] if made else ()
    keys += _part_keys(made)
    drawing = boundary(record, prefix=f"{prefix}boundary", held_out=held)
    return View("boundary", title, drawing, spots(boundary_spots(record, of_two=of_two)), tuple(keys), note, ends)


def _grid(made: Stage) -> Array:
    low, high = made.raw.x.min(axis=0), made.raw.x.max(axis=0)
    margin = np.where(high > low, 0.15 * (high - low), 1.0)
    axes = [np.linspace(a, b, MAP) for a, b in zip(low - margin, high + margin, strict=True)]
    xs, ys = np.meshgrid(*axes)
    return np.column_stack([xs.ravel(), ys.ravel()])


def _map(values: Array) -> Map:
    """Scale to 0 … 1: 0 to 1 for what is within, else around the middle of zero."""
    low, high = float(values.min()), float(values.max())
    if are_equal(low, high) or max(-low, high) < NOISE:  # rounding: shades would show where it is up or down
        values = np.full_like(values, round(high, 9))
    if low < -1e-9 or high > 1 + 1e-9:
        reach = max(abs(low), abs(high), 1e-12)
        shares = values / (2 * reach) + 0.5
    else:
        shares = values
    return Map(_tuple(shares.reshape(MAP, MAP)))


def _tuple(matrix: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, matrix.tolist()))
