"""Write numbers and arrays as LaTeX. `number` rounds what is written, `rounded` gives what it then says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np

DIGITS = 4
MOST_DIGITS = 8
SMALL, LARGE = 1e-3, 1e5
"""Smaller numbers, and numbers at least so large, are written with a power of ten."""
DOUBTED = 1e-7
"""A share of a number that single precision does not know."""
NEARLY = 0.1
_most = ContextVar("most rows and columns in print", default=8)


@contextmanager
def printing(most: int) -> Iterator[None]:
    """Print up to `most` rows and columns of a matrix in this context; at least 3."""
    token = _most.set(most)
    try:
        yield
    finally:
        _most.reset(token)


Matrix = Sequence[Sequence[float]]


def number(value: float, digits: int = DIGITS) -> str:
    """Round to so many decimals, or below 0.1 to so many digits; very large and small numbers become powers of ten.

    Trailing zeros mean that digits are known, so they are removed only if the number is exact: 0.1 is 0.1,
    and 0.10000004 is 0.1000.
    """
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": r"\text{NaN}", "inf": r"\infty", "-inf": r"-\infty"}[str(float(value))]
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude < SMALL or magnitude >= LARGE:
        return _scientific(value, digits)
    places = digits if magnitude >= 0.1 else digits + 1 if magnitude >= 0.01 else digits + 2
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if _says_all(text, value) else text


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if _says_all(f"{mantissa}e{exponent}", value):
        mantissa = mantissa.rstrip("0").rstrip(".")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


def last_place(values: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Return what the last digit of each number counts as `number` writes it; of 0 and of what is not finite, 1."""
    sizes = np.abs(values)
    exponents = np.floor(np.log10(np.where((sizes > 0) & np.isfinite(sizes), sizes, 1.0)))
    places = np.where(sizes >= 0.1, digits, np.where(sizes >= 0.01, digits + 1, digits + 2))
    is_power = (sizes < SMALL) | (sizes >= LARGE)
    places = np.where(is_power, digits - 1 - exponents, places)
    return np.where((sizes > 0) & np.isfinite(sizes), 10.0**-places, 1.0)


def rounded(values: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Return the numbers that `number` writes of these."""
    place = last_place(values, digits)
    return np.where(values == 0, 0.0, np.where(np.isfinite(values), np.round(values / place) * place, values))


def digits_enough(value_at: Callable[[int], np.ndarray], result: np.ndarray) -> int:
    """Return with how many digits operands are to be written so that computing with them gives the result as written.

    `value_at` computes with operands of so many digits. It may end one off in the result's last place, as rounding at
    the very end does. A number of the result that MOST_DIGITS do not even nearly give is rounding itself, and asks for
    none: a sum that is 0 but for its last bits.
    """
    shown = rounded(result)
    allowed = np.maximum(last_place(result), DOUBTED * np.abs(result)) * 1.001

    def distances(digits: int) -> np.ndarray:
        apart = np.abs(value_at(digits) - shown)
        return np.where(np.isfinite(apart), apart, 0.0)

    nearest = distances(MOST_DIGITS)
    asking = nearest <= np.maximum(allowed, NEARLY * np.abs(shown))
    enough = (digits for digits in range(DIGITS, MOST_DIGITS) if (distances(digits) <= allowed)[asking].all())
    return next(enough, MOST_DIGITS)


def _says_all(text: str, value: float) -> bool:
    """Return whether the rounded number equals the stored one, up to rounding in its last bits."""
    return abs(float(text) - value) <= 1e-12 * abs(value)


@dataclass(frozen=True)
class Cut:
    """Which of `count` entries are shown; None means dots."""

    count: int

    @property
    def shown(self) -> list[int | None]:
        most = _most.get()
        if self.count <= most:
            return list(range(self.count))
        return [*range(most - 2), None, self.count - 1]

    @property
    def left_out(self) -> tuple[int, int] | None:
        """Return the first and last hidden entry, counted from 1."""
        most = _most.get()
        return (most - 1, self.count - 1) if self.count > most else None


def matrix(values: Matrix | np.ndarray, digits: int = DIGITS) -> str:
    """Write a matrix, a large one with dots in both directions."""
    if len(values) == 1 and len(values[0]) == 1:
        return number(values[0][0], digits)
    across = Cut(len(values[0])).shown
    return _matrix([_row_of(values, i, across, digits) for i in Cut(len(values)).shown])


def _row_of(values: Matrix | np.ndarray, i: int | None, across: list[int | None], digits: int) -> list[str]:
    if i is None:
        return [r"\ddots" if j is None else r"\vdots" for j in across]
    return [r"\cdots" if j is None else number(values[i][j], digits) for j in across]


def _matrix(cells: list[list[str]]) -> str:
    body = r" \\ ".join(" & ".join(line) for line in cells)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
