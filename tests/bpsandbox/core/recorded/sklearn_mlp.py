"""Record small networks trained by scikit-learn: python …/recorded/sklearn_mlp.py > …/sklearn_mlp.json.

Weights are written as (out, in), losses as in `loss_curve_`: one per epoch, from before each of its updates.
"""

from __future__ import annotations

import json
import sys
import warnings

import numpy as np

EPOCHS, N, HIDDEN = 6, 10, 4
CASES = [
    {"kind": "regressor", "outputs": 1, "solver": "sgd", "alpha": 0.0, "batch_size": N},
    {"kind": "regressor", "outputs": 1, "solver": "sgd", "alpha": 0.3, "batch_size": 4},
    {"kind": "regressor", "outputs": 1, "solver": "adam", "alpha": 0.3, "batch_size": N},
    {"kind": "regressor", "outputs": 2, "solver": "sgd", "alpha": 0.3, "batch_size": 4},
    {"kind": "classifier", "outputs": 3, "solver": "sgd", "alpha": 0.1, "batch_size": 4, "momentum": 0.5},
    {"kind": "classifier", "outputs": 3, "solver": "adam", "alpha": 0.1, "batch_size": N},
    {"kind": "classifier", "outputs": 1, "solver": "sgd", "alpha": 0.1, "batch_size": N},
    {"kind": "classifier", "outputs": 1, "solver": "adam", "alpha": 0.0, "batch_size": 4},
]


def targets(case: dict, rng: np.random.Generator) -> list:
    if case["kind"] == "classifier":
        return (np.arange(N) % max(2, case["outputs"])).tolist()
    return rng.normal(size=(N, case["outputs"])).round(3).tolist()


def play(case: dict) -> dict:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(N, 2)).round(3), targets(case, rng)
    fields = {name: case[name] for name in ("solver", "alpha", "batch_size", "momentum") if name in case}
    make = MLPRegressor if case["kind"] == "regressor" else MLPClassifier
    same = {"hidden_layer_sizes": (HIDDEN,), "activation": "tanh", "shuffle": False, "tol": 0.0, "warm_start": True}
    model = make(**same, **fields, max_iter=1, learning_rate_init=0.05)
    rows = np.array(y).ravel() if case["outputs"] == 1 or case["kind"] == "classifier" else np.array(y)
    model.fit(x, rows)
    shapes = [(2, HIDDEN), (HIDDEN, case["outputs"])]
    coefs = [rng.normal(size=shape).round(3) for shape in shapes]
    intercepts = [rng.normal(size=shape[1]).round(3) for shape in shapes]
    model.coefs_, model.intercepts_ = [c.copy() for c in coefs], [b.copy() for b in intercepts]
    before = len(model.loss_curve_)
    model.set_params(max_iter=EPOCHS, n_iter_no_change=EPOCHS + 1).fit(x, rows)
    return {
        "case": case,
        "x": x.tolist(),
        "y": y,
        "start": _rows(coefs, intercepts),
        "losses": model.loss_curve_[before:],
        "end": _rows(model.coefs_, model.intercepts_),
    }


def _rows(coefs: list, intercepts: list) -> list[dict]:
    return [{"weight": c.T.tolist(), "bias": b.tolist()} for c, b in zip(coefs, intercepts, strict=True)]


def main() -> None:
    import sklearn

    warnings.simplefilter("ignore")
    json.dump({"sklearn": sklearn.__version__, "runs": [play(case) for case in CASES]}, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
