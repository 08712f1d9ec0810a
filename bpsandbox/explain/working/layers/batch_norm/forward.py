"""Mean and variance of the batch, and the example normalised by them."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.explain.working.algebra import fraction, hadamard, minus, plus, power
from bpsandbox.explain.working.example import Place
from bpsandbox.explain.working.parts import layer_step, output_pieces
from bpsandbox.explain.working.step import Sentence, Step
from bpsandbox.messages import N_

from .feature import Feature


def forward(place: Place) -> Iterator[Step]:
    for piece, stored, notes in output_pieces(place):
        feature = Feature(place, piece)
        yield _mean(feature)
        yield _variance(feature)
        hat = fraction(minus(feature.x, feature.over(feature.mean)), feature.deviation)
        title, name, of_hat = N_("Layer {layer}: normalised"), piece.name(place.output), feature.hat
        if not place.layer.affine:
            yield layer_step(place, "forward", piece.part("normalised"), title, name, hat, stored, notes=notes)
            continue
        yield layer_step(place, "forward", piece.part("normalised"), title, of_hat.symbols, hat, of_hat.value)
        term = plus(hadamard(feature.parameter("weight"), of_hat), feature.parameter("bias"))
        title = N_("Layer {layer}: scaled and shifted")
        yield layer_step(place, "forward", piece.part("scaled"), title, name, term, stored, notes=notes)


def _mean(feature: Feature) -> Step:
    """μ = (the example's own numbers + those of all others) / N"""
    place, mean = feature.place, feature.mean
    term = feature.batch_mean(feature.x, feature.xs, feature.summed(feature.of_n(place.input)))
    title, part = N_("Layer {layer}: mean over the batch"), feature.piece.part("mean")
    notes = list(_about_the_batch(feature))
    return layer_step(place, "forward", part, title, mean.symbols, term, mean.value, notes=notes)


def _variance(feature: Feature) -> Step:
    """v = the same mean of (x - μ)²"""
    place, mean, var = feature.place, feature.mean, feature.var
    _hat, means, *_rest = place.scratch
    squares = (feature.xs - feature.along(means)) ** 2
    symbols = feature.summed(rf"\left({feature.of_n(place.input)} - {mean.symbols}\right)^{{2}}")
    term = feature.batch_mean(power(minus(feature.x, feature.over(mean)), 2), squares, symbols)
    title, part = N_("Layer {layer}: variance over the batch"), feature.piece.part("variance")
    return layer_step(place, "forward", part, title, var.symbols, term, var.value)


def _about_the_batch(feature: Feature) -> Iterator[Sentence]:
    """Say once how many numbers there are, and which example gave its place in the batch to the one that is shown."""
    if not feature.piece.is_first:
        return
    yield Sentence(N_("Each feature has {count} numbers in the batch."), {"count": feature.count})
    capture = feature.place.example.capture
    if not capture.is_in_batch:
        yield Sentence(
            N_("Example {sample} is not in the batch of this step; here it is in the place of example {other}."),
            {"sample": capture.sample, "other": capture.batch[capture.place]},
        )
