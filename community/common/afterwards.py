"""What a page leaves to be done when it has been sent, so that nobody waits for it.

    afterwards.add(("visit", person.pk), partial(note, person.pk))

Only for what is not missed when the process ends before: what must be done is a job.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock

import structlog
from django.db import Error

from community.common.connections import close_stale

logger = structlog.get_logger(__name__)

_waiting: dict[Hashable, Callable[[], object]] = {}
_lock = Lock()


def add(name: Hashable, act: Callable[[], object]) -> None:
    """Let `act` be done; what waits under the same name is replaced."""
    with _lock:
        _waiting[name] = act


def is_waiting() -> bool:
    return bool(_waiting)


def run() -> None:
    """Do what waits, in a thread that answers no page meanwhile. What fails is logged and not tried again."""
    with _lock:
        acts = dict(_waiting)
        _waiting.clear()
    close_stale()
    for name, act in acts.items():
        try:
            act()
        except Error:
            logger.warning("not_done_after_page", act=name, exc_info=True)
    close_stale()
