"""The result of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, TypeAlias

from .checks import Checks
from .errors import InvalidDocument
from .findings import Finding, Undefined
from .kinds import Count, Free, Integer, Name, Number, Numbers, Words, joined, shown
from .older import older_findings
from .reading import Absent, Part, agree
from .records import Records

Reason: TypeAlias = Literal[
    "epochs", "steps", "target", "tolerance", "early_stopping", "diverged", "cancelled", "limit"
]  # fmt: skip
Curve: TypeAlias = tuple[Numbers, ...]


@dataclass(frozen=True, slots=True)
class Stop(Part):
    """Why and where one seed stopped."""

    reason: Reason
    """Why its training ended."""
    epoch: Count
    """Completed epochs."""
    step: Count
    """Completed steps."""
    layer: Name | None = None
    """For a seed that diverged: the first layer whose output was not finite."""
    last: dict[str, Number] | None = None
    """For a seed that diverged: its values at the last point where its loss was finite."""
    last_epoch: Number | None = None
    """The epoch of that point."""
    restored_epoch: Count | None = None
    """The epoch whose parameters were restored at the end."""
    undefined: Undefined | None = None
    """For a seed that diverged: where 0 was divided by 0. `zero_update`: in the update of a weight that had no
    gradient; `zero_weights`: in the mean loss of examples that all have the class weight 0."""


@dataclass(frozen=True, slots=True)
class RunWarning(Part):
    """A warning about the result: a code, with the numbers behind it.

    Lists have one number for each of `seeds`. `explain` says what a code means.
    """

    code: Name
    """The kind of warning."""
    message: Words | None = None
    """The warning as text; only in the terminal's output and in results of engine 1."""
    seeds: tuple[Integer, ...] | None = None
    """The seeds it is about."""
    losses: Numbers | None = None
    """For seeds that learned nothing or whose loss grew: their final losses."""
    baseline: Number | None = None
    """The loss of a network that ignores its input, if known."""
    part: Name | None = None
    """For overfitting: the held-out part, val or test."""
    epoch: Number | None = None
    """The epoch at which the median loss of that part was lowest."""
    lowest: Number | None = None
    """The lowest median loss of that part."""
    last: Number | None = None
    """The final median loss of that part."""
    layer: Count | None = None
    """The index in the config of the layer that is symmetric, dead or saturated."""
    type: Name | None = None
    """The type of that layer."""
    units: Count | None = None
    """The number of its units, all of which have the same weights."""
    share: Number | None = None
    """The share of its dead units, or of its saturated outputs."""
    first_layer: Count | None = None
    """The layer before which the gradient vanishes."""
    last_layer: Count | None = None
    """The last layer with parameters."""
    first_norms: Numbers | None = None
    """For a vanishing gradient: gradient norms of the first layer at the first step."""
    last_norms: Numbers | None = None
    """Gradient norms of the last layer at the first step."""

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
"""Fields that the text of a warning needs; other warnings have no numbers."""


@dataclass(frozen=True, slots=True)
class DataSummary(Part):
    """The data of the run."""

    name: Name
    """The name of the set; `points` for points in the config."""
    n: Count
    """The number of examples."""
    train: Count
    """Examples in the training part; 0 for a part that does not exist."""
    val: Count
    """Examples in the validation part."""
    test: Count
    """Examples in the test part."""
    features: Count
    """Numbers of one example."""
    shape: tuple[Count, ...]
    """The shape of one example."""
    hash: Name
    """The hash of the examples before the split."""
    classes: Count | None = None
    """The number of classes; only for classification."""
    chance_loss: Number | None = None
    """The baseline: the training loss of the best constant output, without penalties. For cross-entropy it is ln K for
    K classes of equal size and weight, for squares the variance of the targets. Omitted if settings of a sweep differ
    in it. Results of earlier versions ignored class weights and sizes."""


@dataclass(frozen=True, slots=True)
class LayerSummary(Part):
    """One layer of the config."""

    index: Count
    """Its index in the config, from 0."""
    type: Name
    """Its type in the config."""
    in_: Count
    """Numbers in one example of the input."""
    out: Count
    """Numbers in one example of the output."""
    activation: Name | None
    """The activation given as a field of the layer."""
    parameters: Count
    """The number of its parameters."""
    in_shape: tuple[Count, ...] | None = None
    """The shape of one example of the input."""
    out_shape: tuple[Count, ...] | None = None
    """The shape of one example of the output."""
    remembered: Count = 0
    """Numbers in its buffers, which are stored but not learned."""
    multiply_adds: Count | None = None
    """Multiply-adds of a forward pass for one example."""


@dataclass(frozen=True, slots=True)
class Member(Part):
    """One setting of a sweep."""

    values: dict[str, Free]
    """The values it sets, by path in the config."""
    rows: tuple[Count, ...]
    """The indices of its seeds in `seeds`."""
    spec_hash: Name = ""
    """The hash of the config that equals this setting."""
    steps_a_point: Count | None = None
    """Its steps between two points, if settings differ in them."""


