"""What is wrong with a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from .errors import InvalidDocument
from .kinds import Count, Integer, Name, Number, Numbers, joined, refuse, shown
from .reading import Part, agree

FindingKind: TypeAlias = Literal[
    "vanishing", "exploding", "saturated", "dead", "symmetric", "plateau", "diverged", "overfitting", "chaotic"
]
Undefined: TypeAlias = Literal["zero_update", "zero_weights"]
KINDS: tuple[str, ...] = get_args(FindingKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Part):
    """The numbers that show a finding. In a sweep they are those of the first of `settings`.

    Sizes of gradients are root mean squares over a few examples of the batch and all units.
    """

    why: Literal["not_finite", Undefined, "grown", "overshot", "baseline", "stuck", "flat", "start"] | None = None
    """Diverged: a number was not finite, which `zero_update` and `zero_weights` explain by 0 / 0 (see `stop`), the loss
    ended above its start, or it rose to more than a hundred times its start and the baseline and did not come back
    below the baseline. Plateau: the loss never fell clearly below the baseline, is far above that of the best seed, or
    no longer falls although the network could fit every target.
    Chaotic: `scale` is the loss at the start, because no baseline is known."""
    through: Literal["layers", "time"] | None = None
    """Vanishing, exploding: where the gradient shrinks or grows on its way back."""
    ratio: Number | None = None
    """The gradient's size in the first trained layer divided by that in a later layer, the one where this is most
    extreme; or the size of dL/dh at the first time step divided by that at the last one."""
    seed: Integer | None = None
    """The seed with the most extreme ratio, from which `sizes` are."""
    sizes: Numbers | None = None
    """The size of dL/dz after each step of the network, activations included, from the first trained one to the one
    that it is compared with."""
    layers: tuple[Count, ...] | None = None
    """The index in the config of the layer of each size."""
    steps: Count | None = None
    """The number of time steps."""
    type: Name | None = None
    """The type of the layer."""
    activation: Name | None = None
    """The activation of the layer, or its type if it has none."""
    share: Number | None = None
    """The median share of its saturated outputs, or of its dead units, at the end."""
    start: Number | None = None
    """The same at the first step."""
    units: Count | None = None
    """Symmetric: the number of units, all of which are equal."""
    losses: Numbers | None = None
    """Plateau, and diverged if the loss grew or overshot: the last training loss of each seed; on a plateau without
    penalties."""
    first: Numbers | None = None
    """Diverged: the first losses."""
    highest: Numbers | None = None
    """Diverged, if the loss overshot: the highest losses."""
    last_finite: Numbers | None = None
    """Diverged: the last finite losses."""
    growth: Number | None = None
    """Diverged: the median factor by which the loss grew at each step."""
    place: Name | None = None
    """Diverged: the layer where most seeds first had a number that was not finite."""
    baseline: Number | None = None
    """Plateau: the training loss of the best constant output, which ignores the inputs."""
    best: Number | None = None
    """Plateau: the loss of the best seed."""
    moved: Number | None = None
    """Plateau: by which share of its first value the loss fell, a median."""
    parameters: Count | None = None
    """Plateau: the parameters of the network, at least as many as targets."""
    targets: Count | None = None
    """Plateau: the numbers that it has to fit."""
    part: Literal["val", "test"] | None = None
    """Overfitting: the part of the data."""
    epoch: Count | None = None
    """Overfitting: the epoch at which the median loss of that part was lowest."""
    lowest: Number | None = None
    """Overfitting: the lowest median loss of that part."""
    last: Number | None = None
    """Overfitting: the last median loss of that part."""
    train: Number | None = None
    """Overfitting: the last median training loss, without penalties."""
    jump: Number | None = None
    """Chaotic: the median size of the change of the loss from point to point in the second half of the run."""
    rises: Number | None = None
    """Chaotic: the share of these changes that go up."""
    scale: Number | None = None
    """Chaotic: the training loss of the best constant output, or the first loss if it is not known."""
    settings: tuple[Count, ...] | None = None
    """The numbers, from 1, of the settings of a sweep."""


@dataclass(frozen=True, slots=True)
class Finding(Part):
    """Something wrong with the run. Every run is examined; a healthy one has no findings."""

    kind: FindingKind
    """The kind of finding."""
    seeds: tuple[Integer, ...]
    """The seeds it is about."""
    layer: Count | None
    """The index in the config of the layer it is about; null if it is about the whole run."""
    step: Count | None
    """The step at which it was found; null if it is about the whole run."""
    evidence: Evidence
    """The numbers that show it."""

    def check(self, path: str) -> None:
        if not self.seeds:
            raise InvalidDocument(joined(path, "seeds"), f"expected at least one seed, got {shown([])}")
        for name in _needed(self):
            if not self._has(name):
                raise refuse(joined(path, name), self._read(name), f"evidence of {self.kind}")
        if self.evidence.sizes is not None:
            agree(joined(path, "evidence.sizes"), len(self.evidence.sizes), len(self.evidence.layers or ()), "layers")
        for name in ("ratio", "growth"):
            _check_positive(joined(path, f"evidence.{name}"), getattr(self.evidence, name))

    @property
    def is_complete(self) -> bool:
        """Return whether it has all evidence that its cause and equations need: those of older results may not."""
        begins = ("start",) if self.kind in ("saturated", "dead") else ()
        return all(map(self._has, (*_needed(self), *begins)))

    def _has(self, name: str) -> bool:
        value = self._read(name)
        return value is not None and not (isinstance(value, tuple) and (not value or None in value))

    def _read(self, name: str) -> Any:
        return self.layer if name == "layer" else getattr(self.evidence, name)


def _check_positive(path: str, value: Any) -> None:
    if value is not None and not value > 0:
        raise refuse(path, value, "a number above 0")


def _needed(finding: Finding) -> tuple[str, ...]:
    """Return the evidence that the text of a finding needs."""
    return NEEDED[finding.kind] + NEEDED.get(finding.evidence.why or finding.evidence.through or "", ())


NEEDED: dict[str, tuple[str, ...]] = {
    "vanishing": ("ratio", "through", "layer"),
    "exploding": ("ratio", "through", "layer"),
    "layers": ("sizes", "layers"),
    "time": ("steps", "type"),
    "saturated": ("layer", "type", "share"),
    "dead": ("layer", "type", "share"),
    "symmetric": ("layer", "type", "units"),
    "plateau": ("why", "losses"),
    "stuck": ("best",),
    "flat": ("parameters", "targets"),
    "diverged": ("why",),
    "grown": ("losses",),
    "overshot": ("highest", "losses"),
    "overfitting": ("part", "epoch", "lowest", "last", "train"),
    "chaotic": ("jump", "rises", "scale"),
}
