"""Gates: numbers between 0 and 1 that let others through."""

from __future__ import annotations

import numpy as np

from bpsandbox.core.layers.base import Array


def gate(array: Array, place: int) -> Array:
    """One gate of one step: (n, h) of (gates, n, h)."""
    return array[..., place, :, :]


def all_of(array: Array, place: int) -> Array:
    """One gate of all steps: (t, n, h) of (gates, t, n, h)."""
    return array[..., place, :, :, :]


def sigmoid(a: Array, one: Array) -> None:
    """a = 1 / (1 + exp(-a)), in place"""
    np.negative(a, out=a)
    np.exp(a, out=a)  # may overflow to infinity, whose reciprocal is the right 0
    np.add(a, one, out=a)
    np.reciprocal(a, out=a)


def add_gates(array: Array, total: Array) -> None:
    """total = total + the sum over gates of (gates, n, h), in their order"""
    for place in range(array.shape[-3]):
        np.add(total, gate(array, place), out=total)
