"""The result of a run, as one document."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.provenance import ENGINE, provenance
from bpsandbox.core.types import Array
from bpsandbox.document import (
    Checks,
    ConfusionMatrix,
    DataSummary,
    Document,
    FinalNetwork,
    Finding,
    LayerSummary,
    Mistake,
    NamedTensor,
    Provenance,
    Records,
    Stop,
)

from . import doctor
from .baseline import baseline
from .curves import finite
from .evaluation import CHUNK, Evaluation
from .experiment import Experiment
from .metrics import Predictions, confusion
from .observers.snapshots import six_digits
from .observers.worked_example import Capture
from .session import Session
from .warnings import warnings

PARTS: tuple[Literal["test", "val", "train"], ...] = ("test", "val", "train")
SMALL = 500
"""Most parameters and buffers of a network that is stored in the result."""

MOST_MISTAKES, MOST_OF_A_MISTAKE = 24, 1024
"""Most misclassified examples in the result, and most numbers of one."""


@dataclass(frozen=True)
class Result:
    """A finished run. `theta` has the final parameters of every seed."""

    session: Session

    @property
    def theta(self) -> Array:
        return self.session.endings.values[:, : self.session.experiment.network.size]

    @property
    def capture(self) -> Capture | None:
        """Return the step that the worked example asked for; None if its seed did not reach it."""
        return self.session.observers.captured

    @property
    def stops(self) -> tuple[Stop, ...]:
        stops = self.session.endings.stops
        return tuple(stops[seed] for seed in range(len(stops)))

    def document(self) -> Document:
        """Return all that is stored and shown. Numbers that are not finite are None."""
        everyone = tuple(range(len(self.session.experiment.seeds)))
        document, [findings] = self.examined([everyone])
        return replace(document, findings=findings)

    def examined(self, groups: doctor.Groups) -> tuple[Document, list[tuple[Finding, ...]]]:
        """Return the document without findings, and the findings of each group of seeds, given by their places."""
        document, network = self._recorded()
        experiment, signals = self.session.experiment, self.session.signals
        outcomes = doctor.outcomes_of(experiment, document, signals)
        each = [replace(outcomes, group=group) for group in groups]
        findings = [doctor.findings(one, experiment, network, signals) for one in each]
        told = warnings(outcomes, findings[0] if len(groups) == 1 else ())
        return replace(document, warnings=told), findings

    def _recorded(self) -> tuple[Document, Network]:
        """Return the document without warnings and findings, and the network with the final parameters."""
        session, experiment, curves = self.session, self.session.experiment, self.session.curves
        best = {name: curves.best(name) for name in curves.names}
        network = experiment.network.bind(session.endings.values)
        with np.errstate(all="ignore"):
            final, records = self._final(network)
        document = Document(
            spec_hash=experiment.spec_hash,
            engine=ENGINE,
            seeds=tuple(experiment.seeds),
            epochs=tuple(epoch for epoch, _, _ in curves.points),
            steps=tuple(step for _, step, _ in curves.points),
            curves={name: tuple(map(tuple, curves.series(name))) for name in curves.names},
            final=final,
            best={name: tuple(values) for name, (values, _) in best.items()},
            best_epoch={name: tuple(epochs) for name, (_, epochs) in best.items()},
            stop=self.stops,
            checks=Checks.from_json(clean(session.observers.documents("checks"))),
            records=records,
            data=_data(experiment),
            parameters=experiment.network.size,
            layers=layer_summaries(experiment.network),
            provenance=self._provenance(),
        )
        return document, network

    def _final(self, network: Network) -> tuple[dict[str, tuple[float | None, ...]], Records]:
        """Evaluate the final parameters of the seeds, the best ones if they were restored."""
        experiment = self.session.experiment
        penalty = self.session.stack.penalty
        if penalty is not None:
            penalty.bind(network)
        evaluation = Evaluation(network, experiment, penalty)
        final = {name: tuple(finite(value) for value in row) for name, row in evaluation.measure().items()}
        records = Records.from_json(clean(self.session.observers.documents("records")))
        if "confusion_matrix" in experiment.metrics:
            records = replace(records, confusion_matrix=_confusion(experiment, evaluation))
        if network.values.shape[1] <= SMALL:
            records = replace(records, network=_weights(network, experiment.seeds[0]))
        return final, records

    def _provenance(self) -> Provenance:
        experiment = self.session.experiment
        return Provenance(
            **provenance(), data_hash=experiment.dataset.hash, dtype=experiment.dtype, chunk=CHUNK, seconds=None
        )


def _weights(network: Network, seed: int) -> FinalNetwork:
    """Return the first seed's parameters by name, and its buffers if there are any."""
    state = {slot.name: slot.view(network.values) for slot in network.buffers}
    return FinalNetwork(seed, _first(network.named(network.theta)), _first(state) if state else None)


