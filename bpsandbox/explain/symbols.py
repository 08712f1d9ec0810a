"""Formulas for activations, in column vectors."""

from __future__ import annotations

from .activations import NAMES
from .layers import Layer
from .numbers import added, factor, scalar_or_column


def function(activation: str) -> str:
    return NAMES.get(activation, rf"\mathrm{{{activation}}}")


def times(layer: Layer) -> str:
    """Write the product element by element, which is the plain one for a single unit."""
    return r"\cdot" if len(layer.z) == 1 else r"\odot"


def slope(layer: Layer, unit: str) -> str:
    """Write f′(z) of a layer; `unit` is the name of its activation."""
    z, dot = f"z^{{[{layer.label}]}}", times(layer)
    known = {
        "sigmoid": rf"{unit} {dot} (1 - {unit})",
        "tanh": rf"(1 - {unit} {dot} {unit})",
        "relu": rf"\mathbf{{1}}[{z} > 0]",
        "step": "1",
    }
    return known.get(layer.activation, f"{function(layer.activation)}'({z})")


def slope_numbers(layer: Layer) -> str | None:
    """Write f′(z) with stored numbers where a formula in them exists."""
    a, dot = scalar_or_column(layer.a), times(layer)
    if layer.activation == "sigmoid":
        return rf"{a} {dot} \left(1 - {added(layer.a)}\right)"
    if layer.activation == "tanh":
        return rf"\left(1 - {factor(layer.a)} {dot} {factor(layer.a)}\right)"
    if layer.activation == "relu":
        return scalar_or_column([1.0 if value > 0 else 0.0 for value in layer.z])
    return None


def jacobian(unit: str) -> str:
    """Write the slope of softmax, a matrix."""
    return rf"\left(\mathrm{{diag}}({unit}) - {unit}\,{unit}^{{\top}}\right)"
