"""The layer that looks numbers up in a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.errors import ShapeMismatch, UnknownToken

from .base import Array, Layer, Shape


class Embedding(Layer):
    """y_k = W[x_k]: every whole number 0 … num_embeddings - 1 has a row of the table W (num_embeddings, embedding_dim).

    Shapes, behind the seeds' axis: x (n, t) or (n, t, 1), y (n, t, embedding_dim). No gradient leaves by x, so it comes
    first. Raises ShapeMismatch for samples of other shapes, UnknownToken for numbers that have no row.
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
        """The numbers as places in the table."""
        return [((n, shape[0]), "i")]

    def attach(self, values: dict[str, Array], gradients: dict[str, Array]) -> None:
        self.W, self.dW = values["weight"], gradients["weight"]

    def forward(self, x: Array, y: Array, places: Array) -> None:
        np.copyto(places, x.reshape(*x.shape[: y.ndim - 2], -1), casting="unsafe")
        self.refuse_strangers(places)
        for W, row, out in zip(by_seed(self.W, 2), by_seed(places, 2), by_seed(y, 3), strict=True):
            np.take(W, row, axis=0, out=out, mode="clip")  # y_k = W[x_k]; "raise" would copy

    def backward(self, x: Array, y: Array, dy: Array, dx: Array | None, places: Array) -> None:
        self.dW.fill(0.0)
        for dW, row, dout in zip(by_seed(self.dW, 2), by_seed(places, 2), by_seed(dy, 3), strict=True):
            np.add.at(dW, row, dout)  # dL/dW[v] = sum of dL/dy_k where x_k = v, in the order of the batch

    def refuse_strangers(self, places: Array) -> None:
        lowest, highest = int(places.min()), int(places.max())
        if lowest < 0 or highest >= self.num_embeddings:
            raise UnknownToken(lowest if lowest < 0 else highest, self.num_embeddings)


def by_seed(array: Array, axes: int) -> Array | tuple[Array]:
    """One array a seed, of so many axes."""
    return array if array.ndim > axes else (array,)
