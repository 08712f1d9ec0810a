"""The fully connected layer: z = W x + b."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, matmul, named, plus
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import gradient_steps, input_gradient_step, layer_step
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    example, x = place.example, place.input_term
    term = example.applied(named(place.symbol("W"), place.tensor("weight")), x)
    if place.layer.bias:
        bias = example.vector(place.symbol("b"), place.tensor("bias"))
        term = plus(term, _spread(place, bias))
    yield layer_step(
        place, "forward", "sum", N_("Layer {layer}: weighted sum"), place.output, term, example.oriented(place.y)
    )


def backward(place: Place) -> Iterator[Step]:
    example, delta = place.example, place.output_gradient_term
    terms = {"weight": (place.symbol("W"), example.outer(delta, place.input_term))}
    if place.layer.bias:
        terms["bias"] = (place.symbol("b"), _gathered(place, delta))
    yield from gradient_steps(place, terms, gradients)
    if place.dx is not None:
        weight = named(place.symbol("W"), place.tensor("weight"))
        yield input_gradient_step(place, example.back(weight, delta), example.oriented(place.dx))


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dW and dL/db over some rows of the batch: the sum of δ x^T, and of δ."""
    x, delta = xs[rows].reshape(-1, xs.shape[-1]), dys[rows].reshape(-1, dys.shape[-1])
    found = {"weight": delta.T @ x}
    return found | {"bias": delta.sum(axis=0)} if place.layer.bias else found


def _steps(place: Place) -> int:
    return 1 if place.x.ndim == 1 else len(place.x)


def _spread(place: Place, bias: Term) -> Term:
    """b, once for every step of a sequence."""
    steps = _steps(place)
    if steps == 1:
        return bias
    if place.example.convention.vectors == "columns":
        return matmul(bias, named(r"\mathbf{1}^{\top}", np.ones((1, steps))))
    return matmul(named(r"\mathbf{1}", np.ones((steps, 1))), bias)


def _gathered(place: Place, delta: Term) -> Term:
    """δ, summed over the steps of a sequence."""
    steps = _steps(place)
    if steps == 1:
        return delta
    if place.example.convention.vectors == "columns":
        return matmul(delta, named(r"\mathbf{1}", np.ones((steps, 1))))
    return matmul(named(r"\mathbf{1}^{\top}", np.ones((1, steps))), delta)
