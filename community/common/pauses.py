"""Pauses after a failure of a service, so that only one of many requests waits for a service that hangs."""

import time
from functools import cache

PAUSE_SECONDS = 5.0


class Pause:
    """The time after a failure in which nobody asks the service again."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return time.monotonic() < self._until

    def begin(self, seconds: float | None = None) -> None:
        """Begin a pause of so many seconds, PAUSE_SECONDS by default."""
        self._until = time.monotonic() + (PAUSE_SECONDS if seconds is None else seconds)


@cache
def pause_of(service: str) -> Pause:
    """Return the pause that all threads of this process share."""
    return Pause()
