"""The baseline: the loss of the best constant output."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HuberLoss, Loss, MultiClassHingeLoss
from bpsandbox.core.nn.losses.cross_entropy import CrossEntropyOfProbabilities
from bpsandbox.core.types import Array

from .experiment import Experiment

TINY = 1e-12
ROUNDS = 30


def baseline(experiment: Experiment) -> float | None:
    """Return the lowest training loss of a few constant outputs, which a network reaches that ignores its input.

    Penalties are not included. The best constant is the mean of the targets for squares, their median for absolute
    differences, Huber's estimate of location for his loss, the logarithms of the class frequencies, times the class
    weights, for cross-entropy on logits. None if none of them has a finite loss.
    """
    loss, y = copy.copy(experiment.loss), experiment.train.y
    losses = [_loss(loss, np.broadcast_to(constant, y.shape).astype(y.dtype), y) for constant in _constants(loss, y)]
    return min((value for value in losses if np.isfinite(value)), default=None)


def _constants(loss: Loss, y: Array) -> Iterator[Array]:
    mean = y.mean(axis=0)
    if isinstance(loss, CrossEntropyLoss) and not isinstance(loss, CrossEntropyOfProbabilities):
        yield np.log(np.maximum(mean, TINY))
    if isinstance(loss, BCEWithLogitsLoss):
        share = np.clip(mean, TINY, 1.0 - TINY)
        yield np.log(share / (1.0 - share))
    if isinstance(loss, MultiClassHingeLoss):
        yield from _margins(loss, y)
    if isinstance(loss, HuberLoss):
        yield _location(y, loss.delta)
    yield mean
    if not isinstance(loss, BCELoss | BCEWithLogitsLoss | CrossEntropyLoss):
        yield np.median(y, axis=0)
        yield from (np.full_like(mean, value) for value in (-1.0, 0.0, 1.0))


def _margins(loss: Loss, y: Array) -> Iterator[Array]:
    """Yield constants with ever lower losses, the last of which is the best: the most frequent classes, as many as help
    most, are raised by 1 as long as that helps.

    A hinge is convex in the outputs and linear between whole ones, of differences alone, so such steps end at its
    minimum: Murota, Discrete convex analysis, 2003.
    """
    order = np.argsort(-y.mean(axis=0), kind="stable")
    best, lowest = np.zeros(y.shape[1]), np.inf
    while True:
        steps = [best + np.isin(np.arange(len(order)), order[:count]) for count in range(1, len(order))]
        losses = [_loss(loss, np.broadcast_to(step, y.shape).astype(y.dtype), y) for step in steps]
        if min(losses, default=lowest) >= lowest:
            return
        best, lowest = steps[int(np.argmin(losses))], min(losses)
        yield best


def _location(y: Array, delta: float) -> Array:
    """Return Huber's estimate of location of each column by weighted means. Huber, Robust estimation, 1964."""
    center = np.median(y, axis=0)
    for _ in range(ROUNDS):
        weight = np.minimum(1.0, delta / np.maximum(np.abs(y - center), TINY))
        center = (weight * y).sum(axis=0) / weight.sum(axis=0)
    return center


def _loss(loss: Loss, p: Array, y: Array) -> float:
    value = np.empty((), p.dtype)
    rows = (p.reshape(-1), y.reshape(-1)) if loss.elementwise else (p, y)
    with np.errstate(all="ignore"):
        loss.forward(*rows, value)
    return float(value)
