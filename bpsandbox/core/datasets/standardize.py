"""Bringing every feature to a common scale, measured on the training part alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Scaler:
    """x -> (x - shift) / span, feature by feature; a constant feature becomes 0."""

    shift: Array
    span: Array

    def __call__(self, x: Array) -> Array:
        return (x - self.shift) / self.span


def fit(kind: str, x: Array) -> Scaler | None:
    """Fit `standard` (mean 0, variance 1) or `minmax` (0 to 1) on x; None for `none`."""
    if kind == "none":
        return None
    if kind == "standard":
        return Scaler(x.mean(axis=0), _nonzero(x.std(axis=0)))
    return Scaler(x.min(axis=0), _nonzero(np.ptp(x, axis=0)))


def _nonzero(span: Array) -> Array:
    return np.where(span > 0.0, span, 1.0)
