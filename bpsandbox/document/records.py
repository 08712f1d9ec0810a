"""Records of a run: gradients, activations, weights, decision boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Annotated, Literal, TypeAlias

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
    """`values[r][c]`, row 0 having the lowest y: the class, or the output of a regression."""
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

    def check(self, path: str) -> None:
        agree(f"{path}.counts", len(self.counts), len(self.labels), "labels")
        for place, row in enumerate(self.counts):
            agree(f"{path}.counts[{place}]", len(row), len(self.labels), "labels")


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
    confusion_matrix: ConfusionMatrix | None = None
    """The confusion matrix of the classes."""
    network: FinalNetwork | None = None
    """The final parameters of a small network."""
    worked_example: Annotated[AnyWorkedExample, WorkedKind(WorkedExample)] = None
    """One step worked through for one example."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the records present, sorted."""
        return tuple(sorted(name for name in RECORDS if getattr(self, name) is not None))


RECORDS = (
    "learning_rate", "gradients", "activations", "weights", "decision_boundary", "confusion_matrix", "network",
    "worked_example",
)  # fmt: skip
