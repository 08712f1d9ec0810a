"""Records of a run: gradients, activations, weights, decision boundaries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, Any, Literal, TypeAlias

from .errors import InvalidDocument
from .kinds import Array, Count, Integer, Name, Number, Numbers, Words
from .reading import Part, agree
from .worked import AnyWorkedExample, WorkedExample, WorkedKind

STATISTICS = ("mean", "std", "zero", "saturated", "dead")
Rates: TypeAlias = tuple[Number | Numbers | None, ...]


@dataclass(frozen=True, slots=True)
class LayerName(Part):
    """A layer of the config."""

    index: Count
    """Its index in the config, from 0."""
    type: Name
    """Its type in the config."""


@dataclass(frozen=True, slots=True)
class GradientNorms(Part):
    """The Euclidean norm of each layer's gradient at the step after each point, penalties included, before clipping."""

    layers: tuple[LayerName, ...]
    """The layers with parameters."""
    norms: tuple[tuple[Numbers, ...], ...]
    """`norms[i][k][s]` is that of layer k of `layers` for seed s at point i; of a sweep, the first setting's seeds."""

    def check(self, path: str) -> None:
        for place, row in enumerate(self.norms):
            agree(f"{path}.norms[{place}]", len(row), len(self.layers), "layers")
        widths = {len(norms) for norms in chain.from_iterable(self.norms)}
        if len(widths) > 1:
            raise InvalidDocument(
                f"{path}.norms", f"expected the same number of seeds everywhere, got {sorted(widths)}"
            )


@dataclass(frozen=True, slots=True)
class Activations(Part):
    """Statistics of the first seed's outputs: `mean[i][k]` is that of layer k of `layers` at point i."""

    seed: Integer
    """The seed."""
    examples: Count
    """The number of training examples used."""
    layers: tuple[LayerName, ...]
    """The layers, each including its activation; layers that only reshape are omitted."""
    mean: tuple[Numbers, ...]
    """Mean of the outputs."""
    std: tuple[Numbers, ...]
    """Standard deviation."""
    zero: tuple[Numbers, ...]
    """Share of outputs that are 0."""
    saturated: tuple[Numbers, ...]
    """Share of outputs within 1 % of the bounds of their activation."""
    dead: tuple[Numbers, ...]
    """Share of units that are 0 for every example."""

    def at(self, points: Sequence[int]) -> Activations:
        """Return the statistics at some of the points."""

        def at(rows: tuple[Numbers, ...]) -> tuple[Numbers, ...]:
            return tuple(rows[i] for i in points if i < len(rows))

        return replace(
            self,
            mean=at(self.mean),
            std=at(self.std),
            zero=at(self.zero),
            saturated=at(self.saturated),
            dead=at(self.dead),
        )

    def check(self, path: str) -> None:
        for name in STATISTICS:
            rows = getattr(self, name)
            agree(f"{path}.{name}", len(rows), len(self.mean), "points")
            for place, row in enumerate(rows):
                agree(f"{path}.{name}[{place}]", len(row), len(self.layers), "layers")


@dataclass(frozen=True, slots=True)
class NamedTensor(Part):
    """A parameter or buffer with its name, like layers.0.weight."""

    name: Name
    """Its name."""
    value: Array
    """Its numbers."""


@dataclass(frozen=True, slots=True)
class Weights(Part):
    """The first seed's parameters at one epoch."""

    epoch: Count
    """Completed epochs."""
    seed: Integer
    """The seed."""
    weights: tuple[NamedTensor, ...]
    """Its parameters."""


@dataclass(frozen=True, slots=True)
class FinalNetwork(Part):
    """The final parameters of the first seed; small networks only."""

    seed: Integer
    """The seed."""
    weights: tuple[NamedTensor, ...]
    """Its parameters."""
    state: tuple[NamedTensor, ...] | None = None
    """Buffers, such as running statistics."""


@dataclass(frozen=True, slots=True)
class Examples(Part):
    """Some examples to draw with a decision boundary."""

    x: tuple[tuple[Number, ...], ...]
    """Their coordinates."""
    y: Numbers
    """Their targets."""

    def check(self, path: str) -> None:
        agree(f"{path}.y", len(self.y), len(self.x), "x")
        for place, point in enumerate(self.x):
            if len(point) < 2:
                raise InvalidDocument(f"{path}.x[{place}]", f"expected 2 coordinates, got {len(point)}")


