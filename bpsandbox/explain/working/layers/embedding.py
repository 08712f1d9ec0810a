r"""The table of rows: Y = onehot(x) W, which picks row x_k of W for every number x_k.

`\mathrm{onehot}\left(x, v\right)` has a row of v numbers for each number of x: 1 at the place x_k, from 0, and 0
elsewhere.
dL/dW = onehot(x)^T dL/dY adds up what comes to a row that is picked several times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpsandbox.explain.working.algebra import Array, Term, constant, function, matmul, named, transposed
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import gradient_steps, layer_step
from bpsandbox.explain.working.pieces import stacked
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_


def forward(place: Place) -> Iterator[Step]:
    term = matmul(_picked(place), named(place.symbol("W"), place.tensor("weight")))
    note = Sentence(N_("onehot has a row for each number of x, with a 1 at its place: the product picks rows of W."))
    stored, title = place.example.oriented(place.y), N_("Layer {layer}: rows of the table")
    if stacked(place.example.convention, place.y.shape).is_turned:
        term = transposed(term)
    yield layer_step(place, "forward", "rows", title, place.output, term, stored, notes=(note,))


def backward(place: Place) -> Iterator[Step]:
    """dL/dW; there is no dL/dx, as x are numbers of rows."""
    delta = place.output_gradient_term
    if stacked(place.example.convention, place.y.shape).is_turned:
        delta = transposed(delta)
    term = matmul(transposed(_picked(place)), delta)
    yield from gradient_steps(place, {"weight": (place.symbol("W"), term)}, gradients)


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dW over some rows of the batch: row v is the sum of dL/dy_k where x_k = v."""
    delta = np.asarray(dys[rows], dtype=np.float64)
    weight = np.zeros((place.layer.num_embeddings, place.layer.embedding_dim))
    np.add.at(weight, xs[rows].reshape(-1).astype(int), delta.reshape(-1, delta.shape[-1]))
    return {"weight": weight}


def _picked(place: Place) -> Term:
    count = place.layer.num_embeddings

    def onehot(numbers: Array, _count: Array) -> Array:
        return np.eye(count)[numbers.reshape(-1).astype(int)]

    tokens = place.example.vector("x", place.x.reshape(-1))
    return function(r"\mathrm{onehot}", onehot, tokens, constant(count))
