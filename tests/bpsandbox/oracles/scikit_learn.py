"""Run a config with scikit-learn's MLPRegressor and MLPClassifier: networks of Linear layers, `compat: sklearn`.

Only `record` and `live` import this: it needs scikit-learn.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier, MLPRegressor

from .rows import Config, start_of

NAMES = {"sigmoid": "logistic"}
FIELDS = {"lr": "learning_rate_init", "nesterov": "nesterovs_momentum", "eps": "epsilon", "momentum": "momentum"}


class Told:
    """A network with given initial values that keeps the loss of each update."""

    def begin(self, start: dict[str, Any]) -> None:
        pairs = [(start[f"layers.{i}.weight"], start[f"layers.{i}.bias"]) for i in range(len(start) // 2)]
        self.begins = iter([(np.array(weight).T.copy(), np.array(bias)) for weight, bias in pairs])
        self.told: list[float] = []

    def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[np.ndarray, np.ndarray]:
        return next(self.begins)

    def _backprop(self, *arguments: Any) -> Any:
        value = super()._backprop(*arguments)  # type: ignore[misc]
        self.told.append(float(value[0]))
        return value


class Regressor(Told, MLPRegressor):
    pass


class Classifier(Told, MLPClassifier):
    pass


def play(config: Config, start_word: str) -> dict[str, Any]:
    """Train with scikit-learn: initial values, the loss of every step, the final loss and parameters."""
    points, widths = config["dataset"]["points"], [block["out_features"] for block in config["model"]["layers"]]
    x, y = np.array(points["x"]), np.array(points["y"])
    start = start_of(start_word, _shapes(x.shape[1], widths))
    made = (Regressor if config["loss"]["type"] == "MSELoss" else Classifier)(**_settings(config, widths))
    made.begin(start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made.fit(x, y)
        losses = list(made.told)
        end = {
            f"layers.{i}.{name}": part.T.tolist()
            for i, pair in enumerate(zip(made.coefs_, made.intercepts_, strict=True))
            for name, part in zip(("weight", "bias"), pair, strict=True)
        }
        measured = _measured(made, x, y, end)
    return {"start": start, "losses": losses, "measured": measured, "end": end}


def _shapes(width: int, widths: list[int]) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for i, (before, after) in enumerate(zip([width, *widths], widths, strict=False)):
        shapes |= {f"layers.{i}.weight": (after, before), f"layers.{i}.bias": (after,)}
    return shapes


def _settings(config: Config, widths: list[int]) -> dict[str, Any]:
    optimizer, training = config["optimizer"], config["training"]
    activation = config["model"]["layers"][0]["activation"]["type"]
    settings = {FIELDS[name]: value for name, value in optimizer.items() if name in FIELDS}
    if "betas" in optimizer:
        settings |= dict(zip(("beta_1", "beta_2"), optimizer["betas"], strict=True))
    return {
        "hidden_layer_sizes": tuple(widths[:-1]),
        "activation": NAMES.get(activation, activation),
        "solver": optimizer["type"].lower(),
        "alpha": config["regularization"]["alpha"],
        "batch_size": training["batch_size"],
        "max_iter": training["epochs"],
        "shuffle": False,
        "tol": 0.0,
        "n_iter_no_change": 10**6,
        **settings,
    }


def _measured(made: Any, x: np.ndarray, y: np.ndarray, end: dict[str, Any]) -> float:
    """Return the loss of all examples as one more full-batch step would report it.

    There alpha is divided by the batch size; over an epoch that is, on average, by n / the number of batches.
    """
    made.begin(end)
    batches = -(-len(x) // made.batch_size)
    made.set_params(max_iter=1, batch_size=len(x), alpha=made.alpha * batches).fit(x, y)
    return float(made.told[0])
