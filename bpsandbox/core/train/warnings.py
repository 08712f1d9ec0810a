"""Find what a reader should know before trusting a result: codes with their numbers.

The numbers of each code; lists have one entry for each seed of `seeds`:

    diverged                          a number was no longer finite
    grown                             the loss ended above its start; `losses` at the end
    nothing_learned                   never below the baseline; `losses` at the end, `baseline` (null where none is
                                      known: then the loss did not move)
    stuck                             far above the best seed, and no longer falling
    overfitting                       the median loss of `part` was lowest (`lowest`) at `epoch` and rose to `last`,
                                      while that of training went on falling
    still_falling                     stopped while the loss fell and no held-out loss rose
    symmetric                         the units of `layer` are copies of one another: equal weights, equal biases
    dead, saturated                   a share of the outputs of `layer` in the first seed, which did not learn
    vanishing                         at the first step, gradient norms of `first_layer` far below those of `last_layer`
    gradient_check                    backward does not agree with finite differences

A seed that diverged has no other warning. No seed is both stuck and still falling. A seed whose loss ended far above
its start is `grown`, and neither stuck nor one that learned nothing. `explain` turns the codes into
sentences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from statistics import fmean, median
from typing import Any, TypeVar

import numpy as np

from bpsandbox.core.nn.network import Network, Slot
from bpsandbox.core.types import Array
from bpsandbox.document import Document, RunWarning

from .trends import SIGNIFICANT, noise, trend

T = TypeVar("T")
GROWN, FAR_GROWN = 0.01, 0.1
"""A loss has grown, or grown far, if it ended above its first value by more than this share of it."""
STUCK_RATIO, STUCK_SHARE = 10.0, 0.2
"""A stuck seed ends above this multiple of the best seed, and above this share of the initial loss."""
BASELINE_SHARE = 0.01
"""A loss within this share of the baseline counts as equal to it."""
FEWEST_STEPS, FEWEST_POINTS = 10, 10
"""Shorter runs are too short to learn; curves with fewer points do not show whether they still fall."""
RISE = 0.05
"""A held-out loss that rose by this share of its lowest value shows overfitting."""
WORTH_WHILE = 0.005
"""A loss keeps falling if its last tenth has at least this share of the total decrease."""
MOST = 0.5
"""Share of dead units or saturated outputs in a layer that can explain why nothing was learned."""
LARGEST = 1e300
COMPARED = ("stuck", "overfitting")
"""Warnings that compare the seeds of one config."""
PLAIN = ("Linear", "Conv2d")
"""Layers whose weights have one row, or one kernel, for each unit."""
VANISHED = 1e-3
"""The gradient has vanished if the first layer's norm is below this multiple of the last layer's."""


def warnings(document: Document, network: Network) -> tuple[RunWarning, ...]:
    """List the warnings of a result; `network` has the final parameters of its seeds."""
    found = Found(document)
    each = (
        found.diverged(), found.grown(), found.nothing_learned(), found.stuck(), found.overfitting(),
        found.still_falling(), found.symmetric(network), found.of_layers("dead"), found.of_layers("saturated"),
        found.vanishing(), found.bad_gradient(),
    )  # fmt: skip
    return tuple(warning for warning in each if warning)


def merged(found: Sequence[Sequence[RunWarning]]) -> tuple[RunWarning, ...]:
    """Merge the warnings of a sweep's sessions by code, without those that compare seeds: settings differ."""
    told: dict[str, RunWarning] = {}
    for warning in (warning for each in found for warning in each if warning.code not in COMPARED):
        before = told.get(warning.code)
        told[warning.code] = _joined(before, warning) if before else warning
    return tuple(told.values())


def _joined(one: RunWarning, other: RunWarning) -> RunWarning:
    """Merge two warnings of one code: lists are joined, other numbers are the first one's."""
    return replace(
        one,
        seeds=_both(one.seeds, other.seeds),
        losses=_both(one.losses, other.losses),
        first_norms=_both(one.first_norms, other.first_norms),
        last_norms=_both(one.last_norms, other.last_norms),
    )


def _both(one: tuple[T, ...] | None, other: tuple[T, ...] | None) -> tuple[T, ...] | None:
    return None if one is None else one + (other or ())


