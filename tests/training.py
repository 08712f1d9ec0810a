"""A small config, and training it in this process as a worker would."""

from functools import lru_cache

from bpsandbox import core, explain, leases, spec
from bpsandbox.document import Document, SeedWeights

XOR = """\
seeds: {start: 0, count: 3}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: 3, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 2.0}
training: {epochs: 40, batch_size: full}
checks: {gradient_check: {at: [start]}}
record: {worked_example: {sample: 1, step: 0}, decision_boundary: [0, 40]}
"""

CALM = XOR.replace("lr: 2.0", "lr: 0.1")
"""One that learns: at XOR's rate every seed diverges."""


def train(worker: str = "test") -> str:
    """Act as a worker on the next run; return its spec hash."""
    claim = leases.claim_next(worker)
    document, weights = result_of(claim.canonical)
    assert leases.finish(claim, document, weights)
    return spec.Spec.from_json(claim.canonical).hash


@lru_cache(maxsize=64)
def result_of(canonical: str) -> tuple[Document, tuple[SeedWeights, ...]]:
    """Train a config once: the same config has the same numbers every time."""
    *_, last = core.train(spec.build(spec.Spec.from_json(canonical)))
    return explain.finished(last.result), tuple(core.trained_weights(last.result))
