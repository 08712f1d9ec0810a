"""Gates: numbers between 0 and 1 that let others through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.types import Array

from .recurrent import steps


def gates(array: Array) -> list[Array]:
    """The gates of one step, each (n, h), of (gates, n, h). One by one they are blocks of memory, together not."""
    return [array[..., place, :, :] for place in range(array.shape[-3])]


def all_of(array: Array, place: int) -> Array:
    """One gate of all steps: (t, n, h) of (gates, t, n, h)."""
    return array[..., place, :, :, :]


def gates_by_step(array: Array) -> list[tuple[Array, ...]]:
    """For every step its gates, each (n, h), of (gates, t, n, h)."""
    return list(zip(*(steps(all_of(array, place)) for place in range(array.shape[-4])), strict=True))


def add_each(arrays: Sequence[Array], products: Array) -> None:
    """a = a + product, gate by gate"""
    for a, product in zip(arrays, gates(products), strict=False):
        np.add(a, product, out=a)


def add_gates(array: Array, total: Array) -> None:
    """total = total + the sum over gates of (gates, n, h), in their order"""
    for one in gates(array):
        np.add(total, one, out=total)
