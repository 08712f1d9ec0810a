"""What became of each seed, read from its curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite, sqrt
from statistics import fmean, median

from bpsandbox.core.train.trends import SIGNIFICANT, noise, trend
from bpsandbox.document import Document

LARGEST = 1e300
GROWN, FAR_GROWN = 0.01, 0.1
"""A loss has grown, or grown far, if it ended above its first value by more than this share of it."""
STUCK_RATIO, STUCK_SHARE = 10.0, 0.2
"""A stuck seed ends above this multiple of the best seed, and above this share of the initial loss."""
BASELINE_SHARE = 0.01
"""A loss within this share of the baseline counts as equal to it."""
POOR_SHARE = 0.5
"""A loss above this share of the baseline is poor: little was learned."""
FLAT_SHARE = 0.4
"""A flat loss above this share of the baseline is on a plateau if the network could fit every target."""
FEWEST_STEPS, FEWEST_POINTS = 10, 10
"""Shorter runs are too short to learn; curves with fewer points do not show whether they still fall."""
FEWEST_CHANGES = 5
"""With fewer changes a loss has a spike or two, and is not chaotic."""
FLAT_STEPS = 200
"""Fewer steps are too few to call a loss flat that has fallen."""
JUMP_SHARE, RISES = 0.05, 0.25
"""A chaotic loss changes by this share of the baseline from point to point, and at least this share of the changes is
upward, and as many are downward."""
BOUND = 100.0
"""A loss above this multiple of its start and of the baseline has diverged."""


@dataclass(frozen=True)
class Capacity:
    """What a network could do: its parameters, the numbers it has to fit, and the lowest possible loss."""

    parameters: int
    targets: int
    floor: float
    is_free: bool
    """Whether nothing keeps it from the lowest loss: no penalty, no dropout."""
    chance: float = 0.0
    """The share of the baseline that the last layer finds by chance."""

    @property
    def is_enough(self) -> bool:
        return self.is_free and self.parameters >= self.targets


@dataclass(frozen=True)
class Outcomes:
    """The seeds of one config, or of one setting of a sweep, by their places in the document, from 0."""

    document: Document
    group: tuple[int, ...]
    baseline: float | None = None
    """The loss of the best constant output."""
    capacity: Capacity | None = None
    silent: frozenset[int] = frozenset()
    """The seeds whose outputs do not depend on the inputs at the end."""
    step_losses: tuple[tuple[float, ...], ...] = ()
    """In networks with batch norm the mean loss of the steps up to each point but the first one, by place.

    What is measured at a point uses running statistics, which come later than the weights; a loss that jumps or grows
    because of them alone is no fault of the steps.
    """

    # curves

    @cached_property
    def _read(self) -> dict[tuple[str, int], list[float]]:
        """The curves that were read so far, because most rules look at the same ones."""
        return {}

    def curve(self, name: str, place: int) -> list[float]:
        """Return the numbers of a seed's curve, which is not to be changed."""
        if (name, place) not in self._read:
            rows = self.document.curves.get(name, ())
            self._read[name, place] = [within_reach(value) for row in rows if (value := row[place]) is not None]
        return self._read[name, place]

    def loss(self, place: int) -> list[float]:
        return self.curve("train_loss", place)

    def objective(self, place: int) -> list[float]:
        """Return the training loss without penalties, which the baseline does not include."""
        return self.curve(self.document.unpenalised, place)

    def in_steps(self, place: int) -> list[float]:
        """Return the mean losses of the steps up to each point; none if they are those of the points."""
        values = self.step_losses[place] if self.step_losses else ()
        return [within_reach(value) for value in values if isfinite(value)]

    def middle(self, name: str, places: Sequence[int]) -> list[float]:
        """Return the median over some seeds at each point; a stopped seed counts with its last value."""
        rows = self.document.curves.get(name, ())
        held = [held_values([row[place] for row in rows]) for place in places]
        known = [[value for value in values if value is not None] for values in zip(*held, strict=True)]
        return [median(values) for values in known] if all(known) else []

    def named(self, places: Sequence[int]) -> tuple[int, ...]:
        return tuple(self.document.seeds[place] for place in places)

    def falls(self, place: int) -> bool:
        losses = self.loss(place)
        return len(losses) > 1 and trend(losses).falls

    # how it ended

    @cached_property
    def not_finite(self) -> list[int]:
        return [place for place in self.group if self.document.stop[place].reason == "diverged"]

    @cached_property
    def whole(self) -> list[int]:
        """Return the seeds that did not diverge and have a loss."""
        return [place for place in self.group if place not in self.not_finite and self.loss(place)]

    @property
    def to_the_end(self) -> list[int]:
        """Return the seeds that trained to the end of the plan."""
        return [place for place in self.whole if self.document.stop[place].reason in ("epochs", "steps")]

    @cached_property
    def grown(self) -> list[int]:
        """Return the seeds whose loss ended above its start."""
        slightly = {i for i in self.to_the_end if self._rise(i) > GROWN and i not in self.unlearned}
        far = {i for i in self.whole if self._rise(i) > FAR_GROWN and i not in self.unlearned}
        return sorted((slightly | far) - {*self.chaotic})

    def _rise(self, place: int) -> float:
        """Return by what share of its first value a loss ended above it, in steps too; negative if it fell."""
        return min(_rise(losses) for losses in (self.loss(place), self.in_steps(place)) if losses)

    def _grew_far(self, place: int) -> bool:
        """Return whether a loss ended far above its start, and not at the baseline.

        A start is drawn, and may be below the best constant by chance. A network whose outputs became that constant
        has lost what it had by chance, but its loss has come to rest.
        """
        return self._rise(place) > FAR_GROWN and not self._is_constant(place)

    def _is_constant(self, place: int) -> bool:
        """Return whether a loss ended at the baseline, and was not drawn so low that more than chance was lost."""
        if self.baseline is None:
            return False
        losses = self.objective(place)
        above = losses[-1] - self.baseline
        return -self._chance <= above <= BASELINE_SHARE * self.scale and losses[0] > POOR_SHARE * self.baseline

    @cached_property
    def overshot(self) -> list[int]:
        """Return the seeds whose loss left its bounds and came back, but not below the baseline.

        A rate little above 2 / curvature may carry a network over to a flatter minimum, where it learns: Lewkowycz,
        Bahri, Dyer, Sohl-Dickstein, Gur-Ari, The large learning rate phase of deep learning: the catapult mechanism,
        2020. One that has learned nothing there was thrown too far, which is not chaos: that stays within bounds.
        """
        return [place for place in self.whole if place not in self.grown and self._was_thrown(place)]

    def _was_thrown(self, place: int) -> bool:
        return self._has_left(place) and self._ends_high(place)

    def _has_left(self, place: int) -> bool:
        losses = self.loss(place)
        return max(losses) >= self._bound(losses)

    def _bound(self, losses: Sequence[float]) -> float:
        return BOUND * max(abs(losses[0]), self.scale)

    def _ends_high(self, place: int) -> bool:
        return self.objective(place)[-1] >= (1.0 - BASELINE_SHARE) * self.scale

    # what was learned

    @cached_property
    def unlearned(self) -> list[int]:
        """Return the seeds whose loss never fell clearly below the baseline, and does not fall."""
        return [i for i in self._calm if self._had_time(i) and self._learned_nothing(i)]

    @cached_property
    def _calm(self) -> list[int]:
        """Return the seeds whose loss neither jumps, nor grew far, nor was thrown."""
        rest = (place for place in self.whole if place not in self.chaotic and not self._was_thrown(place))
        return [place for place in rest if not self._grew_far(place)]

    def _had_time(self, place: int) -> bool:
        return self.document.stop[place].step >= FEWEST_STEPS and len(self.loss(place)) > 2

    def _learned_nothing(self, place: int) -> bool:
        """Return whether a loss is not below the baseline, and was not, or only at its start, by more than its noise.

        The start is not learned.
        """
        losses = self.objective(place)
        if self.falls(place):
            return False
        level = losses[0] if self.baseline is None else self.baseline
        if self._is_constant(place):
            level = min(level, losses[0])
        near = self._chance if self.baseline is not None else BASELINE_SHARE * abs(level)
        return min(losses) >= level - max(near, SIGNIFICANT * noise(losses))

    @property
    def _chance(self) -> float:
        """Return by how much a loss may be below the baseline by chance."""
        found = self.capacity.chance if self.capacity else 0.0
        return max(BASELINE_SHARE, found) * self.scale

    @cached_property
    def stuck(self) -> list[int]:
        """Return the seeds that no longer learn and are far above the best one."""
        ends = {place: self.loss(place)[-1] for place in self.whole if self._had_time(place)}
        if len(ends) < 2:
            return []
        best = max(min(ends.values()), 0.0)
        start = median(self.loss(place)[0] for place in ends)
        high = (i for i, end in ends.items() if end > STUCK_SHARE * start and end >= STUCK_RATIO * best)
        return [place for place in high if place in self._calm and not self.falls(place)]

    @cached_property
    def flat(self) -> list[int]:
        """Return the seeds that no longer learn, far above the lowest loss that their network could reach."""
        if self.capacity is None or not self.capacity.is_enough or self.baseline is None:
            return []
        high = self.capacity.floor + FLAT_SHARE * (self.baseline - self.capacity.floor)
        return [place for place in self.to_the_end if place in self._calm and self._is_flat(place, high)]

    def _is_flat(self, place: int, high: float) -> bool:
        losses = self.objective(place)
        if self.document.stop[place].step < FLAT_STEPS or len(losses) < FEWEST_POINTS:
            return False
        return losses[-1] > high and not self.falls(place)

    def is_poor(self, place: int) -> bool:
        """Return whether a loss ended at more than half of the baseline."""
        return self.baseline is not None and self.objective(place)[-1] > POOR_SHARE * self.baseline

    # chaos

    @cached_property
    def chaotic(self) -> list[int]:
        """Return the seeds whose loss jumps up and down, within bounds: one that ends outside has diverged.

        Where the outputs do not depend on the inputs, the last bias alone goes from the mean of one batch to that of
        the next.
        """
        return [place for place in self._jumping if self._is_bounded(place) and not self._was_thrown(place)]

    @cached_property
    def restless(self) -> list[int]:
        """Return the seeds that left their bounds and jump on to the end: they have diverged, and are chaotic too."""
        return [place for place in self._jumping if place not in self.chaotic]

    @cached_property
    def _jumping(self) -> list[int]:
        return [place for place in self.whole if place not in self.silent and self.jumps(place)]

    def _is_bounded(self, place: int) -> bool:
        losses = self.loss(place)
        return losses[-1] < self._bound(losses)

    @cached_property
    def scale(self) -> float:
        """Return the loss with which jumps are compared: the baseline, or the first loss."""
        firsts = [abs(self.loss(place)[0]) for place in self.whole]
        return abs(self.baseline) if self.baseline else median(firsts) if firsts else 0.0

    def jumps(self, place: int) -> bool:
        """Return whether the second half of a curve goes up and down by much, in steps too."""
        curves = (self.loss(place), self.in_steps(place))
        return all(self._is_large(*changes(losses)) for losses in curves if losses)

    def _is_large(self, size: float, rises: float) -> bool:
        return size > JUMP_SHARE * self.scale and RISES <= rises <= 1.0 - RISES

    def jump(self, place: int) -> tuple[float, float]:
        return changes(self.loss(place))

    @cached_property
    def lost(self) -> list[int]:
        """Return the seeds that began far outside the bounds and did not come back to the baseline, falling or not."""
        return [place for place in self.whole if self._began_far(place) and self._ends_high(place)]

    def _began_far(self, place: int) -> bool:
        return self.baseline is not None and self.objective(place)[0] >= BOUND * self.scale

    @cached_property
    def ill(self) -> frozenset[int]:
        """Return the seeds that did not learn as they could: causes are looked for in them alone."""
        return frozenset(
            (*self.not_finite, *self.grown, *self.overshot, *self.lost, *self.unlearned, *self.stuck, *self.flat)
        ).union(self.chaotic)


