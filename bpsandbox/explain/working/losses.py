"""The loss of the example, its share in the loss of the batch, and its slope."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.core.nn.losses import MSELoss
from bpsandbox.messages import N_

from .algebra import constant, minus, power, times, total
from .example import Example
from .step import Sentence, Step, equation


def forward(example: Example) -> Iterator[Step]:
    """L, or the example's share in it."""
    loss, capture = example.capture.experiment.loss, example.capture
    if not isinstance(loss, MSELoss):
        raise NotImplementedError(loss.name)
    last = example.places[-1]
    y, y_hat = example.vector("y", capture.shown.y[capture.place]), last.output_term
    scale = loss.scale(capture.shown.y.reshape(-1))
    term = times(constant(scale), total(power(minus(y, y_hat), 2)))
    yield Step("loss.example", "loss", None, Sentence(N_("Loss of this example")), **equation(example.share, term))


def backward(example: Example) -> Iterator[Step]:
    """dL/dŷ of the example."""
    loss, capture, last = example.capture.experiment.loss, example.capture, example.places[-1]
    y, y_hat = example.vector("y", capture.shown.y[capture.place]), last.output_term
    scale = loss.scale(capture.shown.y.reshape(-1))
    term = times(constant(2 * scale), minus(y_hat, y))
    made = equation(last.output_gradient, term, example.oriented(last.dy), meaning=last.output_gradient_meaning)
    yield Step("backward.loss", "backward", None, Sentence(N_("Slope of the loss at the output")), **made)
