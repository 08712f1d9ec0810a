"""The trained weights of runs, in a table of their own: few read them, and they can be larger than all the rest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from django.db.models import Exists, OuterRef, Sum

from bpsandbox import conf
from bpsandbox.document import LARGEST, Document, SeedWeights, from_safetensors, to_safetensors
from bpsandbox.models import Run, TrainedWeights

NUMBERS = {"F64": "<f8", "F32": "<f4"}
"""NumPy's names of the types of numbers in a file."""
AT_ONCE = 500
"""Most rows that are deleted at a time."""


def rows_of(document: Document, weights: Sequence[SeedWeights]) -> list[TrainedWeights]:
    """Return the rows of the seeds that a result has, without their run. Raises InvalidDocument for other bytes.

    A child wrote the bytes, so they are read and written anew. Values that are not finite, or that no result
    can have, are not stored.
    """
    rows = []
    for each in weights if conf.current().weights_bytes else ():
        tensors, seed = from_safetensors(each.content), document.seeds[each.place]
        content = to_safetensors(tensors, run=document.spec_hash, seed=str(seed))
        arrays = (np.frombuffer(tensor.raw, NUMBERS[tensor.dtype]) for tensor in tensors.values())
        # Of NumPy, whose maximum is NaN if any value is; that of Python depends on their order.
        largest = float(np.max([0.0, *(np.abs(array).max(initial=0.0) for array in arrays)]))
        if largest < LARGEST:
            rows.append(TrainedWeights(place=each.place, size=len(content), largest=largest, content=content))
    return rows


def store(run_id: int, rows: Sequence[TrainedWeights]) -> None:
    """Insert the rows as those of a run."""
    for row in rows:
        row.run_id = run_id
    TrainedWeights.objects.bulk_create(rows, batch_size=AT_ONCE)


def content_of(run_id: int, place: int) -> bytes | None:
    """Return the file of a seed of a run; None if there is none, or none any more."""
    found = TrainedWeights.objects.filter(run=run_id, place=place).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def places_of(run_id: int | None) -> frozenset[int]:
    """Return the places of a run's seeds whose weights are still stored."""
    return frozenset(TrainedWeights.objects.filter(run=run_id).values_list("place", flat=True))


def trim() -> int:
    """Delete the oldest weights beyond what the site may store, and those of runs that are gone; return how many."""
    gone = TrainedWeights.objects.filter(~Exists(Run.objects.filter(pk=OuterRef("run_id"))))
    excess = (TrainedWeights.objects.aggregate(size=Sum("size"))["size"] or 0) - conf.current().weights_bytes
    oldest = list(TrainedWeights.objects.order_by("pk").values_list("pk", "size")[:AT_ONCE]) if excess > 0 else []
    before = [total - size for total, (_, size) in zip(accumulate(size for _, size in oldest), oldest, strict=True)]
    over = [pk for (pk, _), freed in zip(oldest, before, strict=True) if freed < excess]
    deleted = [list(gone.values_list("pk", flat=True)[:AT_ONCE]), over]
    return sum(TrainedWeights.objects.filter(pk__in=each).delete()[0] for each in deleted if each)
