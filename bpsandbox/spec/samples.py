"""A small config to start from for every data set."""

from __future__ import annotations

from .facts import Facts, facts_of
from .language.dataset import NAMED, default_block

POINTS = """\
dataset:
  points:
    csv: |
      # hours slept, hours learned, passed
      4,1,0
      5,2,0
      8,1,0
      6,3,0
      7,4,1
      5,6,1
      8,5,1
      6,7,1
      3,6,0
      9,3,1
  standardize: standard
"""
CLASSES_IN_THE_PLANE = """\
model: {layers: [{type: Linear, out_features: 16, activation: tanh}, {type: Linear, out_features: OUTPUTS}]}
loss: CrossEntropyLoss
optimizer: {type: Adam, lr: 0.02}
training: {epochs: 100}
metrics: [accuracy]
record: {decision_boundary: [0, 10, 100]}
"""
FUNCTION = """\
model:
  layers:
    - {type: Linear, out_features: 32, activation: tanh}
    - {type: Linear, out_features: 32, activation: tanh}
    - {type: Linear, out_features: 1}
loss: MSELoss
optimizer: {type: Adam, lr: 0.01}
training: {epochs: 200}
metrics: [rmse, r2]
"""
TABLE = """\
model: {layers: [{type: Linear, out_features: 16, activation: relu}, {type: Linear, out_features: OUTPUTS}]}
loss: CrossEntropyLoss
optimizer: {type: Adam, lr: 0.01}
training: {epochs: 50}
metrics: [accuracy, confusion_matrix]
"""
PICTURES = """\
model: {layers: [Flatten, {type: Linear, out_features: 64, activation: relu}, {type: Linear, out_features: OUTPUTS}]}
loss: CrossEntropyLoss
optimizer: {type: SGD, lr: 0.1, momentum: 0.9}
training: {epochs: 30}
metrics: [accuracy, confusion_matrix]
"""
CLASS_OF_A_SEQUENCE = """\
model: {layers: [{type: GRU, hidden_size: 32, return: last}, {type: Linear, out_features: OUTPUTS}]}
loss: CrossEntropyLoss
optimizer: {type: Adam, lr: 0.01}
gradient_clipping: {norm: 1.0}
training: {epochs: 60, batch_size: 50}
metrics: [accuracy]
"""
NUMBER_OF_A_SEQUENCE = """\
model: {layers: [{type: RNN, hidden_size: 32, return: last}, {type: Linear, out_features: 1}]}
loss: MSELoss
optimizer: {type: Adam, lr: 0.005}
gradient_clipping: {norm: 1.0}
training: {epochs: 40, batch_size: 50}
metrics: [r2]
"""
EVERY_STEP = """\
model: {layers: [{type: RNN, hidden_size: 32, return: all}, {type: Linear, out_features: 1}, Flatten]}
loss: BCEWithLogitsLoss
optimizer: {type: Adam, lr: 0.01}
gradient_clipping: {norm: 1.0}
training: {epochs: 30, batch_size: 50}
"""


def sample(name: str) -> str:
    """Return the config for a named data set with its defaults, or for `points`."""
    if name == "points":
        return POINTS + CLASSES_IN_THE_PLANE.replace("OUTPUTS", "2")
    facts = facts_of(default_block(name))
    if facts is None:
        raise LookupError(name)
    return f"dataset: {{name: {name}{_preparation(facts)}}}\n{_model(facts)}"


def _preparation(facts: Facts) -> str:
    """Scale tables and images, and hold out a test part of all but data of one or two features."""
    if len(facts.shape) == 1 and facts.size <= 2:
        return ""
    stratify = ", stratify: true" if facts.classes else ""
    scale = {1: ", standardize: standard", 3: ", standardize: minmax"}.get(len(facts.shape), "")
    return f"{scale}, split: {{test: 0.25{stratify}}}"


def _model(facts: Facts) -> str:
    return _template(facts).replace("OUTPUTS", str(facts.classes))


def _template(facts: Facts) -> str:
    if len(facts.shape) == 3:
        return PICTURES
    if len(facts.shape) == 2:
        ends = CLASS_OF_A_SEQUENCE if facts.classes else NUMBER_OF_A_SEQUENCE
        return EVERY_STEP if facts.targets > 1 else ends
    if not facts.classes:
        return FUNCTION
    return CLASSES_IN_THE_PLANE if facts.size == 2 else TABLE


SAMPLED = (*NAMED.records, "points")
"""Names with a config."""
