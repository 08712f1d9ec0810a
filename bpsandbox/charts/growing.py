"""The pictures of a run that still trains, from the states of its progress."""

from __future__ import annotations

import math

from bpsandbox.core.train.result import layer_summaries
from bpsandbox.document import Document, Member, Progress, Records, Snapshots, Stop, TensorShape

from .stage import stage

State = tuple[int, tuple[float | None, ...]]


def growing(progress: Progress, canonical: str, members: tuple[Member, ...] | None = None) -> Document | None:
    """Return a document that has only the states so far; None if there are none yet, or none of such a network.

    Its seeds end with the last state that is known of them.
    """
    made = stage(canonical) if progress.states else None
    if made is None:
        return None
    slots = (*made.network.slots, *made.network.buffers)
    seeds = made.seeds
    ends = _ends(progress, sum(math.prod(slot.shape) for slot in slots))[: len(seeds)]
    if not ends:
        return None
    count = len(ends)
    states = Snapshots(
        seeds=seeds[:count],
        tensors=tuple(TensorShape(slot.name, tuple(slot.shape)) for slot in slots),
        epochs=tuple(epoch for epoch, _rows in progress.states[:-1]),
        values=tuple(rows[:count] for _epoch, rows in progress.states[:-1]),
        final=tuple(numbers for _epoch, numbers in ends),
    )
    return Document(
        spec_hash="", engine="", seeds=seeds, epochs=(), steps=(), curves={}, final={}, best={}, best_epoch={},
        stop=tuple(Stop("limit", epoch, 0) for epoch, _numbers in ends), parameters=made.network.size,
        layers=layer_summaries(made.network), members=members, records=Records(snapshots=states),
    )  # fmt: skip


def _ends(progress: Progress, size: int) -> list[State]:
    """Return the last known state of the first seeds, with its epoch; none if one has another number of numbers."""
    ends: list[State] = []
    for row in range(min(len(rows) for _epoch, rows in progress.states)):
        known = [(epoch, numbers) for epoch, rows in progress.states if (numbers := rows[row]) is not None]
        if not known or any(len(numbers) != size for _epoch, numbers in known):
            return []
        ends.append(known[-1])
    return ends
