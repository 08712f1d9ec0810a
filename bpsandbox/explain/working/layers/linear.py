"""The fully connected layer: z = W x + b."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpsandbox.explain.working.algebra import Array, named, plus
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import gradient_steps, input_gradient_step, layer_step
from bpsandbox.explain.working.pieces import stacked
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    example, x = place.example, place.input_term
    term = example.applied(named(place.symbol("W"), place.tensor("weight")), x)
    if place.layer.bias:
        bias = example.vector(place.symbol("b"), place.tensor("bias"))
        term = plus(term, stacked(example.convention, place.y.shape).repeated(bias))
    yield layer_step(
        place, "forward", "sum", N_("Layer {layer}: weighted sum"), place.output, term, example.oriented(place.y)
    )


def backward(place: Place) -> Iterator[Step]:
    example, delta = place.example, place.output_gradient_term
    terms = {"weight": (place.symbol("W"), example.outer(delta, place.input_term))}
    if place.layer.bias:
        terms["bias"] = (place.symbol("b"), stacked(example.convention, place.y.shape).summed(delta))
    yield from gradient_steps(place, terms, gradients)
    if place.dx is not None:
        weight = named(place.symbol("W"), place.tensor("weight"))
        yield input_gradient_step(place, example.back(weight, delta), example.oriented(place.dx))


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dW and dL/db over some rows of the batch: the sum of δ x^T, and of δ."""
    x, delta = xs[rows].reshape(-1, xs.shape[-1]), dys[rows].reshape(-1, dys.shape[-1])
    found = {"weight": delta.T @ x}
    return found | {"bias": delta.sum(axis=0)} if place.layer.bias else found
