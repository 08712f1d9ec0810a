"""Idiomatic PyTorch: eager, on the CPU, one thread."""

from __future__ import annotations

import time
from importlib import import_module
from typing import Any

from bench.engine.timing import Round
from bpsandbox.core import CrossEntropyLoss, Experiment
from bpsandbox.core.nn.layers import LAYERS, Layer

ACTIVATIONS = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "ReLU"}


def trains(experiment: Experiment) -> Round:
    torch = import_module("torch")
    torch.set_num_threads(1)
    x = torch.tensor(experiment.train.x)
    is_classified = isinstance(experiment.loss, CrossEntropyLoss)
    y = torch.tensor(experiment.train.classes if is_classified else experiment.train.y)
    loss = getattr(torch.nn, experiment.loss.name)()
    n, batch = len(x), min(experiment.plan.batch_size or len(x), len(x))

    def round_of_training() -> float:
        network = network_of(torch, experiment)
        optimizer = torch.optim.SGD(network.parameters(), lr=experiment.optimizer.lr)
        began, steps = time.process_time(), 0
        while steps < experiment.total_steps:
            for rows in torch.randperm(n).split(batch):
                optimizer.zero_grad()
                loss(network(x[rows]), y[rows]).backward()
                optimizer.step()
                steps += 1
        return (time.process_time() - began) / steps

    return round_of_training


def network_of(torch: Any, experiment: Experiment) -> Any:
    network = experiment.network
    modules = [_module(torch, layer, shape) for layer, shape in zip(network.layers, network.shapes, strict=False)]
    return torch.nn.Sequential(*modules).to(getattr(torch, experiment.dtype))


def _module(torch: Any, layer: Layer, shape: tuple[int, ...]) -> Any:
    nn = torch.nn
    if layer.name in ACTIVATIONS:
        return getattr(nn, ACTIVATIONS[layer.name])()
    if layer.name == "Linear":
        return nn.Linear(shape[-1], layer.out_features)
    if layer.name == "Conv2d":
        return nn.Conv2d(shape[0], layer.out_channels, layer.kernel, padding=layer.before)
    if layer.name in ("MaxPool2d", "AvgPool2d"):
        return getattr(nn, layer.name)(layer.kernel)
    if layer.name in ("RNN", "LSTM", "GRU"):
        return _last(torch, getattr(nn, layer.name)(shape[-1], layer.hidden_size, batch_first=True))
    return getattr(nn, layer.name)() if layer.name in LAYERS else nn.Identity()


def _last(torch: Any, recurrent: Any) -> Any:
    """A recurrent module that returns its last step only."""

    class Last(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.recurrent = recurrent

        def forward(self, x: Any) -> Any:
            return self.recurrent(x)[0][:, -1]

    return Last()
