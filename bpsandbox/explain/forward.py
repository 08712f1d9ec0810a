"""On the way in: z = W x + b, a = f(z), the loss."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.messages import _

from . import symbols
from .layers import Layer
from .losses import Case, written_loss
from .numbers import added, factor, matrix, scalar_or_column
from .steps import Step, bias, sums, unit, weights


def forward_steps(layers: list[Layer], case: Case) -> Iterator[Step]:
    for k, layer in enumerate(layers):
        yield _affine(layer, unit(layers, k - 1), unit(layers, k))
        if not layer.is_plain:
            yield _activation(layer, unit(layers, k))
    loss = written_loss(case)
    yield Step("forward", _("Loss of this example"), loss.symbols, f"L = {loss.numbers}")


def _affine(layer: Layer, before: str, after: str) -> Step:
    """z = W x + b; without an activation z is a at once."""
    z = sums(layer)
    left = f"{z} = {after}" if layer.is_plain else z
    plus, shift = (f" + {bias(layer)}", f" + {added(layer.bias)}") if layer.bias is not None else ("", "")
    product = f"{matrix(layer.weight)} {factor(layer.x)}"
    return Step(
        "forward",
        _("Layer {number}: weighted sum", number=layer.label),
        f"{left} = {weights(layer)} {before}{plus}",
        f"{after if layer.is_plain else z} = {product}{shift} = {scalar_or_column(layer.z)}",
    )


def _activation(layer: Layer, name: str) -> Step:
    """a = f(z)"""
    f = symbols.function(layer.activation)
    return Step(
        "forward",
        _("Layer {number}: activation", number=layer.label),
        f"{name} = {f}({sums(layer)})",
        rf"{name} = {f}\left({scalar_or_column(layer.z)}\right) = {scalar_or_column(layer.a)}",
    )
