"""Things worth looking at that are not curves: a decision boundary, one worked step, the weights."""

from __future__ import annotations

import copy

import numpy as np

from .experiment import Experiment
from .losses import BCEWithLogitsLoss
from .network import Network
from .optimizers import Optimizer
from .targets import class_values, decide
from .workspace import Workspace, play

Array = np.ndarray
GRID = 48
SMALL = 500
"""Networks up to this many parameters are written into the result."""


def boundary(experiment: Experiment, theta: Array, *, epoch: int, seed: int) -> dict[str, object]:
    """What the network with parameters theta (1, size) decides on a grid of the plane, lowest y first."""
    points = experiment.boundary.raw.x
    (x_low, y_low), (x_high, y_high) = _frame(points)
    xs, ys = np.meshgrid(np.linspace(x_low, x_high, GRID), np.linspace(y_low, y_high, GRID))
    plane = np.column_stack([xs.ravel(), ys.ravel()])
    outputs = _outputs(experiment, theta, experiment.boundary.prepare(plane))
    labels = experiment.dataset.labels
    values = decide(outputs, labels, experiment.loss) if labels else outputs[:, 0]
    return _surface(experiment, outputs) | {
        "epoch": epoch,
        "seed": seed,
        "x": [x_low, x_high],
        "y": [y_low, y_high],
        "n": GRID,
        "values": values.reshape(GRID, GRID).tolist(),
        "classes": len(labels),
        "points": {"x": points.tolist(), "y": experiment.boundary.raw.y.ravel().tolist()},
    }


def _surface(experiment: Experiment, outputs: Array) -> dict[str, object]:
    """What a single output says before it is turned into one of two classes, and where one becomes the other."""
    labels = experiment.dataset.labels
    if len(labels) != 2 or outputs.shape[1] != 1:
        return {}
    logits = isinstance(experiment.loss, BCEWithLogitsLoss)
    divide = 0.0 if logits else float(class_values(labels, experiment.loss).mean())
    shown = [float(f"{value:.4g}") for value in outputs[:, 0].tolist()]
    return {"outputs": [shown[i : i + GRID] for i in range(0, len(shown), GRID)], "divide": divide}


def _frame(points: Array) -> tuple[list[float], list[float]]:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.where(high > low, 0.15 * (high - low), 1.0)
    return (low - margin).tolist(), (high + margin).tolist()


def _outputs(experiment: Experiment, theta: Array, x: Array) -> Array:
    x = x.astype(theta.dtype)
    workspace = Workspace(experiment.network.bind(theta), experiment.loss, len(x), backward=False)
    play(workspace.tape(x[np.newaxis]).forward)
    return workspace.outputs[-1][0]


def worked_example(
    experiment: Experiment, network: Network, optimizer: Optimizer, *, row: int, step: int, epoch: int
) -> dict[str, object]:
    """Work one training example through forward, backward and update, as if it were the batch.

    `row` is the place of the first seed among those still training. Nothing of the run is changed: the update is made
    by a copy of the optimiser, with its memory, on a copy of the parameters.
    """
    sample = experiment.worked_example.sample
    x, y = experiment.train.x[sample : sample + 1], experiment.train.y[sample : sample + 1]
    alone = network.bind(network.theta[row : row + 1].copy())
    workspace = Workspace(alone, experiment.loss, 1)
    tape = workspace.tape(x[np.newaxis], y[np.newaxis])
    play(tape.forward)
    play(tape.backward)
    layers = [_worked_layer(alone, workspace, place, x) for place in range(len(alone.layers))]
    before = _by_layer(alone, alone.theta, {"weight": "weight", "bias": "bias"})
    gradients = _by_layer(alone, alone.gradient, {"weight": "dW", "bias": "db"})
    _update(alone, optimizer, row)
    after = _by_layer(alone, alone.theta, {"weight": "weight_after", "bias": "bias_after"})
    layers = [{**a, **b, **c, **d} for a, b, c, d in zip(layers, before, gradients, after, strict=True)]
    return {
        "sample": sample,
        "step": step,
        "epoch": epoch,
        "seed": experiment.seeds[0],
        "layers": _merged(layers),
        "x": x[0].tolist(),
        "y": y[0].tolist() if y.shape[1] > 1 else float(y[0, 0]),
        "y_hat": _row(workspace.inputs(x[np.newaxis])[-1]),
        "dy_hat": _row(workspace.gradients[-1]),
        "loss": float(workspace.value[0]),
        "loss_type": experiment.loss.name,
        "loss_factor": experiment.loss.factor,
        "optimizer": optimizer.name,
        "lr": float(np.max(optimizer.rate)),
        "batch_size": experiment.plan.batch_size or len(experiment.train),
    }


def _by_layer(network: Network, flat: Array, names: dict[str, str]) -> list[dict[str, object]]:
    """The first seed's part of a flat array, layer by layer, under other names."""
    layers: list[dict[str, object]] = [{} for _ in network.layers]
    for slot in network.slots:
        layers[slot.layer][names[slot.parameter]] = slot.view(flat)[0].tolist()
    return layers


def _worked_layer(network: Network, workspace: Workspace, place: int, x: Array) -> dict[str, object]:
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


def _update(network: Network, optimizer: Optimizer, row: int) -> None:
    mine = copy.copy(optimizer)
    mine.narrow(np.array([row]), network.theta, network.gradient)
    mine.step()


def weights(network: Network, row: int, seed: int) -> dict[str, object]:
    """The parameters of one seed by name."""
    named = network.named(network.theta)
    return {"seed": seed, "weights": [{"name": name, "value": value[row].tolist()} for name, value in named.items()]}
