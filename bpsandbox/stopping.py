"""How a worker stops, and how it outlasts a database that is away."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections

KEEP_TRYING_SECONDS = 60.0
PAUSE_SECONDS = 0.5
UNREACHABLE = (OperationalError, InterfaceError)
"""Errors of an unavailable database. Its other errors concern the data, and waiting does not help."""


class Flag:
    """A flag that a signal handler may set. A threading.Event may deadlock there."""

    def __init__(self) -> None:
        self.on = False
        self.readable, self.writable = os.pipe()

    def set(self) -> None:
        self.on = True
        os.write(self.writable, b"!")

    def is_set(self) -> bool:
        return self.on

    def wait(self, seconds: float) -> bool:
        """Sleep until it is set or the time is over; return whether it is set."""
        return self.on or bool(select.select([self.readable], [], [], seconds)[0])


def persistently(act: Callable[[], Any]) -> Any:
    """Repeat an act while the database is away, for up to KEEP_TRYING_SECONDS."""
    until = time.monotonic() + KEEP_TRYING_SECONDS
    while True:
        try:
            return act()
        except UNREACHABLE:
            close_old_connections()
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE_SECONDS)