@dataclass(frozen=True, slots=True)
class DecisionBoundary(Part):
    """The output of the first seed's network on a grid of the plane at one epoch."""

    epoch: Count
    """Completed epochs."""
    seed: Integer
    """The seed."""
    x: tuple[Number, Number]
    """The ends of the grid along x."""
    y: tuple[Number, Number]
    """The ends of the grid along y."""
    n: Count
    """Points of the grid along each side."""
    values: tuple[Numbers, ...]
    """`values[r][c]`, row 0 having the lowest y: the class, or the output of a regression or of data of one class."""
    classes: Count = 0
    """The number of classes; 0 for a regression."""
    points: Examples | None = None
    """Some of the examples."""
    outputs: tuple[Numbers, ...] | None = None
    """The number that decides between two classes, as in `values`: the single output, or the second minus the first."""
    divide: Number | None = None
    """The output that separates the two classes."""

    def check(self, path: str) -> None:
        if self.n < 2:
            raise InvalidDocument(f"{path}.n", f"expected at least 2, got {self.n}")
        for name in ("x", "y"):
            low, high = getattr(self, name)
            if not low < high:
                raise InvalidDocument(f"{path}.{name}", f"expected two ends in order, got {low} and {high}")
        for name, rows in (("values", self.values), ("outputs", self.outputs or self.values)):
            agree(f"{path}.{name}", len(rows), self.n, "the grid's rows")
            for place, row in enumerate(rows):
                agree(f"{path}.{name}[{place}]", len(row), self.n, "the grid's columns")


@dataclass(frozen=True, slots=True)
class TensorShape(Part):
    """A parameter or buffer without its numbers."""

    name: Name
    """Its name, like layers.0.weight."""
    shape: tuple[Count, ...]
    """Its shape."""


@dataclass(frozen=True, slots=True)
class Snapshots(Part):
    """Parameters and buffers, to six digits, of the first seeds at some epochs and at the end; small networks only."""

    seeds: tuple[Integer, ...]
    """The seeds; of a sweep, those of the first setting."""
    tensors: tuple[TensorShape, ...]
    """The tensors, in the order of their numbers."""
    epochs: tuple[Count, ...]
    """Completed epochs of each snapshot, without the end."""
    values: tuple[tuple[Numbers | None, ...], ...]
    """`values[i][s]` has the numbers of all tensors of seed s at epoch i; null once that seed has stopped."""
    final: tuple[Numbers, ...]
    """`final[s]` has those at the end, after best parameters were restored."""

    def check(self, path: str) -> None:
        agree(f"{path}.values", len(self.values), len(self.epochs), "epochs")
        agree(f"{path}.final", len(self.final), len(self.seeds), "seeds")
        size = sum(math.prod(tensor.shape) for tensor in self.tensors)
        for place, row in enumerate(self.values):
            agree(f"{path}.values[{place}]", len(row), len(self.seeds), "seeds")
            for seed, numbers in enumerate(row):
                if numbers is not None:
                    agree(f"{path}.values[{place}][{seed}]", len(numbers), size, "the tensors' numbers")
        for seed, numbers in enumerate(self.final):
            agree(f"{path}.final[{seed}]", len(numbers), size, "the tensors' numbers")

    def of(self, count: int) -> Snapshots:
        """Return the snapshots of at most the first `count` seeds."""
        values = tuple(row[:count] for row in self.values)
        return replace(self, seeds=self.seeds[:count], values=values, final=self.final[:count])


@dataclass(frozen=True, slots=True)
class Histogram(Part):
    """Counts in equal bins from `low` to `high`."""

    low: Number
    """The smallest number."""
    high: Number
    """The largest number."""
    counts: tuple[Count, ...]
    """How many numbers are in each bin."""


@dataclass(frozen=True, slots=True)
class Histograms(Part):
    """Histograms of each layer's weights and gradients, before clipping, penalties included, at some epochs."""

    seeds: tuple[Integer, ...]
    """The first seeds; of a sweep, those of the first setting."""
    layers: tuple[LayerName, ...]
    """The layers with parameters."""
    epochs: tuple[Count, ...]
    """Completed epochs."""
    weights: tuple[tuple[tuple[Histogram | None, ...], ...], ...]
    """`weights[i][k][s]` is that of layer k for seed s at epoch i; null if the seed has stopped."""
    gradients: tuple[tuple[tuple[Histogram | None, ...], ...], ...]
    """The same for the gradients of the next step."""

    def check(self, path: str) -> None:
        for name in ("weights", "gradients"):
            _check_grid(f"{path}.{name}", getattr(self, name), self.epochs, self.layers, self.seeds)

    def of(self, count: int) -> Histograms:
        """Return the histograms of at most the first `count` seeds."""
        weights, gradients = (_first_seeds(rows, count) for rows in (self.weights, self.gradients))
        return replace(self, seeds=self.seeds[:count], weights=weights, gradients=gradients)


