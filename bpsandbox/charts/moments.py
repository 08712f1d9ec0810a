"""The recorded states of a run: at which epochs, of which seeds, and the parameters of one of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bpsandbox.document import DecisionBoundary, Document, NamedTensor, TensorShape


@dataclass(frozen=True)
class Moment:
    """One seed at one epoch. `values` are its parameters and buffers, `tensors` the same by name, if recorded.

    `is_end`: it is how the seed ended, with best weights if they were restored.
    """

    epoch: int
    seed: int
    is_end: bool
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
    if not known and records.network is None:
        return None
    seeds = snapshots.seeds if snapshots else document.seeds[:1]
    ends = [_end(document, place) for place in range(len(seeds))]
    last = max([*ends, *([] if snapshots else known)])
    return Timeline(tuple(sorted({*(epoch for epoch in known if epoch < last), last})), seeds, last)


def usual_seed(document: Document, seeds: Sequence[int]) -> int:
    """Return the one of these seeds whose final loss is nearest to the median of all; in a sweep, of setting 1."""
    finals = document.final.get(document.principal, ())
    rows = document.members[0].rows if document.members else range(len(finals))
    known = [value for row in rows if (value := finals[row]) is not None]
    if not known:
        return seeds[0]
    middle = median(known)

    def distance(seed: int) -> float:
        value = finals[document.seeds.index(seed)]
        return math.inf if value is None else abs(value - middle)

    return min(seeds, key=distance)


def moment(document: Document, epoch: int, seed: int) -> Moment:
    """Return the state of a seed at a recorded epoch; its end if it had stopped by then."""
    place = document.seeds.index(seed)
    end = _end(document, place)
    snapshots = document.records.snapshots
    if snapshots is None or seed not in snapshots.seeds:
        return _of_first_seed(document, epoch, seed, end)
    taken = {each: row[place] for each, row in zip(snapshots.epochs, snapshots.values, strict=True)}
    values = taken.get(epoch) if epoch < end else None
    is_end = values is None
    values = snapshots.final[place] if values is None else values
    boundary = _boundary(document, epoch) if place == 0 else None
    return Moment(end if is_end else epoch, seed, is_end, values, _named(snapshots.tensors, values), boundary)


def _of_first_seed(document: Document, epoch: int, seed: int, end: int) -> Moment:
    records = document.records
    kept = next((one for one in records.weights or () if one.epoch == epoch), None)
    if kept is None and epoch >= end and records.network is not None:
        return Moment(end, seed, True, (), records.network.weights, _boundary(document, epoch))
    return Moment(epoch, seed, epoch >= end, (), kept.weights if kept else (), _boundary(document, epoch))


def _boundary(document: Document, epoch: int) -> DecisionBoundary | None:
    return next((one for one in document.records.decision_boundary or () if one.epoch == epoch), None)


def _end(document: Document, place: int) -> int:
    stop = document.stop[place]
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
