"""Small experiments, written as configs."""

from __future__ import annotations

from dataclasses import replace

from bpsandbox import spec
from bpsandbox.core import Experiment

XOR = """
seeds: [0, 1, 2]
dataset: {name: xor}
model:
  layers:
    - {type: Linear, out_features: 3, activation: sigmoid}
    - {type: Linear, out_features: 1, activation: sigmoid}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 2.0}
training: {epochs: 40, batch_size: full}
"""

BLOBS = """
seeds: [0, 1, 2, 3]
dataset: {name: blobs, n_samples: 75}
model: {layers: [{type: Linear, out_features: 7, activation: tanh}, {type: Linear, out_features: 3}]}
loss: {type: CrossEntropyLoss}
optimizer: {type: Adam, lr: 0.02}
training: {epochs: 6, batch_size: 16}
"""


def experiment(text: str, **changes: object) -> Experiment:
    """Build a config, then change fields of the experiment."""
    return replace(spec.build(spec.parse(text)), **changes)