@dataclass(frozen=True, slots=True)
class ThroughTime(Part):
    """Norms of dL/dh_k of recurrent layers for a batch, for every step k of the sequences, at some epochs."""

    seeds: tuple[Integer, ...]
    """The first seeds; of a sweep, those of the first setting."""
    layers: tuple[LayerName, ...]
    """The recurrent layers."""
    epochs: tuple[Count, ...]
    """Completed epochs."""
    norms: tuple[tuple[tuple[Numbers | None, ...], ...], ...]
    """`norms[i][k][s]` has a number for each step, for layer k and seed s at epoch i; null if the seed has stopped."""

    def check(self, path: str) -> None:
        _check_grid(f"{path}.norms", self.norms, self.epochs, self.layers, self.seeds)

    def of(self, count: int) -> ThroughTime:
        """Return the norms of at most the first `count` seeds."""
        return replace(self, seeds=self.seeds[:count], norms=_first_seeds(self.norms, count))


def _check_grid(
    path: str, rows: Sequence[Any], epochs: Sequence[Any], layers: Sequence[Any], seeds: Sequence[Any]
) -> None:
    agree(path, len(rows), len(epochs), "epochs")
    for place, row in enumerate(rows):
        agree(f"{path}[{place}]", len(row), len(layers), "layers")
        for layer, each in enumerate(row):
            agree(f"{path}[{place}][{layer}]", len(each), len(seeds), "seeds")


def _first_seeds(rows: tuple[tuple[Any, ...], ...], count: int) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(layer[:count] for layer in row) for row in rows)


@dataclass(frozen=True, slots=True)
class SalientPicture(Part):
    """One picture and the slopes of the output of its predicted class."""

    index: Count
    """Its index in the part, from 0."""
    truth: Count
    """Its class, an index of the labels."""
    predicted: Count
    """The predicted class."""
    x: Numbers
    """Its pixels as the network sees them."""
    slopes: Numbers
    """dy/dx of the predicted class's output, for every pixel."""

    def check(self, path: str) -> None:
        agree(f"{path}.slopes", len(self.slopes), len(self.x), "pixels")


@dataclass(frozen=True, slots=True)
class Saliency(Part):
    """How much each pixel changes the output of the predicted class, for one picture of each class after training."""

    part: Literal["train", "val", "test"]
    """The part of the data."""
    seed: Integer
    """The seed."""
    shape: tuple[Count, Count, Count]
    """Channels, height and width of a picture."""
    labels: tuple[Words, ...]
    """The classes."""
    pictures: tuple[SalientPicture, ...]
    """The pictures."""

    def check(self, path: str) -> None:
        for place, picture in enumerate(self.pictures):
            agree(f"{path}.pictures[{place}].x", len(picture.x), math.prod(self.shape), "pixels")
            if max(picture.truth, picture.predicted) >= len(self.labels):
                raise InvalidDocument(f"{path}.pictures[{place}]", f"expected a class below {len(self.labels)}")


@dataclass(frozen=True, slots=True)
class Mistake(Part):
    """One misclassified example."""

    index: Count
    """Its index in the part, from 0."""
    truth: Count
    """Its class, an index of the labels."""
    predicted: Count
    """The predicted class."""
    x: Numbers
    """Its numbers as the network sees them; empty if they are too many."""


