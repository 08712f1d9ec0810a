"""The trained weights of runs, in a table of their own: few read them, and they can be larger than all the rest."""

from __future__ import annotations

import logging
import operator
import time
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from django.db.models import Exists, Max, OuterRef, Sum

from bpsandbox import conf
from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.trained import TYPES
from bpsandbox.document import (
    LARGEST,
    NUMPY_TYPES,
    Document,
    InvalidDocument,
    RawTensor,
    SeedWeights,
    from_safetensors,
    to_safetensors,
)
from bpsandbox.models import Run, TrainedWeights
from bpsandbox.spec import Spec
from bpsandbox.spec.build.model import make_layers

AT_ONCE = 500
"""Most rows that are deleted at a time."""
RECOUNT_SECONDS = 86_400
"""After how long the sizes are added up anew in any case: rows that were committed late may have been missed."""

type Tensors = dict[str, tuple[str, tuple[int, ...]]]
"""The type and the shape of each tensor of a network, by name."""

logger = logging.getLogger(__name__)


def rows_of(run_id: int, canonical: str, document: Document, weights: Sequence[SeedWeights]) -> list[TrainedWeights]:
    """Return the rows of the seeds of a run with a result.

    A child wrote the bytes, so they are read and written anew. Tensors that the config's network does not have are
    refused, with a line in the log. Values that are not finite, or that no result can have, are not stored.
    """
    if not weights or not conf.current().weights_bytes:
        return []
    rows, networks = [], tensors_of(Spec.from_json(canonical))
    for each in weights:
        try:
            tensors = checked(each, networks, document)
        except InvalidDocument as error:
            logger.warning("run %d: trained weights of place %d are not stored: %s", run_id, each.place, error)
            continue
        content = to_safetensors(tensors, run=document.spec_hash, seed=str(document.seeds[each.place]))
        arrays = (np.frombuffer(tensor.raw, NUMPY_TYPES[tensor.dtype]) for tensor in tensors.values())
        # Of NumPy, whose maximum is NaN if any value is; that of Python depends on their order.
        largest = float(np.max([0.0, *(np.abs(array).max(initial=0.0) for array in arrays)]))
        if largest < LARGEST:
            row = TrainedWeights(run_id=run_id, place=each.place, size=len(content), largest=largest, content=content)
            rows.append(row)
    return rows


def tensors_of(spec: Spec) -> list[Tensors]:
    """Return the tensors of the trained network by name, for each place of a result: setting by setting, each seed."""
    networks = []
    for config, facts in zip(spec.configs, spec.all_facts, strict=True):
        network = Network(make_layers(config["model"]["layers"]), facts.shape)
        dtype = TYPES[config["dtype"]]
        networks += [{slot.name: (dtype, slot.shape) for slot in (*network.slots, *network.buffers)}] * len(spec.seeds)
    return networks


def checked(given: SeedWeights, networks: Sequence[Tensors], document: Document) -> dict[str, RawTensor]:
    """Return the tensors of a seed. Raises InvalidDocument if they are not those of its network."""
    if given.place >= min(len(networks), len(document.seeds)):
        raise InvalidDocument("weights", "there is no such place")
    tensors, wanted = from_safetensors(given.content), networks[given.place]
    found = {name: (tensor.dtype, tensor.shape) for name, tensor in tensors.items()}
    for name in {**wanted, **found}:
        if found.get(name) != wanted.get(name):
            raise InvalidDocument(f"weights.{name}", f"expected {wanted.get(name)}, got {found.get(name)}")
    return {name: tensors[name] for name in wanted}


def store(rows: Sequence[TrainedWeights]) -> None:
    TrainedWeights.objects.bulk_create(rows, batch_size=AT_ONCE)


def content_of(run_id: int, place: int) -> bytes | None:
    """Return the file of a seed of a run; None if there is none, or none any more."""
    found = TrainedWeights.objects.filter(run=run_id, place=place).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def places_of(run_id: int | None) -> frozenset[int]:
    """Return the places of a run's seeds whose weights are still stored."""
    return frozenset(TrainedWeights.objects.filter(run=run_id).values_list("place", flat=True))


class Trimmer:
    """Deletes the oldest weights beyond what the site may store.

    The sizes of all rows are added up seldom: a look adds those of newer rows to the last sum. That counts what was
    deleted since as well, so the sum is made again before anything is deleted, and then a sixteenth more than needed
    goes: a full table is not added up at every look.
    """

    def __init__(self) -> None:
        self.total = self.newest = 0
        self.counted_at: float = -RECOUNT_SECONDS

    def trim(self) -> int:
        """Look, and delete what is too much, and the weights of runs that are gone; return how many rows."""
        self._add_newer()
        is_due = time.monotonic() - self.counted_at >= RECOUNT_SECONDS
        if not is_due and self.total <= conf.current().weights_bytes:
            return 0
        deleted = self._delete(_of_gone_runs())
        self.total = self.newest = 0
        self._add_newer()
        self.counted_at = time.monotonic()
        return deleted + self._delete(_oldest(self.total))

    def _add_newer(self) -> None:
        newer = TrainedWeights.objects.filter(pk__gt=self.newest).aggregate(size=Sum("size"), newest=Max("pk"))
        self.total += newer["size"] or 0
        self.newest = newer["newest"] or self.newest

    def _delete(self, sizes: dict[int, int]) -> int:
        self.total -= sum(sizes.values())
        return TrainedWeights.objects.filter(pk__in=sizes).delete()[0] if sizes else 0


def _of_gone_runs() -> dict[int, int]:
    """Return sizes by key of some weights whose run was deleted by a release that does not know them."""
    gone = TrainedWeights.objects.filter(~Exists(Run.objects.filter(pk=OuterRef("run_id"))))
    return dict(gone.values_list("pk", "size")[:AT_ONCE])


def _oldest(total: int) -> dict[int, int]:
    """Return sizes by key of the oldest weights that must go; empty if there is room for all."""
    limit = conf.current().weights_bytes
    if total <= limit:
        return {}
    oldest = list(TrainedWeights.objects.order_by("pk").values_list("pk", "size")[:AT_ONCE])
    left = accumulate((size for _pk, size in oldest), operator.sub, initial=total)
    return {pk: size for (pk, size), before in zip(oldest, left, strict=False) if before > limit - limit // 16}
