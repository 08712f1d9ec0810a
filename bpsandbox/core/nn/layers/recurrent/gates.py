"""Views of the gates: arrays with an axis for the gates in front."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.types import Array

from .recurrent import steps


def gates_of_step(array: Array) -> list[Array]:
    """Return the gates of one step, (gates, n, h), one by one, each (n, h) and contiguous."""
    return [array[..., place, :, :] for place in range(array.shape[-3])]


def gate_of_all_steps(array: Array, place: int) -> Array:
    """Return one gate of all steps, (t, n, h), of (gates, t, n, h)."""
    return array[..., place, :, :, :]


def gates_by_step(array: Array) -> list[tuple[Array, ...]]:
    """Return for every step its gates, each (n, h), of (gates, t, n, h)."""
    return list(zip(*(steps(gate_of_all_steps(array, place)) for place in range(array.shape[-4])), strict=True))


def add_each(arrays: Sequence[Array], products: Array) -> None:
    """a = a + product, gate by gate"""
    for a, product in zip(arrays, gates_of_step(products), strict=False):
        np.add(a, product, out=a)


def add_gates(array: Array, total: Array) -> None:
    """total = total + the sum over gates of (gates, n, h), in their order"""
    for one in gates_of_step(array):
        np.add(total, one, out=total)
