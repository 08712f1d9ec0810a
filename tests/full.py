"""Cases that only `./run test --all` runs. Each has one of its kind that runs at every commit.

@pytest.mark.parametrize("cases", counts(120, 1200))
@pytest.mark.parametrize("name", some(CONFIGS, every=8))
@pytest.mark.parametrize("name", some(CONFIGS, kept={"xor", "digits"}))
"""

from collections.abc import Collection, Iterable
from typing import Any

import pytest

FULL = pytest.mark.full


def counts(few: int, many: int) -> list[Any]:
    """Return two numbers of random cases: at commit, and in full."""
    return [few, pytest.param(many, marks=FULL)]


def some(values: Iterable[Any], *, every: int = 1, kept: Collection[Any] | None = None) -> list[Any]:
    """Return all values; those that are not kept, or other than every so many, run only in full."""
    listed = list(values)
    chosen = listed[::every] if kept is None else kept
    assert chosen and all(value in listed for value in chosen)
    return [value if value in chosen else _in_full(value) for value in listed]


def _in_full(value: Any) -> Any:
    """Mark a value, or the values of several arguments."""
    return pytest.param(*value, marks=FULL) if isinstance(value, tuple) else pytest.param(value, marks=FULL)
