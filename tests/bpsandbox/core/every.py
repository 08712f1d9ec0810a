"""A small network for every layer, at least one per layer, for properties that hold for all layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bpsandbox.core import ACTIVATIONS, Experiment, Layer, Linear, MSELoss, Network, Part, Plan
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.nn.layers import (
    GRU,
    LAYERS,
    LSTM,
    RNN,
    Add,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    LayerNorm,
    MaxPool2d,
    Reshape,
)
from bpsandbox.core.optim.optimizers import SGD

Array = np.ndarray
OUTPUTS = 3


@dataclass(frozen=True)
class Case:
    """New layers on every call, for samples of a shape; `words` is the vocabulary size if x are tokens."""

    layers: Callable[[], Sequence[Layer]]
    shape: tuple[int, ...]
    words: int = 0

    def network(self) -> Network:
        layers = list(self.layers())
        for index, layer in enumerate(layers):
            layer.index = index
        return Network(layers, self.shape)

    def inputs(self, n: int, seed: int = 0) -> Array:
        rng = np.random.default_rng(seed)
        shape = (n, *self.shape)
        return rng.integers(self.words, size=shape).astype(float) if self.words else rng.normal(size=shape)


def tanh() -> Layer:
    return ACTIVATIONS["tanh"]()


def relu() -> Layer:
    return ACTIVATIONS["relu"]()


def last() -> Linear:
    return Linear(OUTPUTS)


CASES = {
    "Linear": Case(lambda: [Linear(5), tanh(), last()], (4,)),
    "Linear, no bias, sequence": Case(lambda: [Linear(5, bias=False), tanh(), Flatten(), last()], (3, 4)),
    "Flatten": Case(lambda: [Flatten(), Linear(5), relu(), last()], (2, 3, 2)),
    "Reshape": Case(lambda: [Linear(6), Reshape((2, -1)), tanh(), Linear(2), Flatten(), last()], (4,)),
    "Add": Case(lambda: [Linear(5), tanh(), Linear(5), relu(), Add(1), last()], (4,)),
    "Dropout": Case(lambda: [Linear(7), tanh(), Dropout(0.3), last()], (4,)),
    "Dropout, twice, first": Case(lambda: [Dropout(0.2), Linear(7), relu(), Dropout(), last()], (4,)),
    "BatchNorm1d": Case(lambda: [Linear(7), BatchNorm1d(), tanh(), last()], (4,)),
    "BatchNorm1d, first, sequence": Case(lambda: [BatchNorm1d(momentum=0.3), Linear(2), Flatten(), last()], (3, 4)),
    "BatchNorm1d, not affine": Case(lambda: [Linear(7), BatchNorm1d(affine=False, unbiased=False), last()], (4,)),
    "BatchNorm2d": Case(lambda: [BatchNorm2d(), tanh(), Flatten(), last()], (2, 3, 4)),
    "BatchNorm2d, inside": Case(
        lambda: [Linear(12), Reshape((2, 2, 3)), BatchNorm2d(affine=False), relu(), Flatten(), last()], (4,)
    ),
    "LayerNorm": Case(lambda: [LayerNorm(), Linear(5), tanh(), LayerNorm(affine=False), last()], (4,)),
    "LayerNorm, image": Case(
        lambda: [LayerNorm(normalized_shape=(3, 4)), tanh(), Flatten(), Linear(4), LayerNorm(), last()], (2, 3, 4)
    ),
    "Conv2d": Case(lambda: [Conv2d(3, 2), tanh(), Flatten(), last()], (2, 4, 5)),
    "Conv2d, all of it": Case(
        lambda: [
            Conv2d(3, 3, padding="same"),
            relu(),
            Conv2d(2, (2, 3), stride=(2, 1), padding=1, dilation=2, bias=False),
            Flatten(),
            last(),
        ],
        (2, 6, 7),
    ),
    "Conv2d, BatchNorm2d, Dropout, LayerNorm": Case(
        lambda: [Conv2d(3, 2), BatchNorm2d(), relu(), Dropout(0.3), Conv2d(2, 2), LayerNorm(), Flatten(), last()],
        (1, 5, 5),
    ),
    "Conv2d, LayerNorm of images": Case(
        lambda: [Conv2d(3, 2), LayerNorm(normalized_shape=(3, 4, 3)), tanh(), Flatten(), last()], (1, 5, 4)
    ),
    "Conv2d, Add": Case(lambda: [Conv2d(3, 3), relu(), Conv2d(3, 3, padding=1), Add(1), Flatten(), last()], (1, 5, 5)),
    "MaxPool2d": Case(lambda: [Conv2d(3, 2), MaxPool2d(2), Flatten(), last()], (2, 5, 5)),
    "MaxPool2d, overlapping": Case(
        lambda: [Conv2d(3, 2), MaxPool2d(3, stride=2, padding=1), Flatten(), last()], (2, 5, 6)
    ),
    "AvgPool2d": Case(lambda: [Conv2d(3, 2), AvgPool2d(2), Flatten(), last()], (2, 5, 5)),
    "AvgPool2d, overlap": Case(lambda: [Conv2d(3, 2), AvgPool2d(3, stride=2, padding=1), Flatten(), last()], (2, 5, 6)),
    **{
        f"{layer.name}, {returns}": Case(
            lambda layer=layer, returns=returns: [Linear(3), layer(4, returns=returns), Flatten(), last()], (5, 2)
        )
        for layer in (RNN, LSTM, GRU)
        for returns in ("last", "all")
    },
    "RNN, relu": Case(lambda: [RNN(4, nonlinearity="relu", bias=False), last()], (5, 2)),
    "GRU, reset before": Case(lambda: [GRU(4, reset_after=False), last()], (5, 2)),
    "Embedding": Case(lambda: [Embedding(6, 4), tanh(), Flatten(), last()], (5,), words=6),
    "Embedding, LSTM": Case(lambda: [Embedding(6, 4), Dropout(0.2), LSTM(3), LayerNorm(), last()], (5, 1), words=6),
}
"""By the layer's name, and what is special."""


def missing() -> set[str]:
    """Return layers without a case."""
    return set(LAYERS) - {name.split(",")[0] for name in CASES}


def small(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Return weights of typical size."""
    return rng.normal(0.0, 0.5, shape)


def experiment_of(case: Case, *, n: int = 27, **changes: Any) -> Experiment:
    """Return a short training of a case: n examples, a shorter last batch, and 9 for validation."""
    network, x = case.network(), case.inputs(n + 9)
    y = np.random.default_rng(5).normal(size=(n + 9, OUTPUTS))
    planned: dict[str, Any] = {
        "network": network,
        "initializers": [small] * len(network.slots),
        "loss": MSELoss(),
        "optimizer": SGD(lr=0.05, momentum=0.9),
        "parts": {"train": Part(x[:n], y[:n]), "val": Part(x[n:], y[n:])},
        "dataset": Dataset("every", x, y),
        "plan": Plan(epochs=4, batch_size=8),
        "seeds": (0, 1, 2, 3),
    }
    return Experiment(**planned | changes)


def in_single_precision(experiment: Experiment) -> Experiment:
    parts = {
        name: Part(part.x.astype(np.float32), part.y.astype(np.float32)) for name, part in experiment.parts.items()
    }
    return replace(experiment, parts=parts, dtype="float32")
