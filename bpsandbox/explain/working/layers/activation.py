"""Activations: a = f(z), element by element; dL/dz = dL/da ⊙ f′(z)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bpsandbox.core.nn.activations import ReLU, Sigmoid, Tanh
from bpsandbox.core.nn.layers import Layer
from bpsandbox.explain.working.algebra import Array, Term, constant, function, hadamard, minus, power
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import input_gradient_step, layer_step
from bpsandbox.explain.working.step import Step
from bpsandbox.messages import N_


def sigmoid(z: Array) -> Array:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


NAMES: dict[type[Layer], tuple[str, Callable[[Array], Array]]] = {
    Sigmoid: (r"\sigma", sigmoid),
    Tanh: (r"\tanh", np.tanh),
    ReLU: (r"\mathrm{ReLU}", lambda z: np.maximum(z, 0.0)),
}


def forward(place: Place) -> Iterator[Step]:
    name, f = NAMES[type(place.layer)]
    term = function(name, f, place.input_term)
    stored = place.example.oriented(place.y)
    yield layer_step(place, "forward", "activation", N_("Layer {layer}: activation"), place.output, term, stored)


def backward(place: Place) -> Iterator[Step]:
    if place.dx is None:
        return
    term = hadamard(place.output_gradient_term, slope(place))
    stored = place.example.oriented(place.dx)
    title = N_("Back through the activation of layer {layer}")
    yield input_gradient_step(place, term, stored, part="activation", title=title)


def slope(place: Place) -> Term:
    """f′(z), written by what it is easiest to compute from."""
    z, a, one = place.input_term, place.output_term, constant(1)
    if isinstance(place.layer, Sigmoid):
        return hadamard(a, minus(one, a))
    if isinstance(place.layer, Tanh):
        return minus(one, power(a, 2))
    return function(r"\mathbf{1}_{>0}", lambda values: (values > 0).astype(float), z)
