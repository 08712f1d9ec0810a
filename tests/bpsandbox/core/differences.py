"""Central differences of a function of one array."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

H = 1e-6


def numeric_gradient(function: Callable[[np.ndarray], float], at: np.ndarray, h: float = H) -> np.ndarray:
    """Return d function / d at, entry by entry."""
    gradient = np.empty_like(at)
    for place in np.ndindex(at.shape):
        kept = at[place]
        at[place] = kept + h
        above = function(at)
        at[place] = kept - h
        below = function(at)
        at[place] = kept
        gradient[place] = (above - below) / (2.0 * h)
    return gradient
