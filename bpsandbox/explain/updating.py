"""The update: W − η ∂L/∂W where that is what the optimiser did, else before and after."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from bpsandbox.messages import _

from .layers import Layer
from .numbers import Matrix, Vector, factor, matrix, number
from .steps import Step, bias, partial, weights


def update_steps(layers: list[Layer], example: dict[str, Any]) -> Iterator[Step]:
    for layer in layers:
        lr = _rate(layer, example)
        title = _("Layer {number}: new weights", number=layer.label)
        yield _update(title, weights(layer), (layer.weight, layer.weight_gradient, layer.weight_after), lr)
        if layer.bias is not None and layer.bias_gradient is not None and layer.bias_after is not None:
            columns = (_column(layer.bias), _column(layer.bias_gradient), _column(layer.bias_after))
            yield _update(_("Layer {number}: new bias", number=layer.label), bias(layer), columns, lr)


def is_plain_descent(before: Matrix, gradient: Matrix, after: Matrix, lr: float) -> bool:
    """Tell whether `after` is `before` minus learning rate times gradient, and nothing more."""
    rows = zip(before, gradient, after, strict=True)
    numbers = [(w, g, v) for triple in rows for w, g, v in zip(*triple, strict=True)]
    return all(math.isclose(w - lr * g, v, rel_tol=1e-6, abs_tol=1e-9 * max(1.0, abs(w))) for w, g, v in numbers)


def update_notes(layers: list[Layer], example: dict[str, Any]) -> Iterator[str]:
    """Say what the update stands for: the example is worked as if it were the whole batch."""
    size = example.get("batch_size") or 1
    if size != 1:
        yield _("This example is worked as if it were the whole batch; the run takes {count} at a time.", count=size)
    if not all(is_plain_descent(k.weight, k.weight_gradient, k.weight_after, _rate(k, example)) for k in layers):
        name = example.get("optimizer") or _("The optimiser")
        yield _("{optimizer} does more than learning rate times gradient: its update shows before and after.",
                optimizer=name)  # fmt: skip


def _rate(layer: Layer, example: dict[str, Any]) -> float:
    return float(example.get("lr") or 0.0) if layer.lr is None else layer.lr


def _update(title: str, name: str, values: tuple[Matrix, Matrix, Matrix], lr: float) -> Step:
    before, gradient, after = values
    if is_plain_descent(before, gradient, after, lr):
        rule = rf"{name} \leftarrow {name} - \eta {partial(name)}"
        numbers = rf"{matrix(before)} - {number(lr)} \cdot {_bracketed(gradient)} = {matrix(after)}"
        return Step("update", title, rule, f"{name} = {numbers}")
    rule = rf"{name} \leftarrow {name} + \Delta {name}"
    return Step("update", title, rule, rf"{name} = {matrix(before)} \;\rightarrow\; {matrix(after)}")


def _column(values: Vector) -> Matrix:
    return [[value] for value in values]


def _bracketed(values: Matrix) -> str:
    return factor(values[0]) if len(values) == 1 and len(values[0]) == 1 else matrix(values)