@dataclass(frozen=True, slots=True)
class Provenance(Part):
    """The environment in which the result was computed."""

    engine: Name = ""
    """Version of the engine."""
    numpy: Name = ""
    """Version of NumPy."""
    blas: Name = ""
    """The BLAS library and its version."""
    kernel: Name = ""
    """The BLAS kernel chosen for the processor, and the number of threads."""
    machine: Name = ""
    """The processor architecture."""
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
    """Duration of the training, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Part):
    """The points of every curve, how the seeds ended, and the data.

    In a sweep, what is not recorded per seed (steps, layers, data) is that of the first setting.
    """

    spec_hash: Name
    """The hash of the config."""
    engine: Name
    """Version of the engine; results of the same version are comparable."""
    seeds: tuple[Integer, ...]
    """The seeds, each with a line in every curve; for a sweep, those of all settings, one setting after the other."""
    epochs: tuple[Count, ...]
    """The epoch of every recorded point."""
    steps: tuple[Count, ...]
    """The step of every recorded point."""
    curves: dict[str, Curve]
    """`curves.NAME[i][s]` is point i of seed s, null once that seed has stopped."""
    final: dict[str, Numbers]
    """The final value of each seed, after its best parameters were restored if the config requests that."""
    best: dict[str, Numbers]
    """The best recorded value of each seed."""
    best_epoch: dict[str, Numbers]
    """The epoch at which it was first recorded."""
    stop: tuple[Stop, ...]
    """One for each seed."""
    warnings: tuple[RunWarning, ...] = ()
    """Warnings about the result."""
    findings: tuple[Finding, ...] = Absent()
    """What is wrong with the run; empty for a healthy one."""
    data: DataSummary | None = None
    """The data of the run."""
    parameters: Count | None = None
    """The number of parameters of one seed."""
    layers: tuple[LayerSummary, ...] = ()
    """One for each layer of the config."""
    members: tuple[Member, ...] | None = None
    """The settings of a sweep."""

    @property
    def columns(self) -> tuple[int, ...]:
        """Return the indices of the seeds that the curves contain, in their order."""
        return tuple(range(len(self.seeds)))

    @property
    def principal(self) -> str:
        """Return the name of the main curve, the objective that was minimised; empty if there is no curve."""
        return "train_loss" if "train_loss" in self.curves else next(iter(self.curves), "")

    @property
    def baseline(self) -> float | None:
        """Return the training loss of the best constant output, penalties not included; None if it is not known.

        In older results `data.chance_loss` has no class weights, but what a finding was compared with is right.
        """
        plateaus = () if self.members else self.found("plateau")
        known = [each.evidence.baseline for each in plateaus if each.evidence.baseline is not None]
        return known[0] if known else self.data.chance_loss if self.data else None

    @property
    def unpenalised(self) -> str:
        """Return the name of the training loss without penalties: the only curve that has the baseline's meaning."""
        return "data_loss" if self.is_penalised else self.principal

    @property
    def is_penalised(self) -> bool:
        """Return whether the objective includes a penalty, so that the loss without it is recorded too."""
        return "data_loss" in self.curves

    @property
    def diverged(self) -> int:
        """Return how many seeds diverged: a number was not finite, or the loss ended far from where it began."""
        return sum(len(each.seeds) for each in self.found("diverged"))

    @property
    def has_diverged(self) -> bool:
        """Return whether every seed diverged, of every setting."""
        return 0 < len(self.seeds) <= self.diverged

    @property
    def not_finite(self) -> tuple[int, ...]:
        """Return the indices of the seeds that ended because a number was not finite."""
        return tuple(row for row, stop in enumerate(self.stop) if stop.reason == "diverged")

    @property
    def is_examined(self) -> bool:
        """Return whether the run was looked at for findings. Results from before there were any have warnings."""
        return not isinstance(self.findings, Absent)

    def warning(self, code: str) -> RunWarning | None:
        """Return the warning with this code, or None."""
        return next((warning for warning in self.warnings if warning.code == code), None)

    @property
    def known_findings(self) -> tuple[Finding, ...]:
        """Return what is wrong with the run: its findings, or what the warnings of an older result say."""
        return (*self.findings, *older_findings(self))

    def found(self, kind: str) -> tuple[Finding, ...]:
        """Return the findings of this kind."""
        return tuple(finding for finding in self.known_findings if finding.kind == kind)

    @property
    def unlearned(self) -> tuple[int, ...]:
        """Return the seeds that learned nothing, or are stuck where nothing was learned by the best one either."""
        return self._plateau("baseline")

    @property
    def stuck(self) -> tuple[int, ...]:
        """Return the seeds that no longer learn and are far above the best seed."""
        return self._plateau("stuck")

    def _plateau(self, why: str) -> tuple[int, ...]:
        return tuple(seed for each in self.found("plateau") if each.evidence.why == why for seed in each.seeds)

    @property
    def settings(self) -> dict[int, int]:
        """Return the setting of each seed of a sweep: its number from 1, by the index of the seed."""
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
    """The checks requested by the config."""
    records: Records = field(default_factory=Records)
    """Records besides the curves."""
    provenance: Provenance | None = None
    """The environment in which it was computed."""
    stored_weights: Numbers | None = None
    """For each seed whose trained weights the site stores, the largest absolute value among them, else null."""

    def check(self, path: str) -> None:
        Recorded.check(self, path)
        if self.stored_weights is not None:
            agree(joined(path, "stored_weights"), len(self.stored_weights), len(self.seeds), "seeds")
        _check_records(joined(path, "records"), self.records, len(self.epochs), len(self.seeds))


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDocument(Recorded):
    """The result on a card: few points, rounded, without records; for a sweep, the lines of its best settings."""

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
    """Check that each seed belongs to one setting, and that all settings set the same fields."""
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
    """Check that records with a row for each point have at most as many rows as points and the seeds of the run."""
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
