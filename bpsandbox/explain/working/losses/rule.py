"""What the working of every loss has: the example's loss, its share, and its slope."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from bpsandbox.core.nn.losses import Loss
from bpsandbox.explain.working.algebra import Array, Term, named, scaled
from bpsandbox.explain.working.example import Example
from bpsandbox.explain.working.step import Phase, Sentence, Step, equation
from bpsandbox.messages import N_

Scale = tuple[float, dict[str, float]]
"""A factor, and divisors by their symbols."""


class Rule:
    """How one loss is worked for an example with target `y` and output `p`.

    `own` is the example's loss ℓ, what the batch's loss averages; the example's share in it is L_n = ℓ times `scale`.
    """

    letter = r"\ell"
    title = N_("Loss of this example")
    is_by_row = False
    """Is the mean taken over examples alone, and not over their numbers too?"""

    def __init__(self, example: Example) -> None:
        self.example, self.capture = example, example.capture
        self.loss: Loss = self.capture.experiment.loss
        self.p = example.places[-1].output_term
        self.y = example.vector("y", self.capture.shown.y[self.capture.place])

    # what each kind says

    def preparation(self) -> Iterator[Step]:
        """Steps that come before the loss, such as a softmax."""
        yield from ()

    @property
    def own(self) -> Term:
        raise NotImplementedError(self.loss.name)

    def owns(self, p: Array, y: Array) -> Array:
        """`own` of every row of outputs p and targets y, both (n, k)."""
        raise NotImplementedError(self.loss.name)

    def before_slope(self) -> Iterator[Step]:
        """Steps that come before the slope."""
        yield from ()

    @property
    def slope(self) -> Term:
        """dL_n/dŷ, shares and factors included."""
        raise NotImplementedError(self.loss.name)

    def slope_notes(self) -> tuple[Sentence, ...]:
        return ()

    # the same for all

    @property
    def numbers(self) -> int:
        """Numbers in the output of one example."""
        return self.y.value.size

    @property
    def is_mean(self) -> bool:
        return self.loss.reduction == "mean"

    @property
    def factor(self) -> float:
        """The factor that the config writes."""
        return self.loss.factor / self.loss.summed

    @property
    def within(self) -> Scale:
        """From the sum over the example's numbers to its loss: the factor, and the mean where one is taken."""
        is_divided = self.is_mean and not self.is_by_row and self.loss.summed == 1
        return self.factor, {"K": self.numbers} if is_divided else {}

    def scale(self, y: Array) -> Scale:
        """From the example's loss to its share in the loss of a batch with targets y, (n, k)."""
        return 1.0, {"N": len(y)} if self.is_mean else {}

    @cached_property
    def shown_scale(self) -> Scale:
        return self.scale(self.capture.shown.y)

    @property
    def share_is_own(self) -> bool:
        """Is the example's loss added to the batch's as it is?"""
        number, below = self.shown_scale
        return number == 1.0 and all(count == 1 for count in below.values())

    @property
    def own_name(self) -> str:
        return f"{self.letter}_{{{self.capture.sample}}}"

    @property
    def share(self) -> Term:
        return scaled(named(self.own_name, self.own.value), *self.shown_scale)

    def sloped(self, term: Term, number: float = 1.0, weight: Term | None = None) -> Term:
        """A derivative of the sum over the example's numbers, times `number`, as it counts in the loss of the batch."""
        own, own_below = self.within
        share, share_below = self.shown_scale
        return scaled(term, number * own * share, {**share_below, **own_below}, weight)

    def prepared(
        self,
        part: str,
        title: str,
        name: str,
        term: Term,
        *,
        phase: Phase = "loss",
        notes: Sequence[Sentence] = (),
    ) -> Step:
        """A step `name = term` that comes before the loss or its slope."""
        made = equation(name, term, dtype=self.example.dtype)
        made["notes"] = (*made["notes"], *notes)
        return Step(f"{phase}.{part}", phase, None, Sentence(title), **made)
