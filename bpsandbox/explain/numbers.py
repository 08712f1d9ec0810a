"""Write numbers and arrays as LaTeX. Only `number` rounds values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np

DIGITS = 4
_most = ContextVar("most rows and columns in print", default=8)


@contextmanager
def printing(most: int) -> Iterator[None]:
    """Print up to `most` rows and columns of a matrix in this context; at least 3."""
    token = _most.set(most)
    try:
        yield
    finally:
        _most.reset(token)


Vector = Sequence[float]
Matrix = Sequence[Vector]


def number(value: float) -> str:
    """Round to four decimals, or below 0.1 to four digits; very large and small numbers become powers of ten.

    Trailing zeros mean that digits are known, so they are removed only if the number is exact: 0.1 is 0.1,
    and 0.10000004 is 0.1000.
    """
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": r"\text{NaN}", "inf": r"\infty", "-inf": r"-\infty"}[str(float(value))]
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude < 1e-3 or magnitude >= 1e5:
        return _scientific(value)
    places = DIGITS if magnitude >= 0.1 else DIGITS + 1 if magnitude >= 0.01 else DIGITS + 2
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if _says_all(text, value) else text


def _scientific(value: float) -> str:
    mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
    if _says_all(f"{mantissa}e{exponent}", value):
        mantissa = mantissa.rstrip("0").rstrip(".")
    return rf"{mantissa} \times 10^{{{int(exponent)}}}"


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


def scalar_or_column(values: Vector) -> str:
    return number(values[0]) if len(values) == 1 else column(values)


def factor(values: Vector) -> str:
    """Write a factor; a single number is put in brackets."""
    return rf"\left({number(values[0])}\right)" if len(values) == 1 else column(values)


def added(values: Vector) -> str:
    """Write a term after a sign; a single negative number is put in brackets."""
    return factor(values) if len(values) == 1 and values[0] < 0 else scalar_or_column(values)


def column(values: Vector) -> str:
    """Write a column vector, a long one with dots."""
    return _matrix([[r"\vdots" if i is None else number(values[i])] for i in Cut(len(values)).shown])


def row(values: Vector) -> str:
    return _matrix([[r"\cdots" if i is None else number(values[i]) for i in Cut(len(values)).shown]])


def matrix(values: Matrix | np.ndarray) -> str:
    """Write a matrix, a large one with dots in both directions."""
    if len(values) == 1 and len(values[0]) == 1:
        return number(values[0][0])
    across = Cut(len(values[0])).shown
    return _matrix([_row_of(values, i, across) for i in Cut(len(values)).shown])


def _row_of(values: Matrix | np.ndarray, i: int | None, across: list[int | None]) -> list[str]:
    if i is None:
        return [r"\ddots" if j is None else r"\vdots" for j in across]
    return [r"\cdots" if j is None else number(values[i][j]) for j in across]


def _matrix(cells: list[list[str]]) -> str:
    body = r" \\ ".join(" & ".join(line) for line in cells)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
