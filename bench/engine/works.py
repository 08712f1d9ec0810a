"""The trainings that are timed. Each is plain SGD; a step is forward, loss, backward and update."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from bpsandbox import spec
from bpsandbox.core import ACTIVATIONS, OPTIMIZERS, CrossEntropyLoss, Experiment, Linear, Network, Part, Plan
from bpsandbox.core.data.datasets import Dataset
from bpsandbox.core.nn.initializers import Initializer, constant, kaiming_uniform


@dataclass(frozen=True)
class Work:
    """A training, and for each peer the factor by which it should be faster."""

    name: str
    make: Callable[[], Experiment]
    bars: dict[str, float | None] = field(default_factory=dict)


def written(name: str, config: str, bars: dict[str, float | None]) -> Work:
    """Return a workload in the config language, without recording."""
    return Work(name, lambda: spec.build(spec.parse(config)), bars)


def xor(batch: str, epochs: int, seeds: str = "seed: 0") -> str:
    return f"""
{seeds}
dataset: {{name: xor}}
model:
  layers:
    - {{type: Linear, out_features: 3, activation: sigmoid}}
    - {{type: Linear, out_features: 1, activation: sigmoid}}
loss: {{type: MSELoss}}
optimizer: {{type: SGD, lr: 0.05}}
training: {{epochs: {epochs}, batch_size: {batch}, eval_every: {epochs}}}
"""


def circle(seeds: str = "seed: 0", more: str = "") -> str:
    return f"""
{seeds}
dataset: {{name: circle, n_samples: 1600}}
model:
  layers:
    - {{type: Linear, out_features: 16, activation: tanh}}
    - {{type: Linear, out_features: 16, activation: tanh}}
    - {{type: Linear, out_features: 1}}
loss: {{type: MSELoss}}
optimizer: {{type: SGD, lr: 0.05}}
training: {{epochs: 40, batch_size: 32, eval_every: 40}}
{more}
"""


def digits(layers: str, epochs: int, more: str = "seed: 0") -> str:
    return f"""
{more}
dataset: {{name: digits, standardize: minmax}}
model: {{layers: [{layers}]}}
loss: {{type: CrossEntropyLoss}}
optimizer: {{type: SGD, lr: 0.05}}
training: {{epochs: {epochs}, batch_size: 32, eval_every: {epochs}}}
"""


MLP = "Flatten, {type: Linear, out_features: 64, activation: relu}, {type: Linear, out_features: 10}"
CNN = """
  {type: Conv2d, out_channels: 8, kernel_size: 3, padding: 1, activation: relu}, {type: MaxPool2d, kernel_size: 2},
  {type: Conv2d, out_channels: 16, kernel_size: 3, padding: 1, activation: relu}, {type: MaxPool2d, kernel_size: 2},
  Flatten, {type: Linear, out_features: 10}
"""


def adding(kind: str) -> str:
    return f"""
seed: 0
dataset: {{name: adding, length: 10, n_samples: 1000}}
model: {{layers: [{{type: {kind}, hidden_size: 32, return: last}}, {{type: Linear, out_features: 1}}]}}
loss: {{type: MSELoss}}
optimizer: {{type: SGD, lr: 0.05}}
training: {{epochs: 10, batch_size: 50, eval_every: 10}}
"""


def wide(widths: tuple[int, ...], batch: int, steps: int) -> Experiment:
    """Return a single-precision classifier of random numbers, wider than the data sets; measured once in many steps."""
    rng = np.random.default_rng(0)
    x = rng.random((batch * 4, widths[0]), dtype=np.float32)
    classes = rng.integers(0, widths[-1], len(x))
    y = np.eye(widths[-1], dtype=np.float32)[classes]
    layers = [layer for width in widths[1:] for layer in (Linear(width), ACTIVATIONS["relu"]())][:-1]
    network = Network(layers, x.shape[1:])
    starts: list[Initializer] = [kaiming_uniform() if len(slot.shape) > 1 else constant() for slot in network.slots]
    return Experiment(
        network=network,
        initializers=starts,
        loss=CrossEntropyLoss(),
        optimizer=OPTIMIZERS["SGD"](lr=0.01),
        parts={"train": Part(x, y, classes)},
        dataset=Dataset("random", x, classes, tuple(range(widths[-1]))),
        plan=Plan(steps=steps, batch_size=batch, eval_every=steps),
        dtype="float32",
    )


BARRED = (
    written("XOR 2-3-1, one sample a step", xor("1", 500), {"textbook class": 1.8, "PyTorch": 14}),
    written("2-16-16-1, batch 32", circle(), {"PyTorch": 8, "scikit-learn": 5}),
    written("digits 64-64-10, batch 32", digits(MLP, 20), {"PyTorch": 6, "scikit-learn": 4, "its own matmuls": None}),
    Work(
        "784-256-10, batch 64, float32",
        lambda: wide((784, 256, 10), 64, 200),
        {"its own matmuls": 1 / 1.25, "PyTorch": 1, "scikit-learn": 1},
    ),
    Work(
        "784-1024-1024-10, batch 128, float32",
        lambda: wide((784, 1024, 1024, 10), 128, 48),
        {"its own matmuls": 0.8},
    ),
    written("XOR, 128 seeds, one sample a step", xor("1", 300, "seeds: {count: 128}"), {"one seed": 1 / 2.5}),
    written("XOR, 128 seeds, full batch", xor("full", 1200, "seeds: {count: 128}"), {"one seed": 1 / 5}),
    written("E5: CNN on digits, batch 32", digits(CNN, 2), {"PyTorch": 2.5}),
    written("E6: RNN on adding, batch 50", adding("RNN"), {"PyTorch": 2.5}),
)

MORE = (
    written("LSTM on adding, batch 50", adding("LSTM"), {"PyTorch": None}),
    written("GRU on adding, batch 50", adding("GRU"), {"PyTorch": None}),
    written("2-16-16-1, 8 seeds", circle("seeds: {count: 8}"), {"one seed": None}),
    written("2-16-16-1, 128 seeds", circle("seeds: {count: 128}").replace("40", "10"), {"one seed": None}),
    written("2-16-16-1, float32", circle(more="dtype: float32"), {"PyTorch": None}),
    written("digits, 8 seeds", digits(MLP, 20, "seeds: {count: 8}"), {"one seed": None}),
    written("digits, float32", digits(MLP, 20, "seed: 0\ndtype: float32"), {"PyTorch": None}),
    written("CNN, 4 seeds", digits(CNN, 1, "seeds: {count: 4}"), {"one seed": None}),
    written("CNN, float32", digits(CNN, 2, "seed: 0\ndtype: float32"), {"PyTorch": None}),
    written("2-16-16-1 beside a compiled scan", circle(), {"JAX, compiled scan": None}),
    written("digits beside a compiled scan", digits(MLP, 20), {"JAX, compiled scan": None}),
)


def of_one_seed(experiment: Experiment) -> Experiment:
    return replace(experiment, seeds=experiment.seeds[:1])
