"""The loss of the example, its share in the loss of the batch, the batch's loss and its slope: one module a kind."""

from __future__ import annotations

from collections.abc import Iterator

from bpsandbox.core.nn import losses
from bpsandbox.explain.working.example import Example
from bpsandbox.explain.working.step import Sentence, Step, equation
from bpsandbox.messages import N_

from .binary import Probabilities, SigmoidOfLogits
from .cross_entropy import Softmax
from .distance import Absolute, Huber
from .hinge import Hinge, MultiClassHinge
from .normalized import Normalized
from .objective import batch_steps, objective_steps
from .rule import Rule
from .squares import Squares

KINDS: dict[type[losses.Loss], type[Rule]] = {
    losses.MSELoss: Squares,
    losses.L1Loss: Absolute,
    losses.HuberLoss: Huber,
    losses.SmoothL1Loss: Huber,
    losses.CrossEntropyLoss: Softmax,
    losses.CrossEntropyOfProbabilities: Normalized,
    losses.BCELoss: Probabilities,
    losses.BCEWithLogitsLoss: SigmoidOfLogits,
    losses.HingeLoss: Hinge,
    losses.MultiClassHingeLoss: MultiClassHinge,
}


def rule_of(example: Example) -> Rule:
    return KINDS[type(example.capture.experiment.loss)](example)


def forward(example: Example) -> Iterator[Step]:
    """The example's loss, its share in the batch's, their sum, and what penalties add."""
    rule = rule_of(example)
    yield from rule.preparation()
    yield from _own_loss(rule)
    yield from batch_steps(rule)
    yield from objective_steps(example)


def _own_loss(rule: Rule) -> Iterator[Step]:
    """The loss of the example by itself, then divided as the batch's loss is."""
    example = rule.example
    alone = example.capture.shown.loss if example.count == 1 else None
    if rule.share_is_own:
        made = equation(example.share, rule.own, alone, dtype=example.dtype)
        yield Step("loss.example", "loss", None, Sentence(rule.title), **made)
        return
    made = equation(rule.own_name, rule.own, dtype=example.dtype)
    yield Step("loss.example", "loss", None, Sentence(rule.title), **made)
    made = equation(example.share, rule.share, alone, dtype=example.dtype)
    yield Step("loss.share", "loss", None, Sentence(N_("Its share of the loss of the batch")), **made)


def backward(example: Example) -> Iterator[Step]:
    """dL/dŷ of the example."""
    rule, last = rule_of(example), example.places[-1]
    yield from rule.before_slope()
    stored = example.oriented(last.dy)
    made = equation(last.output_gradient, rule.slope, stored, meaning=last.output_gradient_meaning, dtype=example.dtype)
    made["notes"] = (*made["notes"], *rule.slope_notes())
    yield Step("backward.loss", "backward", None, Sentence(N_("Slope of the loss at the output")), **made)
