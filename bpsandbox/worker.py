"""A training worker: slots that each train one run at a time in a child process, and a housekeeper."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import close_old_connections, connections
from django.utils import timezone

from bpsandbox import calibration, conf, identity, leases, services, storage, traits, wake
from bpsandbox.announcements import catch_up
from bpsandbox.leases import Claim, Lease
from bpsandbox.models import Worker
from bpsandbox.repeating import Repeater
from bpsandbox.runner import Children, Failure, Job, Outcome, supervise, walls
from bpsandbox.runner.live import Live
from bpsandbox.runner.protocol import Message
from bpsandbox.stopping import PAUSE_SECONDS, UNREACHABLE, Flag, persistently

REPORT_SECONDS = 0.2
RENEW_SECONDS = 0.5
BEAT_SECONDS = 2.0
TIDY_SECONDS = 60.0
MAX_DETAIL = 200

logger = logging.getLogger(__name__)


class TrainWorker:
    """Train queued runs until told to stop."""

    def __init__(self, *, slots: int) -> None:
        self.name = identity.worker_name()
        self.slots = slots
        self.stopping = Flag()

    def run(self) -> bool:
        """Work until `stop` is called, then put running runs back into the queue. Returns when all slots have ended.

        Returns False at once if trainings here would be less confined than the operator allows.
        """
        if not self.is_confined():
            return self.stopping.is_set()
        threads = [threading.Thread(target=Slot(self).run, name=f"slot-{n}", daemon=True) for n in range(self.slots)]
        for thread in threads:
            thread.start()
        Housekeeper(self).run()
        for thread in threads:
            thread.join()
        return True

    def is_confined(self) -> bool:
        """Log how trainings on this machine are confined; return whether that is enough to train."""
        try:
            found = walls.enforced(lambda: "stopping" if self.stopping.is_set() else None)
        except walls.Untested as error:
            logger.error("%s Nothing is trained.", error)
            return False
        missing = walls.missing(found, allowed=conf.current().unenforced)
        if missing:
            logger.error("%s", walls.refusal(found, missing))
            return False
        logger.log(logging.INFO if all(found.values()) else logging.WARNING, "%s", walls.description(found))
        return True

    def stop(self) -> None:
        self.stopping.set()
        wake.notify()


class Housekeeper:
    """Sends heartbeats, recovers the runs of dead workers, deletes what has expired."""

    def __init__(self, worker: TrainWorker) -> None:
        self.worker = worker
        self.beaten_at = self.tidied_at = -TIDY_SECONDS
        self.trimmer = storage.Trimmer()
        self.late: set[Lease] = set()

    def run(self) -> None:
        while not self.worker.stopping.is_set():
            guarded(self.run_once)
            self.worker.stopping.wait(conf.current().poll_seconds)
        guarded(self.deregister)
        connections.close_all()

    def run_once(self) -> None:
        now = time.monotonic()
        if now - self.beaten_at >= BEAT_SECONDS:
            self.beaten_at = now
            self.beat()
        self.recover()
        catch_up()
        if now - self.tidied_at >= TIDY_SECONDS:
            self.tidied_at = now
            self.tidy()

    def recover(self) -> None:
        """Recover runs that were late at the last look as well: when the clock jumps, every lease seems to be over."""
        late = leases.late()
        if leases.recover(late & self.late):
            wake.notify()
        self.late = late

    def beat(self) -> None:
        seen = {"seen_at": timezone.now(), "slots": self.worker.slots}
        new = seen | {"rates": calibration.measurement()}
        Worker.objects.update_or_create(name=self.worker.name, defaults=seen, create_defaults=new)

    def tidy(self) -> None:
        services.expire()
        services.purge()
        self.trimmer.trim()
        traits.fill()
        Worker.objects.filter(seen_at__lt=timezone.now() - timedelta(minutes=10)).delete()

    def deregister(self) -> None:
        Worker.objects.filter(name=self.worker.name).delete()


class Slot:
    """Trains one run at a time in its own thread, which is the parent of its children."""

    def __init__(self, worker: TrainWorker) -> None:
        self.worker = worker
        self.children = Children(engine=conf.current().engine)
        self.listener = wake.channel().listen()
        self.repeater = Repeater(worker.name, stopping=worker.stopping, children=self.children)

    def run(self) -> None:
        try:
            while not self.worker.stopping.is_set():
                self.children.prepare()
                if not guarded(self.work_once):
                    self.listener.wait(conf.current().poll_seconds)
        finally:
            self.children.close()
            self.listener.close()
            connections.close_all()

    def work_once(self) -> bool:
        """Train one queued run to its end, or repeat a public one; False when there is none."""
        claim = leases.claim_next(self.worker.name)
        if claim is None:
            return self.repeater.repeat_one()
        Training(claim, stopping=self.worker.stopping, children=self.children).run()
        self.repeater.is_busy()
        return True


class Training:
    """One claimed run, from the claim to its last write."""

    def __init__(self, claim: Claim, *, stopping: Flag, children: Children) -> None:
        self.claim = claim
        self.stopping = stopping
        self.children = children
        self.live = Live()
        self.unreported = False
        self.reported_at = -REPORT_SECONDS
        self.renewed_at = time.monotonic()
        self.checked_at = time.monotonic()
        self.lost = False

    def run(self) -> None:
        limits = conf.current().limits(self.claim.cpu_seconds)
        wants_weights = self.claim.example is None and conf.current().weights_bytes > 0
        job = Job(self.claim.canonical, limits=limits, example=self.claim.example, wants_weights=wants_weights)
        outcome = supervise(self.children.start(), job, on_progress=self.take, keep_going=self.keep_going)
        persistently(lambda: self.conclude(outcome))

    def take(self, message: Message) -> None:
        self.live.add(message)
        self.unreported = True
        self.report()

    def report(self) -> None:
        """Write the progress, at most every REPORT_SECONDS."""
        now = time.monotonic()
        if not self.unreported or now - self.reported_at < REPORT_SECONDS:
            return
        self.reported_at, self.unreported = now, False
        snapshot = self.live.snapshot(attempt=self.claim.attempt)
        self.write(lambda: leases.report(self.claim, snapshot))

    def keep_going(self) -> str | None:
        """Return why the run must end now; None while it may go on."""
        if self.stopping.is_set():
            return "stopping"
        self.report()
        if self.lost:
            return "lost"
        now = time.monotonic()
        if now - self.checked_at < RENEW_SECONDS:
            return None
        self.checked_at = now
        return self.renew()

    def renew(self) -> str | None:
        try:
            reason = leases.renew(self.claim)
        except UNREACHABLE:
            return self.without_database()
        self.renewed_at = time.monotonic()
        return reason

    def write(self, write: Callable[[], bool]) -> None:
        try:
            self.lost = not write()
            self.renewed_at = time.monotonic()
        except UNREACHABLE:
            self.lost = self.without_database() is not None

    def without_database(self) -> str | None:
        """Go on without a database as long as the lease cannot have expired; after that return "lost"."""
        close_old_connections()
        held_for = time.monotonic() - self.renewed_at
        return "lost" if held_for > conf.current().lease_seconds else None

    def conclude(self, outcome: Outcome) -> bool:
        """Write the outcome; False when another worker has the run by now."""
        if outcome.stopped == "lost":
            return False
        if outcome.document is not None:
            return self.store(partial(leases.finish, self.claim, outcome.document, outcome.weights))
        if outcome.worked is not None:
            return self.store(partial(leases.finish_step, self.claim, outcome.worked))
        self.keep_points()
        if outcome.stopped == "cancelled":
            return leases.stop(self.claim)
        if outcome.failure:
            return self.fail(outcome.failure, outcome)
        return leases.give_back(self.claim)

    def keep_points(self) -> None:
        """Write the last progress of a run without a result."""
        if self.live.points:
            leases.report(self.claim, self.live.snapshot(attempt=self.claim.attempt))

    def store(self, write: Callable[[], bool]) -> bool:
        """Store a result, or record why it cannot be stored. After an error of the site the run is tried again."""
        try:
            return write()
        except leases.TooLarge as error:
            return leases.fail(self.claim, Failure("size", {"bytes": error.size}))
        except leases.Unreadable as error:
            logger.warning("run %d: its document cannot be used: %s", self.claim.run_id, error)
            return leases.fail(self.claim, Failure("garbage", {"detail": str(error)[:MAX_DETAIL]}))
        except UNREACHABLE:
            raise
        except Exception:
            logger.exception("run %d: its result could not be stored", self.claim.run_id)
            return leases.fail(self.claim, Failure("unstored", is_final=False))

    def fail(self, failure: Failure, outcome: Outcome) -> bool:
        logger.warning("run %d: %s %s %s", self.claim.run_id, failure.code, failure.values, outcome.stderr[-500:])
        return leases.fail(self.claim, failure)


def guarded(act: Callable[[], Any]) -> Any:
    """Log any error of an act instead of ending the worker; return what the act returns, None after an error."""
    try:
        return act()
    except Exception:
        logger.exception("unexpected error in the worker")
        close_old_connections()
        time.sleep(PAUSE_SECONDS)
        return None
