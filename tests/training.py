"""A small config, and training it in this process as a worker would."""

from bpsandbox import core, explain, leases, spec

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


def train(worker: str = "test") -> str:
    """Act as a worker on the next run; return its spec hash."""
    claim = leases.claim_next(worker)
    parsed = spec.Spec.from_json(claim.canonical)
    *_, last = core.train(spec.build(parsed))
    assert leases.finish(claim, explain.finished(last.result), tuple(core.trained_weights(last.result)))
    return parsed.hash
