"""Batch normalisation: y = γ ⊙ x̂ + β, x̂ = (x - μ) / √(v + ε), μ and v each feature's mean and variance over the batch.

With g = dL/dx̂ = γ ⊙ dL/dy, means over the batch written with a bar:
dL/dx = (g - mean of g - x̂ ⊙ mean of g ⊙ x̂) / √(v + ε), dL/dγ = sum of dL/dy ⊙ x̂, dL/dβ = sum of dL/dy.
This is the formula of Ioffe, Szegedy, Batch normalization, 2015, section 3, with dL/dμ and dL/dv put in.

A feature of rows is a number of the row, of images it is a channel, whose N numbers are its pixels in all images.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bpsandbox.core.nn.layers import BatchNorm1d
from bpsandbox.explain.working.algebra import (
    Array,
    Term,
    constant,
    fraction,
    hadamard,
    minus,
    named,
    plus,
    power,
    root,
    times,
    total,
)
from bpsandbox.explain.working.example import Place, partial
from bpsandbox.explain.working.parts import (
    Own,
    becoming,
    input_gradient_step,
    input_pieces,
    layer_step,
    output_pieces,
    own_and_summed,
)
from bpsandbox.explain.working.pieces import Piece, not_shown, pieces, subscripted
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

PRODUCT = r"g \odot \hat{x}"


class Feature:
    """What is normalised together in print: all numbers of a row side by side, or one channel of an image."""

    def __init__(self, place: Place, piece: Piece) -> None:
        self.place, self.piece = place, piece
        self.xs = np.asarray(place.xs, dtype=np.float64)
        self.count = self.xs.size // self.xs.shape[1 if self.is_channel else -1]
        """N, the numbers of one feature."""
        mean, var = self._statistics()
        self.mean, self.var = self.statistic(r"\mu", mean), self.statistic("v", var)
        self.epsilon = named(r"\varepsilon", place.layer.eps)
        self.whole_hat = _normalised(place, self.xs)

    @property
    def is_channel(self) -> bool:
        return not isinstance(self.place.layer, BatchNorm1d)

    def _statistics(self) -> tuple[Array, Array]:
        """The batch's mean and variance as the layer computed them, (features,)."""
        _hat, mean, var, *_rest = self.place.scratch
        return mean.reshape(-1), var.reshape(-1)

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
        axes = (0, 2, 3) if self.is_channel else tuple(range(rest.ndim - 1))
        return self.statistic("", rest.sum(axis=axes)).value

    def batch_mean(self, own: Term, values: Array, symbols: str) -> Term:
        """(own + sum of the others) / N; `values` are all examples', `symbols` what is summed, of example n."""
        terms = [self.gathered(own)]
        if len(values) > 1:
            sample = self.place.example.capture.sample
            terms.append(named(rf"\sum_{{n \ne {sample}}} {symbols}", self.others(values)))
        return fraction(plus(*terms) if len(terms) > 1 else terms[0], constant(self.count))

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
        """The same quantity of example n; a channel's numbers are summed."""
        index = ("n", *self.piece.index)
        return subscripted(name, index)

    def parameter(self, name: str) -> Term:
        letter = r"\gamma" if name == "weight" else r"\beta"
        return self.over(self.statistic(letter, self.place.tensor(name)))


def _normalised(place: Place, xs: Array) -> Array:
    """x̂ of a whole batch."""
    axes = tuple(range(xs.ndim - 1)) if isinstance(place.layer, BatchNorm1d) else (0, 2, 3)
    centred = xs - xs.mean(axis=axes, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=axes, keepdims=True) + place.layer.eps)


def forward(place: Place) -> Iterator[Step]:
    for piece, stored, notes in output_pieces(place):
        feature = Feature(place, piece)
        yield from _statistics(feature)
        hat = fraction(minus(feature.x, feature.over(feature.mean)), feature.deviation)
        title = N_("Layer {layer}: normalised")
        if not place.layer.affine:
            name = piece.name(place.output)
            yield layer_step(place, "forward", piece.part("normalised"), title, name, hat, stored, notes=notes)
            continue
        yield layer_step(place, "forward", piece.part("normalised"), title, feature.hat_name, hat, feature.hat.value)
        term = plus(hadamard(feature.parameter("weight"), feature.hat), feature.parameter("bias"))
        title, name = N_("Layer {layer}: scaled and shifted"), piece.name(place.output)
        yield layer_step(place, "forward", piece.part("scaled"), title, name, term, stored, notes=notes)


