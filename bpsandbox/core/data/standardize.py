"""Standardise features with statistics of the training part only.

A feature is one number of a row, one pixel of an image, or one number of a step over all steps of a sequence (t, d):
a recurrent network uses the same weights at every step, so the scale is the same at every step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bpsandbox.core.types import Array


@dataclass(frozen=True)
class Scaler:
    """x -> (x - shift) / span, feature by feature; a constant feature becomes 0."""

    shift: Array
    span: Array

    def __call__(self, x: Array) -> Array:
        return (x - self.shift) / self.span


def fit(kind: str, x: Array) -> Scaler | None:
    """Fit a `standard` (mean 0, variance 1) or `minmax` (0 to 1) scaler to samples x; return None for `none`."""
    if kind == "none":
        return None
    over = (0, 1) if x.ndim == 3 else 0
    if kind == "standard":
        return Scaler(x.mean(axis=over), _nonzero(x.std(axis=over)))
    return Scaler(x.min(axis=over), _nonzero(np.ptp(x, axis=over)))


def _nonzero(span: Array) -> Array:
    return np.where(span > 0.0, span, 1.0)