def _first(named: dict[str, Array]) -> tuple[NamedTensor, ...]:
    tensors = ({"name": name, "value": clean(value[0].tolist())} for name, value in named.items())
    return tuple(map(NamedTensor.from_json, tensors))


def _confusion(experiment: Experiment, evaluation: Evaluation) -> ConfusionMatrix:
    name = next(name for name in PARTS if name in evaluation.parts)
    predictions, dataset = evaluation.parts[name].predictions(), experiment.dataset
    x, shape = experiment.parts[name].x, tuple(dataset.shape)
    return confusion_matrix(predictions, x, name, dataset.labels, shape, experiment.seeds[0])


def confusion_matrix(
    predictions: Predictions,
    x: Array,
    part: Literal["test", "val", "train"],
    labels: tuple[int | str, ...],
    shape: tuple[int, ...],
    seed: int,
) -> ConfusionMatrix:
    """Return how the first network of the predictions classified a part with inputs `x`, (n,) + `shape`."""
    counts = tuple(map(tuple, confusion(predictions, 0).tolist()))
    return ConfusionMatrix(tuple(map(str, labels)), counts, part, seed, _mistakes(x, predictions), shape)


def _mistakes(x: Array, predictions: Predictions) -> tuple[Mistake, ...]:
    """Return the first examples that the first seed misclassified."""
    size = math.prod(x.shape[1:])
    wrong = np.flatnonzero(predictions.decided[0] != predictions.classes)[:MOST_MISTAKES]
    numbers = [clean(six_digits(x[row].ravel())) if size <= MOST_OF_A_MISTAKE else [] for row in wrong]
    return tuple(
        Mistake(int(row), int(predictions.classes[row]), int(predictions.decided[0][row]), tuple(shown))
        for row, shown in zip(wrong, numbers, strict=True)
    )


def _data(experiment: Experiment) -> DataSummary:
    dataset, parts = experiment.dataset, experiment.parts
    train, val, test = (len(parts[part]) if part in parts else 0 for part in ("train", "val", "test"))
    lowest = baseline(experiment)
    return DataSummary(
        name=dataset.name,
        n=len(dataset),
        train=train,
        val=val,
        test=test,
        features=math.prod(dataset.shape),
        shape=tuple(dataset.shape),
        hash=dataset.hash,
        classes=len(dataset.labels) if dataset.is_classified else None,
        chance_loss=None if lowest is None else finite(lowest),
    )


def layer_summaries(network: Network) -> tuple[LayerSummary, ...]:
    """Return one row for each layer of the config; an activation written on a layer belongs to it."""
    rows: list[LayerSummary] = []
    for place, layer in enumerate(network.layers):
        if rows and rows[-1].index == layer.index:
            rows[-1] = replace(rows[-1], activation=layer.name)
        else:
            rows.append(_layer(network, place))
    return tuple(rows)


def _layer(network: Network, place: int) -> LayerSummary:
    layer, before, after = network.layers[place], network.shapes[place], network.shapes[place + 1]
    return LayerSummary(
        index=layer.index,
        type=layer.name,
        in_=math.prod(before),
        out=math.prod(after),
        in_shape=tuple(before),
        out_shape=tuple(after),
        activation=None,
        parameters=sum(slot.stop - slot.start for slot in network.slots if slot.layer == place),
        remembered=sum(slot.stop - slot.start for slot in network.buffers if slot.layer == place),
        multiply_adds=layer.multiply_adds(before),
    )


def clean(value: Any) -> Any:
    """Replace numbers that are not finite by None, recursively."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return finite(value) if isinstance(value, float) else value
