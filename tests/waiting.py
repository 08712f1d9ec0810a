"""Waiting for what other processes do. Nothing else in the tests of whole sites sleeps."""

import time
from collections.abc import Callable

SECONDS = 120.0
"""What takes a moment takes seconds on a machine that stalls."""


def eventually[T](look: Callable[[], T], *, seconds: float = SECONDS, every: float = 0.05) -> T:
    """Return what is found as soon as something is; fail if nothing is in time."""
    ends_at = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < ends_at, f"it did not come to hold within {seconds:g} s"
        time.sleep(every)
    return found


def seconds_until(holds: Callable[[], object], *, seconds: float = SECONDS, every: float = 0.05) -> float:
    """Return how long it took until the condition held."""
    began = time.monotonic()
    eventually(holds, seconds=seconds, every=every)
    return time.monotonic() - began
