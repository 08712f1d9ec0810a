"""scikit-learn's MLPClassifier and MLPRegressor, plain SGD."""

from __future__ import annotations

import time
import warnings
from importlib import import_module

from bench.engine.timing import Round
from bpsandbox.core import CrossEntropyLoss, Experiment, Linear


def trains(experiment: Experiment) -> Round:
    neural = import_module("sklearn.neural_network")
    is_classified = isinstance(experiment.loss, CrossEntropyLoss)
    kind = neural.MLPClassifier if is_classified else neural.MLPRegressor
    x = experiment.train.x.reshape(len(experiment.train), -1)
    y = experiment.train.classes if is_classified else experiment.train.y[:, 0]
    widths = [layer.out_features for layer in experiment.network.layers if isinstance(layer, Linear)]
    activation = next(layer.name for layer in experiment.network.layers if layer.name in ("relu", "tanh"))
    epochs = -(-experiment.total_steps // experiment.steps_an_epoch)

    def round_of_training() -> float:
        network = kind(
            hidden_layer_sizes=widths[:-1],
            activation=activation,
            solver="sgd",
            alpha=0.0,
            batch_size=experiment.plan.batch_size,
            learning_rate_init=experiment.optimizer.lr,
            momentum=0.0,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=10**9,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            began = time.process_time()
            network.fit(x, y)
            return (time.process_time() - began) / (epochs * experiment.steps_an_epoch)

    return round_of_training
