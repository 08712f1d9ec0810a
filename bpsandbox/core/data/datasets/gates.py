"""The truth tables of logic gates, and XOR with noise around its four corners."""

from __future__ import annotations

import numpy as np

from . import portable
from .dataset import Dataset, classified

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"xor": (0, 1, 1, 0), "and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0)}


def gate(name: str) -> Dataset:
    """Return the truth table of a gate: x are the corners, y the gate's outputs."""
    return classified(name, CORNERS, np.array(GATES[name]), (0, 1))


def xor_cloud(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """x = corner i mod 4 + noise N(0, 1), y = XOR of the corner"""
    corner = np.arange(n_samples) % 4
    x = CORNERS[corner] + noise * portable.normal(rng, (n_samples, 2))
    return classified("xor_cloud", x, np.array(GATES["xor"])[corner], (0, 1))
