"""Only the matrix products of a step, into preallocated arrays: the lower bound of any step."""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from bench.engine.timing import Round
from bpsandbox.core import Experiment, Linear

STEPS = 16


def alone(experiment: Experiment) -> Round:
    calls = products(experiment)

    def multiplies() -> float:
        began = time.process_time()
        for _ in range(STEPS):
            for call in calls:
                call()
        return (time.process_time() - began) / STEPS

    return multiplies


def products(experiment: Experiment) -> list[partial]:
    """Return the products: forward, dW, and dX of every Linear layer but the first."""
    network, n = experiment.network, experiment.plan.batch_size or len(experiment.train)
    rng, calls = np.random.default_rng(0), []
    for place, layer in enumerate(network.layers):
        if isinstance(layer, Linear):
            inputs, outputs = network.shapes[place][0], layer.out_features
            shapes = ((n, inputs), (outputs, inputs), (n, outputs))
            x, W, z = (rng.random(shape).astype(experiment.dtype) for shape in shapes)
            dx, dW, dz = np.empty_like(x), np.empty_like(W), z.copy()
            calls += [partial(np.dot, x, W.T, out=z), partial(np.dot, dz.T, x, out=dW)]
            calls += [partial(np.dot, dz, W, out=dx)] if place > network.first_trained else []
    return calls
