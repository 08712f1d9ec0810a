"""On the way back: the slope of the loss, then δ and the gradients layer by layer."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.messages import _

from . import symbols
from .layers import Layer
from .losses import Case, written_slope
from .numbers import factor, matrix, row, scalar_or_column
from .steps import Step, bias, delta, partial, sums, unit, weights


def backward_steps(layers: list[Layer], case: Case) -> Iterator[Step]:
    yield _slope_of_loss(layers[-1], case)
    for k in range(len(layers) - 1, -1, -1):
        layer, name = layers[k], unit(layers, k)
        if k < len(layers) - 1:
            yield _through_weights(layers[k + 1], layer, name)
        if not layer.is_plain:
            yield _through_activation(layer, name)
        elif k < len(layers) - 1:
            yield _passed_on(layer, name)
        yield from _gradients(layer, unit(layers, k - 1))


def _slope_of_loss(last: Layer, case: Case) -> Step:
    """∂L/∂ŷ, which is δ at once when the last layer has no activation."""
    slope = written_slope(case, last.da, sums(last))
    name = partial(r"\hat{y}")
    left = f"{delta(last)} = {name}" if last.is_plain else name
    return Step(
        "backward",
        _("Slope of the loss at the output"),
        f"{left} = {slope.symbols}" if slope.symbols else left,
        f"{delta(last) if last.is_plain else name} = {slope.numbers}",
    )


def _through_weights(above: Layer, layer: Layer, name: str) -> Step:
    """∂L/∂a = Wᵀ δ of the layer above"""
    product = rf"{matrix(above.weight)}^{{\top}} {factor(above.dz)}"
    return Step(
        "backward",
        _("Back through the weights of layer {number}", number=above.label),
        rf"{partial(name)} = ({weights(above)})^{{\top}} {delta(above)}",
        f"{partial(name)} = {product} = {scalar_or_column(layer.da)}",
    )


def _through_activation(layer: Layer, name: str) -> Step:
    """δ = ∂L/∂a ⊙ f′(z); softmax has a matrix for f′."""
    result = scalar_or_column(layer.dz)
    if layer.activation == "softmax":
        return _delta_step(layer, f"{symbols.jacobian(name)} {partial(name)}", result)
    slope = symbols.slope(layer, name)
    between = symbols.slope_numbers(layer)
    product = f"{factor(layer.da)} {symbols.times(layer)} {between} = " if between else ""
    return _delta_step(layer, f"{partial(name)} {symbols.times(layer)} {slope}", product + result)


def _passed_on(layer: Layer, name: str) -> Step:
    """δ = ∂L/∂a where there is no activation between."""
    return _delta_step(layer, partial(name), scalar_or_column(layer.dz))


def _delta_step(layer: Layer, rule: str, numbers: str) -> Step:
    return Step(
        "backward",
        _("Layer {number}: delta", number=layer.label),
        f"{delta(layer)} = {partial(sums(layer))} = {rule}",
        f"{delta(layer)} = {numbers}",
    )


def _gradients(layer: Layer, before: str) -> Iterator[Step]:
    """∂L/∂W = δ xᵀ and ∂L/∂b = δ"""
    W, transposed = partial(weights(layer)), rf"{before}^{{\top}}" if before == "x" else rf"({before})^{{\top}}"
    outer = f"{scalar_or_column(layer.dz)} {row(layer.x)}"
    yield Step(
        "backward",
        _("Gradient of layer {number}: weights", number=layer.label),
        f"{W} = {delta(layer)} {transposed}",
        f"{W} = {outer} = {matrix(layer.weight_gradient)}",
    )
    if layer.bias_gradient is None:
        return
    b = partial(bias(layer))
    yield Step(
        "backward",
        _("Gradient of layer {number}: bias", number=layer.label),
        f"{b} = {delta(layer)}",
        f"{b} = {scalar_or_column(layer.bias_gradient)}",
    )