@dataclass(frozen=True)
class Found:
    """Searches a result document. Places count its seeds from 0."""

    document: Document

    def _curve(self, name: str, place: int) -> list[float]:
        rows = self.document.curves.get(name, ())
        return [within_reach(value) for row in rows if (value := row[place]) is not None]

    def _loss(self, place: int) -> list[float]:
        return self._curve("train_loss", place)

    def _warning(self, code: str, places: Sequence[int], **numbers: Any) -> RunWarning | None:
        seeds = tuple(self.document.seeds[place] for place in places)
        return RunWarning(code, seeds=seeds, **numbers) if seeds else None

    @cached_property
    def _whole(self) -> list[int]:
        """Return the seeds that did not diverge and have a loss."""
        stops = enumerate(self.document.stop)
        return [place for place, stop in stops if stop.reason != "diverged" and self._loss(place)]

    @property
    def _to_the_end(self) -> list[int]:
        """Return the seeds that trained to the end of the plan."""
        return [place for place in self._whole if self.document.stop[place].reason in ("epochs", "steps")]

    def _falls(self, place: int) -> bool:
        losses = self._loss(place)
        return len(losses) > 1 and trend(losses).falls

    def diverged(self) -> RunWarning | None:
        return self._warning("diverged", self.document.diverged)

    def grown(self) -> RunWarning | None:
        slightly = {place for place in self._to_the_end if self._rose(place) > GROWN}
        places = sorted(slightly | {place for place in self._whole if self._grew_far(place)})
        return self._warning("grown", places, losses=tuple(self._loss(place)[-1] for place in places))

    def _rose(self, place: int) -> float:
        """Return by what share of its first value a loss ended above it; negative if it fell."""
        losses = self._loss(place)
        rise = losses[-1] - losses[0]
        return rise / abs(losses[0]) if losses[0] else LARGEST * rise

    def _grew_far(self, place: int) -> bool:
        return self._rose(place) > FAR_GROWN

    # what the network has learned

    def nothing_learned(self) -> RunWarning | None:
        places = [place for place in self._unlearned if not self._grew_far(place)]
        losses = tuple(self._objective(place)[-1] for place in places)
        return self._warning("nothing_learned", places, losses=losses, baseline=self._baseline)

    @property
    def _baseline(self) -> float | None:
        return (self.document.data and self.document.data.chance_loss) or None

    @cached_property
    def _unlearned(self) -> list[int]:
        return [place for place in self._whole if self._had_time(place) and self._learned_nothing(place)]

    def _had_time(self, place: int) -> bool:
        return self.document.stop[place].step >= FEWEST_STEPS and len(self._loss(place)) > 2

    def _learned_nothing(self, place: int) -> bool:
        """Return whether a loss never fell below the baseline, or its start, by more than its noise."""
        losses = self._objective(place)
        level = losses[0] if self._baseline is None else self._baseline
        near = max(BASELINE_SHARE * abs(level), SIGNIFICANT * noise(losses))
        return min(losses) >= level - near and not self._falls(place)

    def _objective(self, place: int) -> list[float]:
        """Return the training loss without penalties, which the baseline does not include."""
        return self._curve("data_loss", place) or self._loss(place)

    def stuck(self) -> RunWarning | None:
        return self._warning("stuck", self._stuck)

    @cached_property
    def _stuck(self) -> list[int]:
        ends = {place: self._loss(place)[-1] for place in self._whole if self._had_time(place)}
        if len(ends) < 2:
            return []
        best = max(min(ends.values()), 0.0)
        start = median(self._loss(place)[0] for place in ends)
        high = (i for i, end in ends.items() if end > STUCK_SHARE * start and end >= STUCK_RATIO * best)
        return [place for place in high if not self._falls(place) and not self._grew_far(place)]

    # held-out data

    @cached_property
    def _over(self) -> RunWarning | None:
        return next((found for part in ("val", "test") if (found := self._overfitting(part))), None)

    def overfitting(self) -> RunWarning | None:
        """Find overfitting on validation data, or else on test data, from the medians that a reader sees."""
        return self._over

    def _overfitting(self, part: str) -> RunWarning | None:
        places = [place for place in self._whole if self.document.stop[place].restored_epoch is None]
        held_out, training = self._median(f"{part}_loss", places), self._median("train_loss", places)
        if not held_out or not training or not overfits(held_out, training):
            return None
        low = held_out.index(min(held_out))
        epoch = self.document.epochs[low]
        return self._warning("overfitting", places, part=part, epoch=epoch, lowest=held_out[low], last=held_out[-1])

    def _median(self, name: str, places: list[int]) -> list[float]:
        """Return the median over some seeds at each point; a stopped seed counts with its last value."""
        rows = self.document.curves.get(name, ())
        held = [held_values([row[place] for row in rows]) for place in places]
        known = [[value for value in values if value is not None] for values in zip(*held, strict=True)]
        return [median(values) for values in known] if all(known) else []

    def _held_out(self, place: int, part: str) -> list[float]:
        return self._curve(f"{part}_loss", place)

    def _rises(self, place: int) -> bool:
        """Return whether a held-out loss ended above its lowest value."""
        curves = [curve for part in ("val", "test") if (curve := self._held_out(place, part))]
        return any(curve[-1] - min(curve) > max(0.01 * abs(min(curve)), noise(curve)) for curve in curves)

    def still_falling(self) -> RunWarning | None:
        if self._over:
            return None
        return self._warning("still_falling", [i for i in self._to_the_end if self._still_falls(i)])

    def _still_falls(self, place: int) -> bool:
        losses = self._loss(place)
        if len(losses) < FEWEST_POINTS or not self._falls(place) or self._rises(place):
            return False
        late = trend(losses)
        return late.before - late.last > WORTH_WHILE * (losses[0] - late.last)

    # why it did not learn

    def symmetric(self, network: Network) -> RunWarning | None:
        """Find the first layer, except the last, whose units are equal, and the seeds in which they are."""
        slots = [
            slot for slot in network.slots if slot.parameter == "weight" and network.layers[slot.layer].name in PLAIN
        ]
        for slot in slots[:-1]:
            same = equal_units(network, slot)
            layer, found = network.layers[slot.layer], [i for i in self._whole if same[i]]
            if found:
                return self._warning("symmetric", found, layer=layer.index, type=layer.name, units=slot.shape[0])
        return None

    def of_layers(self, statistic: str) -> RunWarning | None:
        """Find the layer with the largest share of dead units or saturated outputs if the first seed did not learn."""
        record = self.document.records.activations
        if record is None or 0 not in {*self._unlearned, *self._stuck}:
            return None
        rows = [row for row in getattr(record, statistic) if any(share is not None for share in row)]
        hidden = [(share, k) for k, share in enumerate(rows[-1][:-1]) if share is not None] if rows else []
        share, k = max(hidden, default=(0.0, 0))
        if share < MOST:
            return None
        layer = record.layers[k]
        return self._warning(statistic, [0], layer=layer.index, type=layer.type, share=share)

    def vanishing(self) -> RunWarning | None:
        """Find seeds that did not learn and whose gradient vanished before the first layer at the first step."""
        record = self.document.records.gradients
        if record is None or len(record.layers) < 2 or not record.norms:
            return None
        norms = record.norms[0]
        ends = [(i, norms[0][i], norms[-1][i]) for i in sorted({*self._unlearned, *self._stuck})]
        lost = [(i, first, last) for i, first, last in ends if first is not None and last and first < VANISHED * last]
        return self._warning(
            "vanishing",
            [i for i, _, _ in lost],
            first_layer=record.layers[0].index,
            last_layer=record.layers[-1].index,
            first_norms=tuple(first for _, first, _ in lost),
            last_norms=tuple(last for _, _, last in lost),
        )

    def bad_gradient(self) -> RunWarning | None:
        bands = {check.band for check in self.document.checks.gradient_check or ()}
        return RunWarning("gradient_check") if bands & {"wrong", "suspicious"} else None


