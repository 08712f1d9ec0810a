"""The end of one setting of a sweep, as a run of its own: a result has recorded states of its first setting alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.observers.snapshots import LARGEST
from bpsandbox.core.train.result import layer_summaries
from bpsandbox.document import NUMPY_TYPES, Document, Records, Snapshots, TensorShape, from_safetensors
from bpsandbox.runner import results
from bpsandbox.spec import Spec
from bpsandbox.spec.build.model import make_layers

from .moments import usual_seed


def of_setting(
    document: Document, number: int, spec: Spec, seed: int | None, content_of: Callable[[int], bytes | None]
) -> Document:
    """Return the document of setting `number` with the trained weights of a seed: of the one with the median loss.

    `content_of` reads the stored file of a place of the result; without one there are the layers alone. Seeds without
    stored weights are left out if others have some.
    """
    rows, kept = document.members[number - 1].rows if document.members else (), document.stored_weights
    stored = tuple(row for row in rows if kept and kept[row] is not None)
    network = Network(make_layers(spec.config["model"]["layers"]), spec.facts.shape)
    alone = replace(
        results.alone(document, stored or rows), records=Records(),
        layers=layer_summaries(network), parameters=network.size,
    )  # fmt: skip
    slots = (*network.slots, *network.buffers)
    if not stored or not slots or slots[-1].stop > LARGEST:
        return alone
    place = alone.seeds.index(seed if seed in alone.seeds else usual_seed(alone, alone.seeds))
    content = content_of(stored[place])
    if content is None:
        return alone
    tensors = from_safetensors(content)
    if any(slot.name not in tensors for slot in slots):  # stored before names were compared
        return alone
    parts = [np.frombuffer(tensors[slot.name].raw, NUMPY_TYPES[tensors[slot.name].dtype]) for slot in slots]
    values = tuple(np.concatenate(parts).astype(np.float64).tolist())
    shapes = tuple(TensorShape(slot.name, tuple(slot.shape)) for slot in slots)
    final = tuple(values if row == place else () for row in range(len(alone.seeds)))
    return replace(alone, records=Records(snapshots=Snapshots(alone.seeds, shapes, (), (), final)))
