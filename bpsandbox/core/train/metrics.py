"""Metrics. Each returns one value for each seed, NaN where it is undefined."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bpsandbox.core.types import Array

NOTHING: Array = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Predictions:
    """Predictions of every seed for n examples, and the true values."""

    outputs: Array
    """(seeds, n, k)"""
    targets: Array
    """Target rows of the loss, (n, k)."""
    decided: Array = field(default_factory=NOTHING.copy)
    """Predicted classes, (seeds, n)."""
    classes: Array = field(default_factory=NOTHING.copy)
    """True classes, (n,)."""
    n_classes: int = 0


def accuracy(p: Predictions) -> Array:
    """Return the share of correctly classified examples."""
    return np.mean(p.decided == p.classes, axis=1)


def confusion(p: Predictions, seed: int) -> Array:
    """Return counts[true class][predicted class] of one seed."""
    counts = np.zeros((p.n_classes, p.n_classes), dtype=np.int64)
    np.add.at(counts, (p.classes, p.decided[seed]), 1)
    return counts


def precision(p: Predictions) -> Array:
    """TP / (TP + FP) of class 1 for two classes, else the mean over classes."""
    return _over_classes(p, lambda hit, called, there: _ratio(hit, called, 0.0))


def recall(p: Predictions) -> Array:
    """TP / (TP + FN) of class 1 for two classes, else the mean over classes."""
    return _over_classes(p, lambda hit, called, there: _ratio(hit, there, 0.0))


def f1(p: Predictions) -> Array:
    """Harmonic mean of precision and recall of class 1 for two classes, else the mean over classes."""
    return _over_classes(p, lambda hit, called, there: _ratio(2.0 * hit, called + there, 0.0))


def roc_auc(p: Predictions) -> Array:
    """Probability that an example of class 1 scores above one of class 0; ties count half."""
    scores = p.outputs[..., 0] if p.outputs.shape[-1] == 1 else p.outputs[..., 1] - p.outputs[..., 0]
    ones = p.classes == 1
    pairs = np.count_nonzero(ones) * np.count_nonzero(~ones)
    ranks = np.array([_ranks(row) for row in scores])
    above = ranks[:, ones].sum(axis=1) - np.count_nonzero(ones) * (np.count_nonzero(ones) + 1) / 2.0
    return _ratio(above, np.full(len(above), pairs))


def rmse(p: Predictions) -> Array:
    """sqrt(mean (prediction - target)^2)"""
    return np.sqrt(np.mean((p.outputs - p.targets) ** 2, axis=(1, 2)))


def mae(p: Predictions) -> Array:
    """mean |prediction - target|"""
    return np.mean(np.abs(p.outputs - p.targets), axis=(1, 2))


def r2(p: Predictions) -> Array:
    """1 - sum of squared errors / sum of squared deviations from the mean, averaged over outputs."""
    errors = np.sum((p.outputs - p.targets) ** 2, axis=1)
    spread = np.sum((p.targets - p.targets.mean(axis=0)) ** 2, axis=0)
    return np.mean(1.0 - _ratio(errors, np.broadcast_to(spread, errors.shape)), axis=1)


METRICS = {function.__name__: function for function in (accuracy, precision, recall, f1, roc_auc, rmse, mae, r2)}
CLASSIFYING = frozenset({"accuracy", "confusion_matrix", "precision", "recall", "f1", "roc_auc"})


def _over_classes(p: Predictions, formula) -> Array:
    wanted = [1] if p.n_classes == 2 else range(p.n_classes)
    values = []
    for label in wanted:
        called, there = p.decided == label, p.classes == label
        hit = np.count_nonzero(called & there, axis=1)
        values.append(formula(hit, np.count_nonzero(called, axis=1), np.float64(np.count_nonzero(there))))
    return np.mean(values, axis=0)


def _ratio(above: Array, below: Array, otherwise: float = np.nan) -> Array:
    """above / below; `otherwise` where below is 0"""
    return np.divide(above, below, out=np.full(np.shape(above), otherwise), where=np.asarray(below) != 0)


def _ranks(values: Array) -> Array:
    """Return ranks from 1; ties get their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last + last - counts + 1) / 2.0)[inverse]
