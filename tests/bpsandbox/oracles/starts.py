"""Initialisation compared with PyTorch's: draws differ, so their spread is compared instead of their numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bpsandbox.core.nn import initializers

SHAPE = (60, 40, 3, 2)
"""A kernel whose fan in, 240, is not its fan out, 360; 14,400 numbers."""
STARTS: dict[str, dict[str, Any]] = {
    "xavier_uniform": {},
    "xavier_normal": {"gain": 2.0},
    "kaiming_uniform": {},
    "kaiming_normal": {},
    "kaiming_uniform of fan out": {"mode": "fan_out"},
    "kaiming_normal of gain 1": {"gain": 1.0},
    "orthogonal": {"gain": 0.5},
}
LIMIT = 0.03
"""Largest relative difference of standard deviations (each of 14,400 numbers is sure to 0.6 %)."""


def spread(weight: np.ndarray) -> dict[str, float]:
    """Return standard deviation and largest number."""
    return {"std": float(weight.std()), "most": float(np.abs(weight).max())}


def ours(name: str) -> dict[str, float]:
    initializer = getattr(initializers, name.partition(" ")[0])(**STARTS[name])
    return spread(initializer(SHAPE, np.random.default_rng(0)))


def apart(name: str, recorded: dict[str, float]) -> float:
    """Return the relative difference of the standard deviations, and of the bounds of uniform distributions."""
    mine, parts = ours(name), ("std", "most") if "uniform" in name else ("std",)
    return max(abs(mine[part] / recorded[part] - 1.0) for part in parts)


def pytorchs(name: str) -> dict[str, float]:
    """Return PyTorch's draws: its gain is an activation's name for kaiming, with leaky_relu's slope where given."""
    import torch

    torch.manual_seed(0)
    fields = dict(STARTS[name])
    if "kaiming" in name:
        slope = math.sqrt(max(0.0, 2.0 / fields.pop("gain", math.sqrt(2.0)) ** 2 - 1.0))
        fields |= {"a": slope, "nonlinearity": "leaky_relu"}
    weight = torch.empty(SHAPE, dtype=torch.float64)
    getattr(torch.nn.init, f"{name.partition(' ')[0]}_")(weight, **fields)
    return spread(weight.numpy())
