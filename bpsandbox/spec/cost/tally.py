"""Count NumPy calls, the elements they process, and multiply-adds.

A tally maps names of `rates.Rates` to counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

import numpy as np

Array = np.ndarray
Call = tuple[Callable[..., Any], tuple[Any, ...]]

KINDS = {
    **dict.fromkeys(
        ("divide", "true_divide", "sqrt", "reciprocal", "clip", "where", "sign", "maximum", "minimum"), "root"
    ),
    **dict.fromkeys(("exp", "log", "take"), "exponential"),
    **dict.fromkeys(("expm1", "logaddexp", "log1p", "power", "at", "unique"), "slow"),
    "tanh": "tanh",
}
"""Functions that take longer per element than an addition."""
PRODUCTS = ("matmul", "dot")


class Tally(dict[str, float]):
    """Counts by name."""

    def add(self, other: dict[str, float], times: float = 1.0) -> Tally:
        for name, count in other.items():
            self[name] = self.get(name, 0.0) + count * times
        return self

    def times(self, factor: float) -> Tally:
        return Tally({name: count * factor for name, count in self.items()})


def between(low: Tally, high: Tally, share: float) -> Tally:
    """Interpolate linearly between two tallies: low at 0, high at 1."""
    names = low.keys() | high.keys()
    return Tally({k: max(0.0, low.get(k, 0.0) + share * (high.get(k, 0.0) - low.get(k, 0.0))) for k in names})


class Seen(np.ndarray):
    """An array that records the calls it takes part in and then makes them."""

    calls: ClassVar[list[Call]] = []

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        return self._made(ufunc if method == "__call__" else getattr(ufunc, method), inputs, keywords)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        return self._made(function, tuple(arguments), keywords)

    @classmethod
    def _made(cls, function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        arguments, keywords = plain(arguments), {name: plain(value) for name, value in keywords.items()}
        result = function(*arguments, **keywords)
        cls.calls.append((partial(function, **keywords), (*arguments, result)))
        return seen(result)


def seen(value: Any) -> Any:
    """Wrap arrays so that they record their calls; return anything else unchanged."""
    return value.view(Seen) if isinstance(value, np.ndarray) else value


def plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(plain(item) for item in value)
    return value.view(np.ndarray) if isinstance(value, Seen) else value


@contextmanager
def noting() -> Any:
    """Collect the calls that are made with wrapped arrays."""
    before, Seen.calls = Seen.calls, []
    try:
        yield Seen.calls
    finally:
        Seen.calls = before


def tally_of(calls: Iterable[Call], *, call: str = "call") -> Tally:
    """Count calls. A call of a Python function is made, and the NumPy calls in it are counted."""
    total = Tally()
    for function, arguments in calls:
        if is_ours(function):
            with noting() as made:
                function(*(seen(value) for value in arguments))
            total.add(tally_of(made, call="eager"))
        else:
            count(total, function, arguments, call)
    return total


def is_ours(function: Any) -> bool:
    return hasattr(function, "__self__") and not isinstance(function.__self__, np.ufunc)


def count(total: Tally, function: Any, arguments: tuple[Any, ...], call: str) -> None:
    """Count one call of a NumPy function."""
    name, arguments = name_of(function, arguments)
    arrays = [value for value in arguments if isinstance(value, np.ndarray)]
    total.add({call: 1})
    if not arrays:
        return
    width = 32 if any(array.dtype == np.float32 for array in arrays) else 64
    if name in PRODUCTS and len(arrays) >= 2:
        total.add(product(arrays[0], arrays[1], width))
        return
    size = max(array.size for array in arrays)
    total.add({f"{KINDS.get(name, 'cheap')}{width}": size, "loop": loops(arrays)})


def name_of(function: Any, arguments: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """Return the function's name and its arguments, including keyword arguments."""
    if isinstance(function, partial):
        named = tuple(value[0] if isinstance(value, tuple) and value else value for value in function.keywords.values())
        name, arguments = name_of(function.func, (*arguments, *named))
        return ("where" if "where" in function.keywords else name), arguments
    return function.__name__, arguments


def product(a: Array, b: Array, width: int) -> dict[str, float]:
    """Count a matrix product, plain or stacked."""
    m, k = (a.shape[-2] if a.ndim > 1 else 1), a.shape[-1]
    n = b.shape[-1] if b.ndim > 1 else 1
    stack = math.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]))
    found: dict[str, float] = {
        "product": 1,
        f"multiply_add{width}": stack * m * k * n,
        f"operand{width}": stack * (m * k + k * n + m * n),
    }
    return found | ({"slice": stack} if a.ndim > 2 or b.ndim > 2 else {})


def loops(arrays: list[Array]) -> int:
    """Return how often NumPy's inner loop restarts: once per contiguous block."""
    largest = max(arrays, key=lambda array: array.size)
    alike = [array for array in arrays if array.shape == largest.shape or can_spread(array, largest)]
    if not largest.size:
        return 1
    walk: Any = np.nditer([largest, *alike[:3]], flags=["external_loop"])
    return largest.size // next(walk)[0].size


def can_spread(array: Array, largest: Array) -> bool:
    try:
        return np.broadcast_shapes(array.shape, largest.shape) == largest.shape
    except ValueError:
        return False
