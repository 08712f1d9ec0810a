"""What the network of one seed answers at one epoch: confusion matrix, mistakes, slopes of pictures, activations.

A result has them of its first seed at the end. Those of other recorded states are computed from the recorded weights.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from bpsandbox.core.data.targets import decide
from bpsandbox.core.nn.network import Network
from bpsandbox.core.train.evaluation import CHUNK
from bpsandbox.core.train.metrics import Predictions
from bpsandbox.core.train.observers.activations import EXAMPLES, STATISTICS, measured, statistics
from bpsandbox.core.train.observers.saliency import chosen, forward_work, picture_of, work_of
from bpsandbox.core.train.result import PARTS, clean, confusion_matrix
from bpsandbox.core.types import Array
from bpsandbox.document import Activations, ConfusionMatrix, Document, Saliency
from bpsandbox.messages import _, sentences
from bpsandbox.numbers import grouped

from .look import Look
from .moments import Moment, moment, timeline, usual_seed
from .stage import Stage, stage

MOST_WORK = 400_000_000
"""Most multiply-adds that a page computes for one record: a quarter of a second."""
KEPT = 64
"""How many records of states are kept."""

type Spend = Callable[[int], str]
"""Is told how many multiply-adds are about to be computed; returns why not, in a sentence, empty if they may be."""

type Values = bytes
"""The numbers of a state as float64: kept as a tuple of Python's numbers, they would take four times as much."""


class Refused(Exception):
    """What `Spend` said: a record is not computed now."""


class Kept[State, Record]:
    """Keeps the last records that a function has computed of a config, a seed and its states, for all readers.

    The function is given `spend`, and calls it before it computes; what is kept costs nothing.
    """

    def __init__(self, make: Callable[[str, int, State, Spend], Record]) -> None:
        self.make = make
        self.known: OrderedDict[tuple[str, int, State], Record] = OrderedDict()
        self.lock = Lock()

    def __call__(self, canonical: str, seed: int, states: State, spend: Spend) -> Record:
        key = canonical, seed, states
        with self.lock:
            if key in self.known:
                self.known.move_to_end(key)
                return self.known[key]
        made = self.make(*key, spend)
        with self.lock:
            self.known[key] = made
            while len(self.known) > KEPT:
                self.known.popitem(last=False)
        return made

    def cache_clear(self) -> None:
        self.known.clear()


def free(work: int) -> str:
    """Allow any work."""
    return ""


@dataclass(frozen=True)
class Answer[Record]:
    """A record of one seed at one epoch; None where there is none. `why`: why it is not of what was asked for.

    Without an epoch there is no record of any.
    """

    record: Record | None
    epoch: int | None
    seed: int | None
    is_end: bool
    is_restored: bool = False
    why: str = ""


@dataclass(frozen=True)
class Answers:
    """What a seed's network answers at the recorded epoch nearest before the one of a look, each as it is asked for.

    A look without epoch and seed is the page as it opens: what the result has is shown, and nothing is computed.
    """

    document: Document
    canonical: str
    look: Look
    spend: Spend = free
    refusals: list[str] = field(default_factory=list, compare=False)

    @property
    def refusal(self) -> str:
        """Return why something that was asked for was not computed, in a sentence of `spend`; empty if all was."""
        return self.refusals[-1] if self.refusals else ""

    @property
    def asks_for_confusion(self) -> bool:
        """Whether the config asks for a confusion matrix, of which a run that trains has no record yet."""
        return "confusion_matrix" in json.loads(self.canonical).get("metrics", ())

    @cached_property
    def confusion(self) -> Answer[ConfusionMatrix]:
        return self._answer(self.document.records.confusion_matrix, _confusion)

    @cached_property
    def saliency(self) -> Answer[Saliency]:
        return self._answer(self.document.records.saliency, _saliency)

    @cached_property
    def activations(self) -> tuple[Activations | None, tuple[int, ...], str]:
        """Return the statistics of the seed's outputs, the epochs that they are of, and a refusal of others.

        Without epochs they are of every recorded point: those of the seed that was followed. Those of other seeds are
        of its recorded states.
        """
        document, seed = self.document, self.look.seed
        kept, line = document.records.activations, timeline(document)
        if kept is None or line is None or seed is None or seed == kept.seed or seed not in line.seeds:
            return kept, (), ""
        made = stage(self.canonical)
        if made is None or forward_work(made.network) * EXAMPLES * len(line.epochs) > MOST_WORK:
            return kept, (), ""
        states = [moment(document, each, seed) for each in line.epochs]
        known = {each.epoch: _packed(each) for each in states if _is_finite(each)}
        try:
            computed = _activations(self.canonical, seed, tuple(known.values()), self.spend) if known else None
        except Refused as error:
            self.refusals.append(str(error))
            return kept, (), str(error)
        return (computed, tuple(known), "") if computed else (kept, (), "")

    def _answer(self, kept: Any, make: Any) -> Answer[Any]:
        document, epoch, seed = self.document, self.look.at, self.look.seed
        line = timeline(document)
        if line is None:
            return _kept(document, kept, _("the weights of other epochs and seeds were not kept"))
        if kept is not None and epoch is None and seed is None:
            return _kept(document, kept)
        asked = line.nearest(None if epoch is None else int(epoch))
        now = moment(document, asked, seed if seed in line.seeds else usual_seed(document, line.seeds))
        told = "" if seed is None or seed in line.seeds else _("The weights of seed {seed} were not kept.", seed=seed)
        where = now.epoch, now.seed, now.is_end, now.is_restored
        if kept is not None and now.is_end and now.seed == kept.seed:
            return Answer(kept, *where, told)
        if not now.values:
            return _kept(document, kept, _("the weights of other epochs and seeds were not kept"))
        if not _is_finite(now):
            return Answer(None, *where, _("The weights of seed {seed} are not finite here.", seed=now.seed))
        try:
            record, why = make(self.canonical, now.seed, _packed(now), self.spend)
        except Refused as error:
            self.refusals.append(str(error))
            return _refused(document, kept, str(error))
        return Answer(record, *where, told) if record else _kept(document, kept, why)


