"""JAX with all steps of a training compiled into one scan: the limit for a compiler on the same arithmetic."""

from __future__ import annotations

import os
import time
from importlib import import_module

import numpy as np

from bench.engine.timing import Round
from bpsandbox.core import CrossEntropyLoss, Experiment, Linear


def trains(experiment: Experiment) -> Round:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    jax = import_module("jax")
    jnp = jax.numpy
    jax.config.update("jax_enable_x64", experiment.dtype == "float64")
    x = jnp.asarray(experiment.train.x.reshape(len(experiment.train), -1))
    y = jnp.asarray(experiment.train.y)
    is_classified = isinstance(experiment.loss, CrossEntropyLoss)
    activation = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}[
        next(layer.name for layer in experiment.network.layers if layer.name in ("relu", "tanh", "sigmoid"))
    ]

    def loss(weights, rows):
        a = x[rows]
        for W, b in weights[:-1]:
            a = activation(a @ W.T + b)
        z = a @ weights[-1][0].T + weights[-1][1]
        if is_classified:
            return -jnp.mean(jnp.sum(jax.nn.log_softmax(z) * y[rows], axis=1))
        return jnp.mean((z - y[rows]) ** 2)

    def step(weights, rows):
        value, gradient = jax.value_and_grad(loss)(weights, rows)
        lr = experiment.optimizer.lr
        return jax.tree_util.tree_map(lambda w, g: w - lr * g, weights, gradient), value

    run = jax.jit(lambda weights, order: jax.lax.scan(step, weights, order))
    order, weights = _order(experiment), _start(experiment)

    def round_of_training() -> float:
        began = time.process_time()
        jax.block_until_ready(run(weights, order))
        return (time.process_time() - began) / len(order)

    return round_of_training


def _order(experiment: Experiment) -> np.ndarray:
    """Return the rows of every batch of all epochs, complete batches only."""
    n, batch = len(experiment.train), experiment.plan.batch_size or len(experiment.train)
    rng, epochs = np.random.default_rng(0), experiment.plan.epochs or 1
    orders = [rng.permutation(n)[: n // batch * batch].reshape(-1, batch) for _ in range(epochs)]
    return np.concatenate(orders)


def _start(experiment: Experiment) -> list[tuple[np.ndarray, np.ndarray]]:
    network = experiment.network
    named = network.named(network.draw(experiment.seeds[:1], experiment.initializers, experiment.dtype))
    indices = [layer.index for layer in network.layers if isinstance(layer, Linear)]
    return [(named[f"layers.{i}.weight"][0], named[f"layers.{i}.bias"][0]) for i in indices]
