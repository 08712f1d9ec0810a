"""One training example worked through forward, backward and update, every number kept."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bpsandbox.core.nn.network import Network
from bpsandbox.core.optim.optimizers import Optimizer
from bpsandbox.core.tape.workspace import Workspace, play

if TYPE_CHECKING:
    from bpsandbox.core.train.experiment import Experiment

Array = np.ndarray
SHORT = {"dweight": "dW", "dbias": "db"}


@dataclass(frozen=True)
class WorkedExample:
    """Which training example to work through, before which step and for which seed; the run's first when None."""

    sample: int = 0
    step: int = 0
    seed: int | None = None

    def place(self, seeds: tuple[int, ...]) -> int:
        """Return the place of the seed among those of a run."""
        return 0 if self.seed is None else seeds.index(self.seed)


def worked_example(
    experiment: Experiment, example: WorkedExample, network: Network, optimizer: Optimizer, row: int
) -> dict[str, Any]:
    """Work one training example through forward, backward and update, as if it were the batch.

    `row` is the place of the example's seed among those still training. Nothing of the run is changed: the update, with
    penalties and clipping, is made by a copy of the optimiser, with its memory, on a copy of the parameters.
    """
    sample = example.sample
    x, y = experiment.train.x[sample : sample + 1], experiment.train.y[sample : sample + 1]
    alone = network.bind(network.values[row : row + 1].copy())
    workspace = Workspace(alone, experiment.loss, 1)
    tape = workspace.tape(x[np.newaxis], y[np.newaxis])
    play(tape.forward)
    play(tape.backward)
    layers = [_worked_layer(alone, workspace, place, x) for place in range(len(alone.layers))]
    before = _by_layer(alone, alone.theta, "{}")
    gradients = _by_layer(alone, alone.gradient, "d{}")
    rates = _rates(alone, optimizer, row)
    _update(experiment, alone, optimizer, row)
    after = _by_layer(alone, alone.theta, "{}_after")
    layers = [{**a, **b, **c, **d, **e} for a, b, c, d, e in zip(layers, before, gradients, after, rates, strict=True)]
    return {
        "sample": sample,
        "seed": experiment.seeds[example.place(experiment.seeds)],
        "layers": _merged(layers),
        "x": x[0].tolist(),
        "y": y[0].tolist() if y.shape[1] > 1 else float(y[0, 0]),
        "y_hat": _row(workspace.inputs(x[np.newaxis])[-1]),
        "dy_hat": _row(workspace.gradients[-1]),
        "loss": float(workspace.value[0]),
        "loss_type": experiment.loss.name,
        "loss_factor": experiment.loss.factor,
        "optimizer": optimizer.name,
        "lr": max(rate["lr"] for rate in rates if rate),
        "batch_size": experiment.plan.batch_size or len(experiment.train),
    }


def _by_layer(network: Network, flat: Array, pattern: str) -> list[dict[str, Any]]:
    """The first seed's part of a flat array, layer by layer; dweight and dbias are called dW and db."""
    layers: list[dict[str, Any]] = [{} for _ in network.layers]
    for slot in network.slots:
        name = pattern.format(slot.parameter)
        layers[slot.layer][SHORT.get(name, name)] = slot.view(flat)[0].tolist()
    return layers


def _worked_layer(network: Network, workspace: Workspace, place: int, x: Array) -> dict[str, Any]:
    layer, inputs = network.layers[place], workspace.inputs(x[np.newaxis])
    return {
        "index": layer.index,
        "type": layer.name,
        "in": _row(inputs[place]),
        "out": _row(inputs[place + 1]),
        "din": _row(workspace.gradients[place]),
        "dout": _row(workspace.gradients[place + 1]),
    }


def _row(array: Array | None) -> list | None:
    return None if array is None else array[0, 0].tolist()


def _merged(layers: list[dict]) -> list[dict]:
    """Name what goes through each layer: z before its activation, a after it.

    An activation written on a layer (same index) becomes part of it; one that stands alone has its input as z.
    """
    merged: list[dict] = []
    for layer in layers:
        out, dout, din = layer.pop("out"), layer.pop("dout"), layer.pop("din")
        if merged and merged[-1]["index"] == layer["index"]:
            merged[-1] |= {"activation": layer["type"], "a": out, "da": dout}
        elif "weight" in layer or layer["type"] in ("Flatten", "identity"):
            merged.append(layer | {"activation": None, "z": out, "a": out, "dz": dout, "da": dout})
        else:
            merged.append(layer | {"activation": layer["type"], "z": layer["in"], "a": out, "dz": din, "da": dout})
    return merged


def _rates(network: Network, optimizer: Optimizer, row: int) -> list[dict[str, float]]:
    """The learning rate of each layer that has parameters."""
    rate = np.asarray(optimizer.rate)
    each = np.broadcast_to(rate[row] if rate.ndim == 2 else rate, network.size)
    rates: list[dict[str, float]] = [{} for _ in network.layers]
    for slot in network.slots:
        rates[slot.layer]["lr"] = float(each[slot.start])
    return rates


def _update(experiment: Experiment, network: Network, optimizer: Optimizer, row: int) -> None:
    if experiment.penalty is not None:
        penalty = copy.copy(experiment.penalty)
        penalty.bind(network)
        penalty.add_gradient()
    if experiment.trained is not None:
        network.gradient *= experiment.trained
    if experiment.clipping is not None:
        clipping = copy.copy(experiment.clipping)
        clipping.bind(network.gradient)
        clipping.apply(network.gradient)
    mine = copy.copy(optimizer)
    mine.closure = None  # it would evaluate the run itself
    mine.narrow(np.array([row]), network.theta, network.gradient)
    mine.step()
