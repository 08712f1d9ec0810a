"""The recorded states of a run: at which epochs, of which seeds, and the parameters of one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bpsandbox.document import DecisionBoundary, Document, NamedTensor, Stop, TensorShape


@dataclass(frozen=True)
class Moment:
    """One seed at one epoch. `values` are its parameters and buffers, `tensors` the same by name, if recorded.

    `is_end`: it is how the seed ended. `is_restored`: with its best weights, which it had at `epoch`.
    """

    epoch: int
    seed: int
    is_end: bool
    is_restored: bool = False
    values: tuple[float | None, ...] = ()
    tensors: tuple[NamedTensor, ...] = ()
    boundary: DecisionBoundary | None = None


@dataclass(frozen=True)
class Timeline:
    """The epochs and seeds with recorded states; `last` is the epoch of the end of the longest seed."""

    epochs: tuple[int, ...]
    seeds: tuple[int, ...]
    last: int

    def nearest(self, epoch: int | None) -> int:
        """Return the recorded epoch at or before the one asked for; the last one for None."""
        if epoch is None or epoch >= self.last:
            return self.last
        return max((each for each in self.epochs if each <= epoch), default=self.epochs[0])


def timeline(document: Document) -> Timeline | None:
    """Return what can be shown; None if no state was recorded."""
    records = document.records
    known = {one.epoch for one in records.weights or ()} | {one.epoch for one in records.decision_boundary or ()}
    snapshots = records.snapshots
    if snapshots is not None:
        known |= set(snapshots.epochs)
    if not known and snapshots is None and records.network is None:
        return None
    seeds = snapshots.seeds if snapshots else document.seeds[:1]
    ends = [document.stop[place].epoch for place in range(len(seeds))]
    last = max([*ends, *([] if snapshots else known)])
    return Timeline(tuple(sorted({*(epoch for epoch in known if epoch < last), last})), seeds, last)


def usual_seed(document: Document, seeds: Sequence[int]) -> int:
    """Return the one of these seeds whose final loss is nearest to the median of all; in a sweep, of setting 1."""
    finals = document.final.get(document.principal, ())
    rows = document.members[0].rows if document.members and finals else range(len(finals))  # none while it trains
    known = [value for row in rows if (value := finals[row]) is not None]
    if not known:
        return seeds[0]
    middle = median(known)

    def distance(seed: int) -> float:
        value = finals[document.seeds.index(seed)]
        return math.inf if value is None else abs(value - middle)

    return min(seeds, key=distance)


def moment(document: Document, epoch: int, seed: int) -> Moment:
    """Return the state of a seed at a recorded epoch; its end if it had stopped by then.

    A boundary that was recorded at the end is not that of weights that were restored afterwards.
    """
    place = document.seeds.index(seed)
    stop, snapshots = document.stop[place], document.records.snapshots
    if snapshots is None or seed not in snapshots.seeds:
        return _of_first_seed(document, epoch, seed, stop)
    taken = {each: row[place] for each, row in zip(snapshots.epochs, snapshots.values, strict=True)}
    values = taken.get(epoch) if epoch < stop.epoch else None
    boundary = _boundary(document, epoch) if place == 0 else None
    if values is not None:
        return Moment(epoch, seed, False, False, values, _named(snapshots.tensors, values), boundary)
    values, is_restored = snapshots.final[place], stop.restored_epoch is not None
    tensors = _named(snapshots.tensors, values)
    return Moment(_end(stop), seed, True, is_restored, values, tensors, None if is_restored else boundary)


def _of_first_seed(document: Document, epoch: int, seed: int, stop: Stop) -> Moment:
    records, is_restored = document.records, stop.restored_epoch is not None
    kept = next((one for one in records.weights or () if one.epoch == epoch), None)
    is_end = epoch >= stop.epoch
    if is_end and records.network is not None and (kept is None or is_restored):
        boundary = None if is_restored else _boundary(document, epoch)
        return Moment(_end(stop), seed, True, is_restored, (), records.network.weights, boundary)
    return Moment(epoch, seed, is_end, False, (), kept.weights if kept else (), _boundary(document, epoch))


def _boundary(document: Document, epoch: int) -> DecisionBoundary | None:
    return next((one for one in document.records.decision_boundary or () if one.epoch == epoch), None)


def _end(stop: Stop) -> int:
    """Return the epoch of the weights that a seed ended with."""
    return stop.epoch if stop.restored_epoch is None else stop.restored_epoch


def _named(tensors: Sequence[TensorShape], values: Sequence[float | None]) -> tuple[NamedTensor, ...]:
    made, start = [], 0
    for tensor in tensors:
        size = math.prod(tensor.shape)
        made.append(NamedTensor(tensor.name, nested(values[start : start + size], tensor.shape)))
        start += size
    return tuple(made)


def nested(values: Sequence[Any], shape: Sequence[int]) -> Any:
    """Return flat numbers as nested tuples of this shape."""
    if len(shape) < 2:
        return tuple(values) if shape else values[0]
    size = math.prod(shape[1:])
    return tuple(nested(values[i * size : (i + 1) * size], shape[1:]) for i in range(shape[0]))
