"""The gradients of a first step, tensor by tensor, as PyTorch computes them.

Every layer is met with every activation, and every loss with several of both; variants of layers, activations and
losses as in the trajectories. A start is the trajectories' own.
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
    """One loss for each layer and activation, in turn; and all rows behind the large product."""
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
    """PyTorch's gradients of every row: what is recorded."""
    return {row.name: {"config": fingerprint(row.config), "gradient": rounded(pytorchs_of(row))} for row in rows()}


def pytorchs_of(row: Row) -> Gradients:
    return import_module(".pytorch", __package__).gradients(row.config, row.start)
