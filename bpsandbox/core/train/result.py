"""What a run leaves behind, as one JSON-safe document."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpsandbox.core.nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from bpsandbox.core.nn.network import Network
from bpsandbox.core.provenance import ENGINE, provenance

from .curves import finite
from .evaluation import CHUNK, Evaluation
from .experiment import Experiment
from .metrics import confusion
from .observers.worked_example import Capture
from .session import Session
from .warnings import warnings

Array = np.ndarray
SMALL = 500
"""Networks up to this many numbers, learned or remembered, are written into the result."""


@dataclass(frozen=True)
class Result:
    """A finished run. `theta` holds the parameters every seed ended with."""

    session: Session

    @property
    def theta(self) -> Array:
        return self.session.endings.values[:, : self.session.experiment.network.size]

    @property
    def capture(self) -> Capture | None:
        """The step that the experiment's worked example asked for; None where its seed did not get there."""
        return self.session.observers.captured

    @property
    def stops(self) -> list[dict[str, Any]]:
        return self.session.endings.stops

    def document(self) -> dict[str, Any]:
        """Everything that is stored and shown. Numbers that are not finite are None."""
        session, experiment, curves = self.session, self.session.experiment, self.session.curves
        best = {name: curves.best(name) for name in curves.names}
        network = experiment.network.bind(session.endings.values)
        with np.errstate(all="ignore"):
            final, records = self._final(network)
        document = {
            "spec_hash": experiment.spec_hash,
            "engine": ENGINE,
            "seeds": list(experiment.seeds),
            "epochs": [epoch for epoch, _, _ in curves.points],
            "steps": [step for _, step, _ in curves.points],
            "curves": {name: curves.series(name) for name in curves.names},
            "final": final,
            "best": {name: values for name, (values, _) in best.items()},
            "best_epoch": {name: epochs for name, (_, epochs) in best.items()},
            "stop": session.endings.stops,
            "checks": clean(session.observers.documents("checks")),
            "warnings": [],
            "records": records,
            "data": _data(experiment),
            "parameters": experiment.network.size,
            "layers": _layers(experiment),
            "provenance": self._provenance(),
        }
        return {**document, "warnings": warnings(document, network)}

    def _final(self, network: Network) -> tuple[dict[str, list[float | None]], dict[str, Any]]:
        """Measure the parameters that the seeds ended with, best ones where they were restored."""
        experiment = self.session.experiment
        penalty = self.session.stack.penalty
        if penalty is not None:
            penalty.bind(network)
        evaluation = Evaluation(network, experiment, penalty)
        final = {name: [finite(value) for value in row] for name, row in evaluation.measure().items()}
        records = clean(self.session.observers.documents("records"))
        if "confusion_matrix" in experiment.metrics:
            records["confusion_matrix"] = _confusion(experiment, evaluation)
        if network.values.shape[1] <= SMALL:
            records["network"] = clean(_weights(network, experiment.seeds[0]))
        return final, records

    def _provenance(self) -> dict[str, Any]:
        experiment = self.session.experiment
        return {
            **provenance(),
            "data_hash": experiment.dataset.hash,
            "dtype": experiment.dtype,
            "chunk": CHUNK,
            "seconds": None,
        }


def _weights(network: Network, seed: int) -> dict[str, Any]:
    """The first seed's parameters by name, and what its layers remember, if they do."""
    state = {slot.name: slot.view(network.values) for slot in network.remembered}
    return {
        "seed": seed,
        "weights": _first(network.named(network.theta)),
        **({"state": _first(state)} if state else {}),
    }


def _first(named: dict[str, Array]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value[0].tolist()} for name, value in named.items()]


def _confusion(experiment: Experiment, evaluation: Evaluation) -> dict[str, Any]:
    part = next(name for name in ("test", "val", "train") if name in evaluation.parts)
    counts = confusion(evaluation.parts[part].predictions(), 0)
    labels = [str(label) for label in experiment.dataset.labels]
    return {"labels": labels, "counts": counts.tolist(), "split": part, "seed": experiment.seeds[0]}


def _data(experiment: Experiment) -> dict[str, Any]:
    dataset, parts = experiment.dataset, experiment.parts
    described: dict[str, Any] = {
        "name": dataset.name,
        "n": len(dataset),
        **{part: len(parts[part]) if part in parts else 0 for part in ("train", "val", "test")},
        "features": math.prod(dataset.shape),
        "shape": list(dataset.shape),
        "hash": dataset.hash,
    }
    if dataset.is_classified:
        described["classes"] = len(dataset.labels)
    chance = chance_loss(experiment)
    return described if chance is None else described | {"chance_loss": chance}


def chance_loss(experiment: Experiment) -> float | None:
    """The baseline, a network that ignores its input: ln K for K classes, for squares the spread around the mean."""
    loss, train = experiment.loss, experiment.train
    if isinstance(loss, CrossEntropyLoss) and loss.reduction == "mean":
        return math.log(train.y.shape[1])
    if isinstance(loss, BCELoss | BCEWithLogitsLoss) and loss.reduction == "mean":
        return math.log(2.0)
    if isinstance(loss, MSELoss) and loss.reduction == "mean":
        return float(loss.factor * np.var(train.y, axis=0).mean())
    return None


def _layers(experiment: Experiment) -> list[dict[str, Any]]:
    """One row a layer of the config; an activation written on a layer belongs to it."""
    network = experiment.network
    rows: list[dict[str, Any]] = []
    for place, layer in enumerate(network.layers):
        before, after = network.shapes[place], network.shapes[place + 1]
        if rows and rows[-1]["index"] == layer.index:
            rows[-1]["activation"] = layer.name
            continue
        counted = sum(slot.stop - slot.start for slot in network.slots if slot.layer == place)
        rows.append(
            {
                "index": layer.index,
                "type": layer.name,
                "in": math.prod(before),
                "out": math.prod(after),
                "in_shape": list(before),
                "out_shape": list(after),
                "activation": None,
                "parameters": counted,
                "remembered": sum(slot.stop - slot.start for slot in network.remembered if slot.layer == place),
                "multiply_adds": layer.multiply_adds(before),
            }
        )
    return rows


def clean(value: Any) -> Any:
    """Replace numbers that are not finite by None, all the way down."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return finite(value) if isinstance(value, float) else value