def _rise(losses: Sequence[float]) -> float:
    rise = losses[-1] - losses[0]
    return rise / abs(losses[0]) if losses[0] else LARGEST * rise


def changes(losses: Sequence[float]) -> tuple[float, float]:
    """Return the median size of the changes from point to point in the second half, and the share of rises.

    Points where a loss rests are no changes: steps of one size may lead back to where an epoch began.
    """
    moves = [after - before for before, after in pairwise(losses[len(losses) // 2 :]) if after != before]
    if len(losses) < FEWEST_POINTS or len(moves) < FEWEST_CHANGES:
        return 0.0, 0.0
    return median(map(abs, moves)), fmean(move > 0 for move in moves)


def overfits(held_out: list[float], training: list[float], share: float) -> bool:
    """Return whether a held-out loss clearly rose from its minimum while the lower training loss kept falling.

    It has to rise by this share. Means over a tenth of the points are compared, so that a single low point does not
    count as the minimum.
    """
    width = max(1, len(held_out) // 10)
    means = [fmean(held_out[i : i + width]) for i in range(len(held_out) - width + 1)]
    low = means.index(min(means))
    rise, error = means[-1] - means[low], noise(held_out) * sqrt(2 / width)
    return rise > max(share * abs(means[low]), SIGNIFICANT * error) and training[-1] < min(training[low], held_out[-1])


def held_values(values: Sequence[float | None]) -> list[float | None]:
    """Repeat the last value of a seed from where it stopped to the end."""
    held: list[float | None] = []
    for value in values:
        held.append(within_reach(value) if value is not None else held[-1] if held else None)
    return held


def within_reach(value: float) -> float:
    """Clamp a value to -LARGEST … LARGEST, so that sums of many are finite."""
    return max(-LARGEST, min(LARGEST, value))
