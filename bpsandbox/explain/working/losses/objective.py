"""The loss of the batch as a sum of its examples' shares, and the objective with penalties."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bpsandbox.core.nn.network import Slot
from bpsandbox.core.optim.penalty import Penalty
from bpsandbox.explain.working.algebra import Array, Term, named, plus, scaled
from bpsandbox.explain.working.example import Example, others
from bpsandbox.explain.working.parts import EACH
from bpsandbox.explain.working.step import Sentence, Step, equation
from bpsandbox.messages import N_

from .rule import Rule

TITLE = N_("Loss of the batch")


def batch_steps(rule: Rule) -> Iterator[Step]:
    """L as a sum over the batch; where squares are gathered first, their sum and then L."""
    example, whole = rule.example, rule.capture.whole
    if example.is_whole_batch:
        return
    owns = rule.owns(np.asarray(whole.inputs[-1], dtype=np.float64), np.asarray(whole.y, dtype=np.float64))
    number, below = rule.scale(whole.y)
    if rule.letter == r"\ell":
        shares = owns * number / np.prod(list(below.values()))
        made = equation("L", added(example, "L", shares), whole.loss, dtype=example.dtype)
    else:
        gathered = added(example, rule.letter, owns)
        yield Step("loss.gathered", "loss", None, Sentence(N_("Sum over the batch")),
                   **equation(rule.letter, gathered, dtype=example.dtype))  # fmt: skip
        term = scaled(named(rule.letter, gathered.value), number, below)
        made = equation("L", term, whole.loss, dtype=example.dtype)
    made["notes"] = (*made["notes"], *_outside(example))
    yield Step("loss.batch", "loss", None, Sentence(TITLE), **made)


def _outside(example: Example) -> Iterator[Sentence]:
    if not example.capture.is_in_batch:
        yield Sentence(
            N_("Example {sample} is not in this batch: this is the share it would have in the place of the first one."),
            {"sample": example.capture.sample},
        )


def added(example: Example, letter: str, numbers: Array) -> Term:
    """The sum of one number an example: each where they are few, else the example's and all others'."""
    capture = example.capture
    if example.count <= EACH:
        terms = [named(f"{letter}_{{{row}}}", value) for row, value in zip(capture.batch, numbers, strict=True)]
    elif capture.is_in_batch:
        rest = named(rf"\sum_{{n \ne {capture.sample}}} {letter}_n", numbers[others(capture)].sum())
        terms = [named(f"{letter}_{{{capture.sample}}}", numbers[capture.place]), rest]
    else:
        terms = [named(rf"\sum_n {letter}_n", numbers.sum())]
    return plus(*terms)


def objective_steps(example: Example) -> Iterator[Step]:
    """The penalties on the weights, and what is minimised: loss and penalties."""
    capture, penalty = example.capture, example.capture.experiment.penalty
    if penalty is None:
        return
    made = equation("R", _penalty(example, penalty), capture.penalty, dtype=example.dtype)
    yield Step("loss.penalty", "loss", None, Sentence(N_("Penalty on the weights")), **made)
    term = plus(named("L", capture.whole.loss), named("R", capture.penalty))
    made = equation("J", term, capture.whole.loss + capture.penalty, dtype=example.dtype)
    yield Step("loss.objective", "loss", None, Sentence(N_("Objective of this step")), **made)


def _penalty(example: Example, penalty: Penalty) -> Term:
    """λ_1 Σ‖W‖_1 + λ_2 / 2 Σ‖W‖², over the batch's examples where the config says per_sample."""
    weights = {place.parameter_symbol(slot.parameter): example.capture.before[slot.start : slot.stop].astype(float)
               for place in example.places for slot in place.slots if is_penalised(example, slot)}  # fmt: skip
    below = {"N": float(example.count)} if penalty.per_sample else {}
    terms = []
    if penalty.l1:
        sizes = [named(rf"\lVert {name} \rVert_1", np.abs(w).sum()) for name, w in weights.items()]
        terms.append(scaled(plus(*sizes), 1.0, below, named(r"\lambda_1", penalty.l1)))
    if penalty.l2:
        squares = [named(rf"\lVert {name} \rVert^{{2}}", (w * w).sum()) for name, w in weights.items()]
        terms.append(scaled(plus(*squares), 0.5, below, named(r"\lambda_2", penalty.l2)))
    return terms[0] if len(terms) == 1 else plus(*terms)


def is_penalised(example: Example, slot: Slot) -> bool:
    """Do the penalties count this tensor? By default weights, and not biases or the scales of a normalisation."""
    penalty, network = example.capture.experiment.penalty, example.capture.network
    if penalty is None:
        return False
    is_weight = len(slot.shape) > 1 and not network.layers[slot.layer].is_scale
    return penalty.bias or is_weight
