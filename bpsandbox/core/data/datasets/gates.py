"""The four corners of the unit square under a logic gate, and their clouds."""

from __future__ import annotations

import numpy as np

from . import portable
from .dataset import Dataset, classified

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"xor": (0, 1, 1, 0), "and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0)}


def gate(name: str) -> Dataset:
    """Truth table of a gate: x in the corners, y the gate's answer."""
    return classified(name, CORNERS, np.array(GATES[name]), (0, 1))


def xor_cloud(rng: np.random.Generator, n_samples: int, noise: float) -> Dataset:
    """Corner i mod 4 + noise N(0, 1), labelled as XOR labels the corner."""
    corner = np.arange(n_samples) % 4
    x = CORNERS[corner] + noise * portable.normal(rng, (n_samples, 2))
    return classified("xor_cloud", x, np.array(GATES["xor"])[corner], (0, 1))
