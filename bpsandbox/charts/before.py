"""The network of a config before it is run: its layers and units, with the start weights that the run will draw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice

from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.observers.snapshots import room, six_digits
from bpsandbox.core.train.result import clean, layer_summaries
from bpsandbox.document import Document, Records, Snapshots, Stop, TensorShape
from bpsandbox.spec import Spec
from bpsandbox.spec.build.model import make_initializers, make_layers

from .snapshot import View, layers_view, pictures
from .stage import stage

PREFIX = "before-"
MOST_VIEWS = 2


@dataclass(frozen=True)
class Before:
    """The pictures of a network that has not been trained. `seed` is None where no weights are drawn."""

    seed: int | None
    parameters: int
    is_of_sweep: bool
    views: tuple[View, ...]


def before(spec: Spec) -> Before:
    """Return the network of a config as it starts, with its first seed; of a sweep, that of the first setting.

    The weights are those that a run records as epoch 0, so that one is the other. They are drawn for networks whose
    states a run records, the small ones; of others, and of data that are too large to be made for a page, layers and
    shapes are shown.
    """
    first = spec.settings[0].spec if spec.settings else spec
    network = Network(make_layers(first.config["model"]["layers"]), first.facts.shape)
    slots = (*network.slots, *network.buffers)
    size = sum(math.prod(slot.shape) for slot in slots)
    canonical, seed = spec.to_json(), first.seeds[0]
    # not kept: each pause in typing makes another one, and would push out those of the runs that are read
    made = stage.__wrapped__(canonical) if room(size, 1)[0] > 0 else None
    if made is None:
        document = _document(network, seed)
        return Before(None, network.size, bool(spec.settings), (layers_view(document, prefix=PREFIX, note=""),))
    drawn = network.draw([seed], make_initializers(first.config["model"]["layers"], network), first.config["dtype"])
    states = Snapshots(
        seeds=(seed,),
        tensors=tuple(TensorShape(slot.name, tuple(slot.shape)) for slot in slots),
        epochs=(),
        values=(),
        final=(tuple(clean(six_digits(drawn[0]))),),
    )
    document = _document(network, seed, Records(snapshots=states))
    views = tuple(islice(pictures(document, made, prefix=PREFIX), MOST_VIEWS))
    return Before(seed, network.size, bool(spec.settings), views)


def _document(network: Network, seed: int, records: Records | None = None) -> Document:
    """Return a document without points, of a seed that is where it starts."""
    return Document(
        spec_hash="", engine="", seeds=(seed,), epochs=(), steps=(), curves={}, final={}, best={}, best_epoch={},
        stop=(Stop("limit", 0, 0),), parameters=network.size, layers=layer_summaries(network),
        records=records or Records(),
    )  # fmt: skip
