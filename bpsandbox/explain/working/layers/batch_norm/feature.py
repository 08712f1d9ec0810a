"""What batch normalisation takes mean and variance of, in print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bpsandbox.core.nn.layers import BatchNorm1d
from bpsandbox.explain.working.algebra import Array, Term, constant, fraction, named, plus, root, total
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.pieces import Piece, subscripted


class Feature:
    """The features of a printed matrix: of rows their numbers, side by side; of an image one channel.

    N, the numbers of one feature, are those of all rows in the batch, or the channel's pixels in all images.
    """

    def __init__(self, place: Place, piece: Piece) -> None:
        self.place, self.piece = place, piece
        self.xs = np.asarray(place.xs, dtype=np.float64)
        self.count = self.xs.size // self.xs.shape[1 if self.is_channel else -1]
        """N, the numbers of one feature."""
        _hat, mean, var, *_rest = place.scratch
        self.mean, self.var = self.statistic(r"\mu", mean.reshape(-1)), self.statistic("v", var.reshape(-1))
        self.epsilon = named(r"\varepsilon", place.layer.eps)
        self.whole_hat = normalised(place, self.xs, place.scratch)

    @property
    def is_channel(self) -> bool:
        return not isinstance(self.place.layer, BatchNorm1d)

    def statistic(self, letter: str, values: Array) -> Term:
        """A number for the channel, or a vector of one number a feature; `values` are (features,)."""
        name = self.place.symbol(letter)
        if self.is_channel:
            (channel,) = self.piece.index
            return named(subscripted(name, (channel,)), values[channel])
        return self.place.example.vector(name, values)

    def over(self, term: Term) -> Term:
        """One number a feature, along all rows of the example."""
        return term if self.is_channel else self.piece.repeated(term)

    def gathered(self, term: Term) -> Term:
        """The sum of the example's own numbers, by feature."""
        return total(term) if self.is_channel else self.piece.summed(term)

    def others(self, values: Array) -> Array:
        """The sum of all other examples' `values` (n, …) by feature, as printed."""
        rest = np.delete(values, self.place.example.capture.place, axis=0)
        return self.statistic("", rest.sum(axis=axes_of(self.place))).value

    def batch_mean(self, own: Term, values: Array, symbols: str) -> Term:
        """(own + sum of the others) / N; `values` are all examples', `symbols` what is summed, of example n."""
        terms = [self.gathered(own)]
        if len(values) > 1:
            sample = self.place.example.capture.sample
            terms.append(named(rf"\sum_{{n \ne {sample}}} {symbols}", self.others(values)))
        return fraction(plus(*terms), constant(self.count))

    @property
    def x(self) -> Term:
        return self.piece.term(self.place.input, self.place.x)

    @property
    def hat_name(self) -> str:
        return self.piece.name(self.place.symbol(r"\hat{x}"))

    @property
    def hat(self) -> Term:
        return named(self.hat_name, self.piece.array(self.whole_hat[self.place.example.capture.place]))

    @property
    def deviation(self) -> Term:
        """√(v + ε)"""
        return root(plus(self.over(self.var), self.epsilon))

    def of_n(self, name: str) -> str:
        """The same quantity of example n."""
        return subscripted(name, ["n", *self.piece.index])

    def summed(self, symbols: str) -> str:
        """What example n gives to a sum over the batch: the sum of a channel's numbers."""
        return rf"\mathrm{{sum}}\left({symbols}\right)" if self.is_channel else symbols

    def parameter(self, name: str) -> Term:
        return self.over(self.statistic(r"\gamma" if name == "weight" else r"\beta", self.place.tensor(name)))

    def along(self, values: Array) -> Array:
        """One number a feature, so that it lies along the batch."""
        flat = np.asarray(values, dtype=np.float64).reshape(-1)
        return flat[:, np.newaxis, np.newaxis] if self.is_channel else flat


def axes_of(place: Place) -> tuple[int, ...]:
    """The axes of a batch over which mean and variance are taken."""
    return tuple(range(place.xs.ndim - 1)) if isinstance(place.layer, BatchNorm1d) else (0, 2, 3)


def normalised(place: Place, xs: Array, scratch: Sequence[Array]) -> Array:
    """x̂ of a whole batch, by the mean and variance that the layer took."""
    _hat, mean, var, *_rest = scratch
    lying = mean if xs.ndim == 4 else mean.reshape(-1)
    return (xs - lying) / np.sqrt(np.reshape(var, lying.shape).astype(np.float64) + place.layer.eps)
