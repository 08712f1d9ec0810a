"""The result of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from .checks import Checks
from .errors import InvalidDocument
from .kinds import Count, Free, Integer, Name, Number, Numbers, Words, joined, shown
from .reading import Part, agree
from .records import Records

Reason: TypeAlias = Literal[
    "epochs", "steps", "target", "tolerance", "early_stopping", "diverged", "cancelled", "limit"
]  # fmt: skip
Curve: TypeAlias = tuple[Numbers, ...]


@dataclass(frozen=True, slots=True)
class Stop(Part):
    """Why and where one seed stopped."""

    reason: Reason
    """What ended its training."""
    epoch: Count
    """Whole epochs that it did."""
    step: Count
    """Steps that it did."""
    layer: Name | None = None
    """Of a seed that diverged: the first layer whose output was not finite."""
    last: dict[str, Number] | None = None
    """Of a seed that diverged: its values at the last point where its loss was finite."""
    last_epoch: Number | None = None
    """The epoch of that point."""
    restored_epoch: Count | None = None
    """The epoch whose parameters were restored at the end."""


@dataclass(frozen=True, slots=True)
class RunWarning(Part):
    """Something to know before believing the result: a code with the numbers that show it.

    Lists have one number for each of `seeds`. `explain` says what a code means.
    """

    code: Name
    """What it is about."""
    message: Words | None = None
    """The warning in words; only in what the terminal writes, and in results of engine 1."""
    seeds: tuple[Integer, ...] | None = None
    """The seeds it is about."""
    losses: Numbers | None = None
    """Of seeds that learned nothing, or whose loss grew: the losses they ended with."""
    baseline: Number | None = None
    """The loss of a network that ignores its input, where it is known."""
    part: Name | None = None
    """Of overfitting: the held-out part, val or test."""
    epoch: Number | None = None
    """Where the median loss of that part was lowest."""
    lowest: Number | None = None
    """The lowest median loss of that part."""
    last: Number | None = None
    """The last one."""
    layer: Count | None = None
    """The layer that is symmetric, dead or saturated, as the config counts."""
    type: Name | None = None
    """The type of that layer."""
    units: Count | None = None
    """Its units, all with the same weights."""
    share: Number | None = None
    """The share of its dead units, or of its saturated outputs."""
    first_layer: Count | None = None
    """The layer before which the gradient vanishes."""
    last_layer: Count | None = None
    """The last layer with parameters."""
    first_norms: Numbers | None = None
    """Gradient norms of the first layer at the first step, where they vanish before it."""
    last_norms: Numbers | None = None
    """Those of the last layer."""

    def check(self, path: str) -> None:
        for name in NEEDED.get(self.code, ()):
            value = getattr(self, name)
            if value is None or (isinstance(value, tuple) and (not value or None in value)):
                raise InvalidDocument(joined(path, name), f"expected numbers for {self.code}, got {shown(value)}")


NEEDED = {
    "nothing_learned": ("seeds", "losses"),
    "overfitting": ("part", "epoch", "lowest", "last"),
    "symmetric": ("layer", "type", "units"),
    "dead": ("layer", "type", "share"),
    "saturated": ("layer", "type", "share"),
    "vanishing": ("first_layer", "last_layer", "first_norms", "last_norms"),
}
"""What the sentence of a warning says; other warnings have no numbers."""


@dataclass(frozen=True, slots=True)
class DataSummary(Part):
    """The data of the run."""

    name: Name
    """The name of the set; `points` for points in the config."""
    n: Count
    """All examples."""
    train: Count
    """Examples in the training part; 0 for a part that there is not."""
    val: Count
    """Examples in the validation part."""
    test: Count
    """Examples in the test part."""
    features: Count
    """Numbers of one example."""
    shape: tuple[Count, ...]
    """The shape of one example."""
    hash: Name
    """Of the examples before the split: the same data have the same hash."""
    classes: Count | None = None
    """The number of classes; only of data to be classified."""
    chance_loss: Number | None = None
    """The loss of a constant prediction: ln K for K classes, the variance of the targets for squares."""


@dataclass(frozen=True, slots=True)
class LayerSummary(Part):
    """One layer of the config."""

    index: Count
    """Its number in the config, from 0."""
    type: Name
    """Its type in the config."""
    in_: Count
    """Numbers that go in, for one example."""
    out: Count
    """Numbers that come out, for one example."""
    activation: Name | None
    """The activation that is written on the layer."""
    parameters: Count
    """Numbers that it learns."""
    in_shape: tuple[Count, ...] | None = None
    """The shape of what goes in."""
    out_shape: tuple[Count, ...] | None = None
    """The shape of what comes out."""
    remembered: Count = 0
    """Numbers in buffers, which are kept and not learned."""
    multiply_adds: Count | None = None
    """Multiply-adds of a forward pass for one example."""


@dataclass(frozen=True, slots=True)
class Member(Part):
    """One setting of a sweep."""

    values: dict[str, Free]
    """What was set, by the paths of the config."""
    rows: tuple[Count, ...]
    """The places of its seeds in `seeds`."""
    spec_hash: Name = ""
    """The hash of the config that this setting is by itself."""
    steps_a_point: Count | None = None
    """Its steps from point to point, where settings differ in them."""


@dataclass(frozen=True, slots=True)
class Provenance(Part):
    """On what the result was computed."""

    engine: Name = ""
    """Version of the numbers."""
    numpy: Name = ""
    """Version of NumPy."""
    blas: Name = ""
    """The library that multiplies matrices, with its version."""
    kernel: Name = ""
    """The kernel that the BLAS chose for the processor, and its threads."""
    machine: Name = ""
    """The kind of processor."""
    python: Name = ""
    """Version of Python."""
    fingerprint: Name = ""
    """Runs of one config with the same fingerprint give the same bits."""
    data_hash: Name = ""
    """The same as `data.hash`."""
    dtype: Name = ""
    """`float64` or `float32`."""
    chunk: Count | None = None
    """Examples in one pass of an evaluation."""
    seconds: Number | None = None
    """How long the training took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Part):
    """The points of every curve, how the seeds ended, and what they were trained on.

    What is not a number of each seed (steps, layers, data) is the first setting's where the run is a sweep.
    """

    spec_hash: Name
    """The hash of the config."""
    engine: Name
    """Version of the numbers: results of one version agree with each other."""
    seeds: tuple[Integer, ...]
    """One line of every curve each; of a sweep, those of all settings, one setting after the other."""
    epochs: tuple[Count, ...]
    """The epoch of every recorded point."""
    steps: tuple[Count, ...]
    """The step of every recorded point."""
    curves: dict[str, Curve]
    """`curves.NAME[i][s]` is point i of seed s, null once that seed has stopped."""
    final: dict[str, Numbers]
    """What each seed ended with: after restoring its best parameters, where that was asked for."""
    best: dict[str, Numbers]
    """The best recorded value of each seed."""
    best_epoch: dict[str, Numbers]
    """The epoch at which it was first recorded."""
    stop: tuple[Stop, ...]
    """One for each seed."""
    warnings: tuple[RunWarning, ...] = ()
    """What to know before believing the result."""
    data: DataSummary | None = None
    """The data of the run."""
    parameters: Count | None = None
    """Numbers that one seed learns."""
    layers: tuple[LayerSummary, ...] = ()
    """One for each layer of the config."""
    members: tuple[Member, ...] | None = None
    """The settings of a sweep; only of a sweep."""

    @property
    def columns(self) -> tuple[int, ...]:
        """The places of the seeds that the curves have values of, in their order."""
        return tuple(range(len(self.seeds)))

    @property
    def principal(self) -> str:
        """The curve that stands for the run: the objective that was minimised; empty where there is no curve."""
        return "train_loss" if "train_loss" in self.curves else next(iter(self.curves), "")

    @property
    def diverged(self) -> tuple[int, ...]:
        """The places of the seeds that diverged."""
        return tuple(row for row, stop in enumerate(self.stop) if stop.reason == "diverged")

    def warning(self, code: str) -> RunWarning | None:
        """Return the warning with this code, None where there is none."""
        return next((warning for warning in self.warnings if warning.code == code), None)

    @property
    def settings(self) -> dict[int, int]:
        """The setting of each seed of a sweep: its number from 1, by the seed's place."""
        return {row: number for number, member in enumerate(self.members or (), 1) for row in member.rows}

    def check(self, path: str) -> None:
        agree(joined(path, "steps"), len(self.steps), len(self.epochs), "epochs")
        for name in ("epochs", "steps"):
            _check_order(joined(path, name), getattr(self, name))
        for name, curve in self.curves.items():
            _check_curve(joined(path, f"curves.{name}"), curve, len(self.epochs), len(self.columns))
        for part in ("final", "best", "best_epoch"):
            for name, row in getattr(self, part).items():
                agree(joined(path, f"{part}.{name}"), len(row), len(self.seeds), "seeds")
        agree(joined(path, "stop"), len(self.stop), len(self.seeds), "seeds")
        if self.members is not None:
            _check_members(joined(path, "members"), self.members, len(self.seeds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Recorded):
    """The whole result of a run."""

    checks: Checks = field(default_factory=Checks)
    """The checks that the config asks for."""
    records: Records = field(default_factory=Records)
    """What was recorded beside the curves."""
    provenance: Provenance | None = None
    """On what it was computed."""

    def check(self, path: str) -> None:
        Recorded.check(self, path)
        _check_records(joined(path, "records"), self.records, len(self.epochs), len(self.seeds))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDocument(Recorded):
    """A result as a card shows it: few points, rounded, without records; of a sweep the lines of its best settings."""

    shows: tuple[Name, ...] = ()
    """The names of the records that the whole result has."""
    drawn: tuple[Count, ...] | None = None
    """The places of the seeds whose values the curves have; null for all."""

    @property
    def columns(self) -> tuple[int, ...]:
        return tuple(range(len(self.seeds))) if self.drawn is None else self.drawn

    def check(self, path: str) -> None:
        Recorded.check(self, path)
        for place, row in enumerate(self.drawn or ()):
            _check_row(joined(path, f"drawn[{place}]"), row, len(self.seeds))


def _check_order(path: str, values: tuple[int, ...]) -> None:
    for place, (before, after) in enumerate(pairwise(values), 1):
        if after < before:
            raise InvalidDocument(f"{path}[{place}]", f"expected at least {before}, got {after}")


def _check_curve(path: str, curve: Curve, points: int, seeds: int) -> None:
    agree(path, len(curve), points, "epochs")
    for place, row in enumerate(curve):
        if len(row) != seeds:
            agree(f"{path}[{place}]", len(row), seeds, "seeds")


def _check_members(path: str, members: tuple[Member, ...], seeds: int) -> None:
    """Each seed belongs to one setting, and all settings set the same fields."""
    if not members:
        raise InvalidDocument(path, "expected at least one setting")
    taken: set[int] = set()
    for place, member in enumerate(members):
        if not member.rows:
            raise InvalidDocument(f"{path}[{place}].rows", "expected at least one seed")
        if member.values.keys() != members[0].values.keys():
            raise InvalidDocument(f"{path}[{place}].values", "expected the same fields as in the first setting")
        for index, row in enumerate(member.rows):
            _check_row(f"{path}[{place}].rows[{index}]", row, seeds)
            if row in taken:
                raise InvalidDocument(f"{path}[{place}].rows[{index}]", f"seed {row} belongs to two settings")
            taken.add(row)
    agree(path, len(taken), seeds, "seeds")


def _check_row(path: str, row: int, seeds: int) -> None:
    if row >= seeds:
        raise InvalidDocument(path, f"expected a place among {seeds} seeds, got {row}")


def _check_records(path: str, records: Records, points: int, seeds: int) -> None:
    """Records with a row for each point have no more of them than there are points, and no more seeds."""
    if records.learning_rate is not None:
        _check_most(f"{path}.learning_rate", len(records.learning_rate), points, "points")
        for place, rate in enumerate(records.learning_rate):
            if isinstance(rate, tuple):
                _check_most(f"{path}.learning_rate[{place}]", len(rate), seeds, "seeds")
    if records.gradients is not None:
        _check_most(f"{path}.gradients.norms", len(records.gradients.norms), points, "points")
        for place, row in enumerate(records.gradients.norms):
            for layer, norms in enumerate(row):
                _check_most(f"{path}.gradients.norms[{place}][{layer}]", len(norms), seeds, "seeds")
    if records.activations is not None:
        _check_most(f"{path}.activations.mean", len(records.activations.mean), points, "points")


def _check_most(path: str, found: int, most: int, what: str) -> None:
    if found > most:
        raise InvalidDocument(path, f"expected at most {most} items, one for each of {what}, got {found}")