def _statistics(feature: Feature) -> Iterator[Step]:
    """μ and v of the batch: the example's part, and that of all other examples."""
    place, piece, capture = feature.place, feature.piece, feature.place.example.capture
    mean = feature.batch_mean(feature.x, feature.xs, _summed(feature, feature.of_n(place.input)))
    count = Sentence(N_("Each feature has {count} numbers in the batch."), {"count": feature.count})
    notes = [count] if piece.is_first else []
    if piece.is_first and not capture.is_in_batch:
        notes.append(_stand_in(place))
    title = N_("Layer {layer}: mean over the batch")
    yield layer_step(place, "forward", piece.part("mean"), title, feature.mean.symbols, mean, feature.mean.value,
                     notes=notes)  # fmt: skip
    centred = feature.xs - _along(feature, feature.place.scratch[1])
    symbols = _summed(feature, rf"\left({feature.of_n(place.input)} - {feature.mean.symbols}\right)^{{2}}")
    own = power(minus(feature.x, feature.over(feature.mean)), 2)
    title = N_("Layer {layer}: variance over the batch")
    yield layer_step(place, "forward", piece.part("variance"), title, feature.var.symbols,
                     feature.batch_mean(own, centred**2, symbols), feature.var.value)  # fmt: skip


def _along(feature: Feature, statistic: Array) -> Array:
    """One number a feature, (1, d) or (1, c, 1, 1), so that it lies along x."""
    return statistic if feature.is_channel else statistic.reshape(-1)


def _summed(feature: Feature, symbols: str) -> str:
    return rf"\mathrm{{sum}}\left({symbols}\right)" if feature.is_channel else symbols


def _stand_in(place: Place) -> Sentence:
    """Say which example gave its place in the batch to the one that is shown."""
    capture = place.example.capture
    return Sentence(
        N_("Example {sample} is not in the batch of this step; here it is in the place of example {other}."),
        {"sample": capture.sample, "other": capture.batch[capture.place]},
    )


def backward(place: Place) -> Iterator[Step]:
    if place.layer.affine:
        yield from own_and_summed(place, list(_owns(place)), gradients)
    for piece, stored, notes in input_pieces(place):
        feature = Feature(place, piece)
        g, means = _hat_gradient(feature)
        yield g
        yield from means
        name = piece.name(place.symbol("g"))
        if g.value is None:
            raise LookupError(name)
        inner = minus(
            minus(named(name, g.value), feature.over(_named_mean(feature, "g", means[0]))),
            hadamard(feature.hat, feature.over(_named_mean(feature, PRODUCT, means[1]))),
        )
        yield input_gradient_step(place, fraction(inner, feature.deviation), stored, piece=piece, notes=notes)


def _named_mean(feature: Feature, letter: str, step: Step) -> Term:
    if step.value is None:
        raise LookupError(letter)
    return named(_mean_name(feature, letter), step.value)


def _mean_name(feature: Feature, letter: str) -> str:
    return feature.piece.name(feature.place.symbol(rf"\overline{{{letter}}}"))


def _hat_gradient(feature: Feature) -> tuple[Step, list[Step]]:
    """g = dL/dx̂ of the example, and the means of g and of g ⊙ x̂ over the batch."""
    place, piece = feature.place, feature.piece
    delta = piece.term(place.output_gradient, place.dy)
    term = hadamard(feature.parameter("weight"), delta) if place.layer.affine else delta
    name, meaning = piece.name(place.symbol("g")), partial(feature.hat_name)
    title = N_("Layer {layer}: gradient of the normalised numbers")
    own = layer_step(place, "backward", piece.part("normalised"), title, name, term, None, meaning=meaning)
    gs = np.asarray(place.dys, dtype=np.float64) * _scale(place)
    g, hat = named(name, term.value), feature.hat
    of_g, of_hat = feature.of_n(place.symbol("g")), feature.of_n(place.symbol(r"\hat{x}"))
    mean_g = feature.batch_mean(g, gs, _summed(feature, of_g))
    mean_q = feature.batch_mean(hadamard(g, hat), gs * feature.whole_hat, _summed(feature, rf"{of_g} \odot {of_hat}"))
    title = N_("Layer {layer}: mean of the gradient over the batch")
    means = [
        layer_step(place, "backward", piece.part("mean"), title, _mean_name(feature, "g"), mean_g, None),
        layer_step(
            place, "backward", piece.part("product"),
            N_("Layer {layer}: mean of the gradient times the normalised numbers"),
            _mean_name(feature, PRODUCT), mean_q, None,
        ),
    ]  # fmt: skip
    return own, means


