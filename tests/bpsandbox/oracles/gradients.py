"""Gradients of a first step, tensor by tensor, as computed by PyTorch.

Every layer is combined with every activation, and every loss with several of both; variants of layers, activations and
losses as in the trajectories, with the same initial values.
"""

from __future__ import annotations

import math
from importlib import import_module
from itertools import product
from typing import Any

from .rows import ACTIVATIONS, BODIES, LOSSES, Row, fingerprint, layers

DIGITS = 12
Gradients = dict[str, Any]
"""Nested lists by the tensors' names."""


def rows() -> list[Row]:
    """Return one row per layer and activation, cycling through the losses; and all rows after the large product."""
    whole, sizes = layers(), (len(BODIES), len(ACTIVATIONS), len(LOSSES))
    places = enumerate(product(*map(range, sizes)))
    chosen = [whole[at] for at, (i, j, k) in places if k == (i + j) % sizes[2]]
    return [*chosen, *whole[math.prod(sizes) :]]


def rounded(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: rounded(value) for name, value in values.items()}
    if isinstance(values, list):
        return [rounded(value) for value in values]
    return float(f"{values:.{DIGITS}g}")


def pytorchs() -> dict[str, Any]:
    """Return PyTorch's gradients of every row, for recording."""
    return {row.name: {"config": fingerprint(row.config), "gradient": rounded(pytorchs_of(row))} for row in rows()}


def pytorchs_of(row: Row) -> Gradients:
    return import_module(".pytorch", __package__).gradients(row.config, row.start)