def _kept(document: Document, kept: Any, why: str = "") -> Answer[Any]:
    """Return what the result has, and, if anything else was asked for, the reason why it does not follow."""
    if kept is None:
        return Answer(None, None, None, True, why=why and _("There is none: {why}.", why=why))
    epoch, is_restored = _end_of(document, kept.seed)
    told = why and _("It stays at epoch {epoch} of seed {seed}: {why}.", epoch=grouped(epoch), seed=kept.seed, why=why)
    return Answer(kept, epoch, kept.seed, True, is_restored, told)


def _refused(document: Document, kept: Any, told: str) -> Answer[Any]:
    """Return what the result has, and the sentence that refuses anything else."""
    stays = _kept(document, kept)
    if kept is not None:
        where = _("It stays at epoch {epoch} of seed {seed}.", epoch=grouped(stays.epoch or 0), seed=stays.seed)
        told = sentences(where, told)
    return replace(stays, why=told)


def _end_of(document: Document, seed: int) -> tuple[int, bool]:
    """Return the epoch of the weights that a seed ended with, and whether they were restored."""
    stop = document.stop[document.seeds.index(seed)]
    return (stop.epoch, False) if stop.restored_epoch is None else (stop.restored_epoch, True)


def _is_finite(now: Moment) -> bool:
    return bool(now.values) and None not in now.values


def _pay(work: float, spend: Spend) -> None:
    """Raise Refused if this work may not be done."""
    if told := spend(int(work)):
        raise Refused(told)


def _packed(now: Moment) -> Values:
    return np.array(now.values, dtype=np.float64).tobytes()


def _bound(made: Stage, values: Values) -> Network:
    return made.bound(np.frombuffer(values).tolist())


@Kept
def _confusion(canonical: str, seed: int, values: Values, spend: Spend) -> tuple[ConfusionMatrix | None, str]:
    made = stage(canonical)
    if made is None or not made.raw.labels:
        return None, _("the data are too large to be made for a page")
    name = next(name for name in PARTS if name in made.parts)
    part, labels = made.parts[name], made.raw.labels
    if (work := forward_work(made.network) * len(part)) > MOST_WORK:
        return None, _("to classify all examples again takes too long for a page")
    _pay(work, spend)
    outputs = _outputs(made, _bound(made, values), part.x)[np.newaxis]
    predictions = Predictions(outputs, part.y, decide(outputs, labels, made.loss), part.classes, len(labels))
    return confusion_matrix(predictions, part.x, name, labels, tuple(part.x.shape[1:]), seed), ""


def _outputs(made: Stage, network: Network, x: Array) -> Array:
    """Return the outputs for samples as the network sees them, (n, outputs)."""
    passes = (made.passed(network, x[start : start + CHUNK])[-1] for start in range(0, len(x), CHUNK))
    return np.concatenate([each.reshape(len(each), -1) for each in passes])


@Kept
def _saliency(canonical: str, seed: int, values: Values, spend: Spend) -> tuple[Saliency | None, str]:
    made = stage(canonical)
    if made is None or not made.raw.labels:
        return None, _("the data are too large to be made for a page")
    labels = made.raw.labels
    if (work := work_of(made.network, len(labels))) > MOST_WORK:
        return None, _("to compute the slopes again takes too long for a page")
    _pay(work, spend)
    name = next(name for name in PARTS if name in made.parts)
    part, network = made.parts[name], _bound(made, values)
    with np.errstate(all="ignore"):
        pictures = [picture_of(network, made.loss, labels, part, row) for row in chosen(part, len(labels))]
    told = {"part": name, "seed": seed, "shape": list(part.x.shape[1:]), "labels": list(map(str, labels))}
    return Saliency.from_json(clean({**told, "pictures": pictures})), ""


@Kept
def _activations(canonical: str, seed: int, states: tuple[Values, ...], spend: Spend) -> Activations | None:
    made = stage(canonical)
    if made is None:
        return None
    _pay(forward_work(made.network) * EXAMPLES * len(states), spend)
    train = made.parts["train"]
    rows, places = train.evenly(EXAMPLES), measured(made.network)
    points = []
    for values in states:
        arrays = made.passed(_bound(made, values), train.x[rows])
        points.append([statistics(arrays[place + 1], made.network.layers[place]) for place in places])
    owners = [made.network.owner(place) for place in places]
    return Activations.from_json({
        "seed": seed,
        "examples": len(rows),
        "layers": [{"index": layer.index, "type": layer.name} for layer in owners],
        **{name: [[layer[name] for layer in point] for point in points] for name in STATISTICS},
    })  # fmt: skip
