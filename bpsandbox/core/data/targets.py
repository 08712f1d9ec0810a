"""Encode classes and measurements as the target rows of a loss, and decode outputs into classes."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.errors import ClassMismatch
from bpsandbox.core.nn.losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, HingeLoss, Loss, MultiClassHingeLoss
from bpsandbox.core.types import Array

from .datasets import Dataset


def encode(dataset: Dataset, loss: Loss, outputs: int) -> Array:
    """Return target rows (n, outputs). Raises ClassMismatch when data, loss and outputs do not fit together."""
    rows = _class_rows(dataset, loss, outputs) if dataset.is_classified else dataset.y
    if rows.shape[1] != outputs:
        raise ClassMismatch(f"{loss.name} compares {outputs} outputs with {rows.shape[1]} targets a sample")
    return rows


def _class_rows(dataset: Dataset, loss: Loss, outputs: int) -> Array:
    if isinstance(loss, CrossEntropyLoss):
        return loss.targets(dataset.y, len(dataset.labels))
    if outputs > 1 or isinstance(loss, MultiClassHingeLoss):
        return (dataset.y[:, np.newaxis] == np.arange(len(dataset.labels))).astype(float)
    return class_values(dataset.labels, loss)[dataset.y][:, np.newaxis]


def class_values(labels: tuple[int | str, ...], loss: Loss) -> Array:
    """Return the target of a single output for each class."""
    are_numbers = all(isinstance(label, int) for label in labels)
    numbers = np.array(labels if are_numbers else range(len(labels)), dtype=float)
    if isinstance(loss, BCELoss | BCEWithLogitsLoss | HingeLoss) and not set(numbers) <= {0.0, 1.0}:
        numbers = np.arange(len(labels), dtype=float)
    return 2.0 * numbers - 1.0 if isinstance(loss, HingeLoss) else numbers


def decide(outputs: Array, labels: tuple[int | str, ...], loss: Loss) -> Array:
    """Return the classes (…) predicted by outputs (…, k): the largest output, or the value nearest to a single one."""
    if outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    values = class_values(labels, loss)
    if isinstance(loss, BCEWithLogitsLoss):
        values = 2.0 * values - 1.0  # a logit of 0 is a probability of one half
    order = np.argsort(values, kind="stable")
    borders = (values[order][1:] + values[order][:-1]) / 2.0
    return order[np.searchsorted(borders, outputs[..., 0])]
