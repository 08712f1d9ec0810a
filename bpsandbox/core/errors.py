"""What can go wrong in the core: one exception a rule."""

from __future__ import annotations


class BackpropError(Exception):
    """Something was asked of the core that it cannot do."""


class ShapeMismatch(BackpropError):
    """A layer was given an array of a shape that it does not take.

    `expected` says in words what it takes; the first word is rows, images or sequences where that is wrong.
    """

    def __init__(self, layer: str, expected: str, got: tuple[int, ...]) -> None:
        super().__init__(f"{layer} takes {expected}, not samples of shape {got}")
        self.expected, self.got = expected, got

    @property
    def wants(self) -> str:
        return self.expected.split()[0]


class ClassMismatch(BackpropError):
    """Targets and outputs do not fit the loss."""


class TooManyHoldouts(BackpropError):
    """A split leaves no example for training."""
