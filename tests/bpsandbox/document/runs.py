"""Documents of real runs, cached."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from bpsandbox import core, explain, spec

NET = """\
seeds: {start: 3, count: 3}
dataset: {name: moons, n_samples: 24, split: {test: 0.25, seed: 0}}
model: {layers: [{type: Linear, out_features: 3, activation: tanh}, {type: Linear, out_features: 2}]}
loss: {type: CrossEntropyLoss}
training: {epochs: 4, batch_size: 8}
"""
WHOLE = (
    NET
    + """\
optimizer: {type: SGD, lr: 0.5}
lr_scheduler: {type: StepLR, step_size: 2}
metrics: [accuracy, confusion_matrix]
stopping: {type: EarlyStopping, patience: 9, monitor: test_loss, restore_best_weights: true}
checks: {gradient_check: {at: [start, end]}, overfit_tiny: {n_samples: 4, steps: 20}}
record:
  worked_example: {sample: 1, step: 0}
  decision_boundary: [0, 4]
  gradients: true
  activations: true
  weights: [0, 4]
"""
)
SWEEP = (
    NET
    + """\
record: {gradients: true}
metrics: [accuracy]
sweep: {method: grid, parameters: {optimizer.lr: [0.1, 0.5], model.layers.0.out_features: [2, 3]}}
"""
)
DIVERGED = """\
seeds: {count: 2}
dataset: {name: sine, n_samples: 16}
model: {layers: [{type: Linear, out_features: 4}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 1000}
training: {epochs: 300, batch_size: full}
"""
CONFIGS = {"whole": WHOLE, "sweep": SWEEP, "diverged": DIVERGED}


@cache
def written(name: str) -> str:
    *_, last = core.train(spec.build(spec.parse(CONFIGS[name])))
    return json.dumps(as_json(last.result))


def document(name: str) -> dict[str, Any]:
    """Return a new copy of the document of one of CONFIGS, as plain JSON."""
    return copy.deepcopy(json.loads(written(name)))


def as_json(result: Any) -> dict[str, Any]:
    return explain.finished(result).to_json()
