"""Embedding: looks up rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.errors import ShapeMismatch, UnknownToken
from bpsandbox.core.types import Array, Shape

from .base import Layer


class Embedding(Layer):
    """y_k = W[x_k]: every whole number 0 … num_embeddings - 1 has a row of the table W (num_embeddings, embedding_dim).

    Shapes, after the seeds' axis: x (n, t) or (n, t, 1), y (n, t, embedding_dim). x has no gradient, so this layer
    comes first. Raises ShapeMismatch for samples of other shapes, UnknownToken for numbers without a row.
    """

    W: Array
    dW: Array  # noqa: N815 (dL/dW)

    def __init__(self, num_embeddings: int, embedding_dim: int) -> None:
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 1 and not (len(shape) == 2 and shape[1] == 1):
            raise ShapeMismatch("Embedding", "sequences of whole numbers", shape)
        return (shape[0], self.embedding_dim)

    def parameter_shapes(self, shape: Shape) -> dict[str, Shape]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def scratch_shapes(self, n: int, shape: Shape) -> Sequence[tuple[Shape, str]]:
        """Return x as row indices, the position in the table of every number of y, and a mask of x that are not whole
        numbers."""
        return [((n, shape[0]), "i"), ((n, shape[0], self.embedding_dim), "i"), ((n, shape[0]), "b")]

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        self.W, self.dW = values["weight"], gradients["weight"]
        self.columns, self.width = np.arange(self.embedding_dim), np.asarray(self.embedding_dim)

    def forward(self, x: Array, y: Array, found: Array, places: Array, broken: Array) -> None:
        x = x.reshape(*x.shape[: y.ndim - 2], -1)
        np.copyto(found, x, casting="unsafe")
        self.refuse_strangers(x, found, np.not_equal(x, found, out=broken))
        for W, row, out in zip(by_seed(self.W, 2), by_seed(found, 2), by_seed(y, 3), strict=True):
            np.take(W, row, axis=0, out=out, mode="clip")  # y_k = W[x_k]; mode "raise" would copy

    def backward(
        self, x: Array, y: Array, dy: Array, dx: Array | None, found: Array, places: Array, broken: Array
    ) -> None:
        np.multiply(found[..., np.newaxis], self.width, out=places)
        np.add(places, self.columns, out=places)
        self.dW.fill(0.0)
        for dW, place, dout in zip(by_seed(self.dW, 2), by_seed(places, 3), by_seed(dy, 3), strict=True):
            # dL/dW[v] = sum of dL/dy_k where x_k = v, in the batch's order; add.at is fast on flat arrays alone
            np.add.at(dW.reshape(-1), place.reshape(-1), dout.reshape(-1))

    def refuse_strangers(self, x: Array, places: Array, broken: Array) -> None:
        if broken.any():
            raise UnknownToken(x.flat[broken.argmax()].item(), self.num_embeddings)
        lowest, highest = int(places.min()), int(places.max())
        if lowest < 0 or highest >= self.num_embeddings:
            raise UnknownToken(lowest if lowest < 0 else highest, self.num_embeddings)


def by_seed(array: Array, axes: int) -> Array | tuple[Array]:
    """Return one array for each seed, each with `axes` axes."""
    return array if array.ndim > axes else (array,)
