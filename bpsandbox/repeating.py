"""Repeat public runs while a slot of a worker has nothing else to do: for certificates, then for the archive."""

from __future__ import annotations

import logging
import time

from django.db import close_old_connections

from bpsandbox import archive, certificates, conf
from bpsandbox.certificates import Repetition
from bpsandbox.runner import Children, Job, Outcome, results, supervise
from bpsandbox.stopping import UNREACHABLE, Flag, persistently

QUIET_SECONDS = 3.0
"""How long a slot has been idle before it repeats a run."""
LOOK_SECONDS = 5.0
"""Time between two looks that found nothing."""
THOROUGH_SECONDS = 3_600.0
"""Time between two looks at all public runs."""
RENEW_SECONDS = 0.3

logger = logging.getLogger(__name__)


class Repeater:
    """Decides when a slot may repeat a run, and repeats it."""

    def __init__(self, worker: str, *, stopping: Flag, children: Children) -> None:
        self.worker, self.stopping, self.children = worker, stopping, children
        self.busy_at = self.looked_at = time.monotonic()
        self.thorough_at = -THOROUGH_SECONDS
        self.archive_at = self.busy_at

    def is_busy(self) -> None:
        """Note that the slot has trained a run, or made room for one."""
        self.busy_at = time.monotonic()

    def repeat_one(self) -> bool:
        """Repeat one public run, or queue one of an earlier engine; False if it is not time, or if none is due."""
        now = time.monotonic()
        if now - self.busy_at < QUIET_SECONDS or self.stopping.is_set():
            return False
        return self.certify_one(now) or self.queue_archived(now)

    def certify_one(self, now: float) -> bool:
        if now < self.looked_at or not conf.current().certificate_seconds:
            return False
        repetition = self.look(now)
        if repetition is None:
            return False
        self.repeat(repetition)
        return True

    def queue_archived(self, now: float) -> bool:
        """Queue the repetition of a run of an earlier engine, for any worker; False if it is not time or none is left.

        It is a run, which yields to people's runs. A look that found none is not repeated for an hour: only a release
        makes more of them, and with it workers start anew.
        """
        if now < self.archive_at or not conf.current().archive_seconds:
            return False
        self.archive_at = now + LOOK_SECONDS
        is_time, queued = archive.queue_next()
        if is_time and queued is None:
            self.archive_at = now + THOROUGH_SECONDS
        return queued is not None

    def look(self, now: float) -> Repetition | None:
        is_thorough = now - self.thorough_at >= THOROUGH_SECONDS
        found = certificates.claim_next(self.worker, is_thorough=is_thorough)
        if found is None:
            self.looked_at = now + LOOK_SECONDS
            self.thorough_at = now if is_thorough else self.thorough_at
        return found

    def repeat(self, repetition: Repetition) -> None:
        began = time.monotonic()
        checked = began

        def keep_going() -> str | None:
            nonlocal checked
            if self.stopping.is_set():
                return "stopping"
            if time.monotonic() - checked < RENEW_SECONDS:
                return None
            checked = time.monotonic()
            return renewed(repetition)

        job = Job(spec=repetition.canonical, limits=conf.current().limits())
        outcome = supervise(self.children.start(), job, on_progress=lambda message: None, keep_going=keep_going)
        persistently(lambda: conclude(repetition, outcome, seconds=time.monotonic() - began))
        if outcome.stopped == "yielded":
            self.is_busy()


def renewed(repetition: Repetition) -> str | None:
    try:
        return certificates.renew(repetition)
    except UNREACHABLE:
        close_old_connections()
        return "lost"


def conclude(repetition: Repetition, outcome: Outcome, *, seconds: float) -> bool:
    """Store the outcome; False when another worker has the repetition by now."""
    if outcome.stopped == "lost":
        return False
    if outcome.document is not None:
        if results.summary(outcome.document).limited:  # a busy machine: this says nothing about the numbers
            return certificates.fail(repetition, seconds=seconds, is_final=False)
        return certificates.finish(repetition, outcome.document, seconds=seconds)
    if outcome.failure:
        logger.warning(
            "run %d could not be repeated: %s %s", repetition.run_id, outcome.failure.code, outcome.failure.values
        )
        return certificates.fail(repetition, seconds=seconds, is_final=outcome.failure.is_final)
    return certificates.give_back(repetition, seconds=seconds)
