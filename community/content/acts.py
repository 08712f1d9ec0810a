"""Registry of who keeps a trail of what staff does. The app that keeps it registers itself in AppConfig.ready.

Every act of staff on a thread or post calls `record` in its own transaction.
"""

from __future__ import annotations

from typing import Any, Protocol


class Recorder(Protocol):
    def __call__(self, *, actor: Any, act: str, post: Any, note: str) -> None: ...


_recorders: list[Recorder] = []


def register(recorder: Recorder) -> None:
    if recorder not in _recorders:
        _recorders.append(recorder)


def record(*, actor: Any, act: str, post: Any, note: str = "") -> None:
    """Write down that `actor` did `act` ("lock", "hide", …) to a post, or to a thread through its opening post."""
    for recorder in _recorders:
        recorder(actor=actor, act=act, post=post, note=note)