@dataclass(frozen=True, slots=True)
class ConfusionMatrix(Part):
    """How the first seed's network classified one part of the data."""

    labels: tuple[Words, ...]
    """The classes."""
    counts: tuple[tuple[Count, ...], ...]
    """`counts[true][predicted]`"""
    split: Literal["train", "val", "test"]
    """The part of the data."""
    seed: Integer
    """The seed."""
    mistakes: tuple[Mistake, ...] = ()
    """The first misclassified examples."""
    shape: tuple[Count, ...] | None = None
    """The shape of an example."""

    def check(self, path: str) -> None:
        agree(f"{path}.counts", len(self.counts), len(self.labels), "labels")
        for place, mistake in enumerate(self.mistakes):
            if max(mistake.truth, mistake.predicted) >= len(self.labels):
                raise InvalidDocument(f"{path}.mistakes[{place}]", f"expected a class below {len(self.labels)}")
            if mistake.x:
                agree(f"{path}.mistakes[{place}].x", len(mistake.x), math.prod(self.shape or ()), "numbers")
        for place, row in enumerate(self.counts):
            agree(f"{path}.counts[{place}]", len(row), len(self.labels), "labels")


@dataclass(frozen=True, slots=True)
class LearningRateRange(Part):
    """The learning rate finder: the loss of a copy of one seed while its learning rate grew."""

    seed: Integer
    """The seed."""
    rates: Numbers
    """The learning rate of each step."""
    losses: Numbers
    """The loss of the batch, penalties included, before each step."""
    smoothed: Numbers
    """Its exponential moving average with weight 0.9, without bias."""
    ended: Literal["range", "blown_up", "not_finite"]
    """Why it ended: at the highest rate, or where the smoothed loss was four times its minimum or not finite."""
    minimum: Number | None
    """The rate where the smoothed loss was lowest; null if it hardly fell."""
    steepest: Number | None
    """The rate where it fell fastest."""
    suggestion: Number | None
    """The smaller one of `steepest` and a tenth of `minimum`."""

    @property
    def begins_too_high(self) -> bool:
        """Whether the loss blew up within the first three decades of rates, and none is suggested."""
        is_blown_up = self.suggestion is None and self.ended != "range" and len(self.rates) > 0
        return is_blown_up and (self.rates[-1] or 0.0) < 1000.0 * (self.rates[0] or 0.0)

    @property
    def ends_too_low(self) -> bool:
        """Whether a rate is suggested although the smoothed loss was lowest at the highest rate."""
        return self.suggestion is not None and self.ended == "range" and self.minimum == self.rates[-1]

    @property
    def suggests_below(self) -> bool:
        """Whether the suggested rate is below the range, where no loss was measured."""
        return self.suggestion is not None and self.suggestion < (self.rates[0] or 0.0)

    def check(self, path: str) -> None:
        for name in ("losses", "smoothed"):
            agree(f"{path}.{name}", len(getattr(self, name)), len(self.rates), "rates")
        for place, rate in enumerate(self.rates):
            if rate is None or not rate > 0:
                raise InvalidDocument(f"{path}.rates[{place}]", f"expected a number above 0, got {rate}")


@dataclass(frozen=True, slots=True)
class Records(Part):
    """Records besides the curves, as far as the config requests them."""

    learning_rate: Rates | None = None
    """The learning rate of the step after each point, if it changes: one number, or one for each seed."""
    gradients: GradientNorms | None = None
    """Gradient norms by layer."""
    activations: Activations | None = None
    """Statistics of the outputs by layer."""
    weights: tuple[Weights, ...] | None = None
    """The parameters at the requested epochs."""
    decision_boundary: tuple[DecisionBoundary, ...] | None = None
    """The network's output over the plane, at the requested epochs."""
    lr_range: LearningRateRange | None = None
    """The learning rate finder."""
    confusion_matrix: ConfusionMatrix | None = None
    """The confusion matrix of the classes."""
    snapshots: Snapshots | None = None
    """Parameters of the first seeds of a small network at some epochs."""
    histograms: Histograms | None = None
    """Histograms of weights and gradients by layer."""
    through_time: ThroughTime | None = None
    """Gradient norms of recurrent layers, unrolled in time; recorded with `gradients`."""
    saliency: Saliency | None = None
    """How much each pixel of some pictures matters."""
    network: FinalNetwork | None = None
    """The final parameters of a small network."""
    worked_example: Annotated[AnyWorkedExample, WorkedKind(WorkedExample)] = None
    """One step worked through for one example."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the records present, sorted."""
        return tuple(sorted(name for name in RECORDS if getattr(self, name) is not None))


RECORDS = (
    "learning_rate", "gradients", "activations", "weights", "decision_boundary", "lr_range", "confusion_matrix",
    "snapshots", "histograms", "through_time", "saliency", "network", "worked_example",
)  # fmt: skip
