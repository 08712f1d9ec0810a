"""The squared error: ℓ = factor mean of (y - ŷ)², in any of the ways to gather squares."""

from __future__ import annotations

from bpsandbox.explain.working.algebra import Array, Term, constant, minus, norm, power, scaled, times
from bpsandbox.explain.working.example import Example
from bpsandbox.messages import N_

from .rule import Rule, Scale


class Squares(Rule):
    """With the convention "mean", ℓ is the config's loss; S = Σ(y - ŷ)² and E = S / 2 are scaled afterwards."""

    def __init__(self, example: Example) -> None:
        super().__init__(example)
        self.gathers = example.convention.loss
        if self.gathers != "mean":
            self.letter = "S" if self.gathers == "sum" else "E"
            self.title = N_("Sum of squares of this example") if self.gathers == "sum" else N_(
                "Half the sum of squares of this example"
            )  # fmt: skip

    @property
    def squares(self) -> Term:
        difference = minus(self.y, self.p)
        return power(difference if difference.is_scalar else norm(difference), 2)

    @property
    def gathering(self) -> Scale:
        """From the sum of squares to what is gathered."""
        return {"mean": super().within, "sum": (1.0, {}), "half": (0.5, {})}[self.gathers]

    @property
    def own(self) -> Term:
        return scaled(self.squares, *self.gathering)

    def owns(self, p: Array, y: Array) -> Array:
        number, below = self.gathering
        return number / below.get("K", 1) * ((y - p) ** 2).sum(axis=1)

    def scale(self, y: Array) -> Scale:
        if self.gathers == "mean":
            return super().scale(y)
        number, below = super().within
        _one, share_below = super().scale(y)
        return number * (1.0 if self.gathers == "sum" else 2.0), {**share_below, **below}

    @property
    def slope(self) -> Term:
        difference = minus(self.p, self.y)
        number, below = self.shown_scale
        if self.gathers == "mean":
            return self.sloped(difference, 2.0)
        if self.gathers == "half":
            return scaled(difference, number, below)
        return times(scaled(constant(2), number, below), difference)
