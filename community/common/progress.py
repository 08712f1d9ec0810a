"""Progress of a long command: on one line of a terminal, or a line now and then in a log."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper

EVERY_ON_TERMINAL, EVERY_IN_LOG = 0.5, 10.0  # seconds
CLEAR = "\r\x1b[K"


class Progress:
    """Tells a stream how much of `total` is done and how many seconds are left, if the command takes that long.

    Where the parts are too uneven for that (`is_even`), it tells the seconds so far.
    """

    def __init__(self, stream: OutputWrapper, total: int, what: str, *, is_even: bool = True) -> None:
        self._stream, self._total, self._what, self._is_even = stream, total, what, is_even
        self._is_terminal = stream.isatty()
        self._every = EVERY_ON_TERMINAL if self._is_terminal else EVERY_IN_LOG
        self._began = self._told = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_terminal:
            self._write(CLEAR)

    def __call__(self, done: int) -> None:
        """Tell that `done` of the total are done, unless that was told a moment ago."""
        now = time.monotonic()
        if now - self._told < self._every:
            return
        self._told = now
        self._write(f"{CLEAR}{self._line(done, now)}" if self._is_terminal else f"{self._line(done, now)}\n")

    def _line(self, done: int, now: float) -> str:
        passed = now - self._began
        left = passed * max(self._total - done, 0) / max(done, 1)
        seconds = f"{left:.0f} s left" if self._is_even else f"{passed:.0f} s so far"
        return f"{done:,} of {self._total:,} {self._what}, {seconds}"

    def _write(self, text: str) -> None:
        self._stream.write(text, style_func=str, ending="")
        self._stream.flush()