def overfits(held_out: list[float], training: list[float]) -> bool:
    """Return whether a held-out loss clearly rose from its minimum while the lower training loss kept falling.

    Means over a tenth of the points are compared, so that a single low point does not count as the minimum.
    """
    width = max(1, len(held_out) // 10)
    means = [fmean(held_out[i : i + width]) for i in range(len(held_out) - width + 1)]
    low = means.index(min(means))
    rise, error = means[-1] - means[low], noise(held_out) * sqrt(2 / width)
    return rise > max(RISE * abs(means[low]), SIGNIFICANT * error) and training[-1] < min(training[low], held_out[-1])


def held_values(values: Sequence[float | None]) -> list[float | None]:
    """Repeat the last value of a seed from where it stopped to the end."""
    held: list[float | None] = []
    for value in values:
        held.append(within_reach(value) if value is not None else held[-1] if held else None)
    return held


def within_reach(value: float) -> float:
    """Clamp a value to -LARGEST … LARGEST, so that sums of many are finite."""
    return max(-LARGEST, min(LARGEST, value))


def equal_units(network: Network, weight: Slot) -> Array:
    """Return for each seed whether all units of a layer have the same weights and bias, (seeds,).

    False if there is only one unit.
    """
    if weight.shape[0] < 2:
        return np.zeros(len(network.theta), dtype=bool)
    slots = [slot for slot in network.slots if slot.layer == weight.layer]
    units = [slot.view(network.theta).reshape(len(network.theta), weight.shape[0], -1) for slot in slots]
    return np.all([(rows == rows[:, :1]).all(axis=(1, 2)) for rows in units], axis=0)