def _scale(place: Place) -> Array | float:
    """γ, so that it lies along x."""
    if not place.layer.affine:
        return 1.0
    weight = np.asarray(place.tensor("weight"), dtype=np.float64)
    return weight if isinstance(place.layer, BatchNorm1d) else weight[:, np.newaxis, np.newaxis]


def _owns(place: Place) -> Iterator[Own]:
    """dL/dγ and dL/dβ of the example, by feature."""
    channels = list(pieces(place.example.convention, place.y.shape))
    tensor = place.tensor("weight")
    for piece in channels:
        feature = Feature(place, piece)
        delta = piece.term(place.output_gradient, place.dy)
        is_cut = feature.is_channel and piece is channels[-1] and len(tensor) > len(channels)
        for parameter, term in (("weight", hadamard(delta, feature.hat)), ("bias", delta)):
            symbol = place.symbol_of(parameter)
            notes = (not_shown(symbol, place.tensor(parameter), len(channels), len(tensor)),) if is_cut else ()
            yield Own(parameter, symbol, feature.gathered(term), piece.index, notes)


def gradients(place: Place, rows: Sequence[int], xs: Array, dys: Array) -> dict[str, Array]:
    """dL/dγ and dL/dβ over some rows of the batch; x̂ is of the whole batch."""
    hat, dys = _normalised(place, np.asarray(xs, dtype=np.float64)), np.asarray(dys, dtype=np.float64)
    axes = tuple(range(xs.ndim - 1)) if isinstance(place.layer, BatchNorm1d) else (0, 2, 3)
    return {"weight": (dys[rows] * hat[rows]).sum(axis=axes), "bias": dys[rows].sum(axis=axes)}


def settle(place: Place) -> Iterator[Step]:
    """The running statistics, with which the network is measured, move towards those of the real batch."""
    layer, capture = place.layer, place.example.capture
    _hat, mean, var, *_rest = capture.whole.scratch[place.index]
    count = capture.whole.inputs[place.index].size // mean.size
    momentum = named("m", layer.momentum)
    for name, letter, values in (("running_mean", r"\mu", mean), ("running_var", "v", var)):
        new = place.example.vector(place.symbol(letter), values.reshape(-1))
        notes = [] if capture.is_in_batch else [_without_example(new.symbols)]
        share: Term = momentum
        if letter == "v" and layer.unbiased:
            share = times(momentum, fraction(constant(count), constant(max(count - 1, 1))))
            notes.append(Sentence(N_("The running variance is divided by N - 1; N = {count}."), {"count": count}))
        old, after = (place.example.vector(place.symbol(rf"\bar{{{letter}}}"), _remembered(place, name, flat))
                      for flat in (capture.before, capture.after))  # fmt: skip
        term = plus(times(minus(constant(1), momentum), old), times(share, new))
        title = N_("Layer {layer}: running mean") if letter != "v" else N_("Layer {layer}: running variance")
        yield becoming(layer_step(place, "update", name, title, old.symbols, term, after.value, notes=notes))


def _without_example(name: str) -> Sentence:
    text = N_("Here {name} is that of the batch of this step, which does not have the example.")
    return Sentence(text, {"name": rf"\({name}\)"})


def _remembered(place: Place, name: str, flat: Array) -> Array:
    slot = next(
        slot for slot in place.example.capture.network.buffers
        if slot.layer == place.index and slot.parameter == name
    )  # fmt: skip
    return slot.view(flat[np.newaxis])[0]
