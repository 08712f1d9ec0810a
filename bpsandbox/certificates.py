"""Certificates of public runs: the site repeats each while it is idle, and keeps how the numbers compare.

A certificate is claimed with a lease and a fencing token, as a run is (ADR 4), but in its own table: a repetition is in
nobody's queue, history or quota, and only its outcome is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from bpsandbox import conf, lifecycle
from bpsandbox.document import Document
from bpsandbox.leases import YIELD_SECONDS, lease_end
from bpsandbox.models import Attachment, Certificate, Run, Spec
from bpsandbox.querysets import database_time
from bpsandbox.runner import results
from bpsandbox.services import engine_version

RECENT = 500
"""How many of the newest runs a quick look considers."""
CANDIDATES = 4
State = Certificate.State


@dataclass(frozen=True)
class Repetition:
    """A run that this worker has claimed to repeat, with the fencing token of the claim."""

    run_id: int
    canonical: str
    fence: int
    attempt: int
    worker: str

    @property
    def row(self) -> QuerySet[Certificate]:
        return Certificate.objects.filter(run=self.run_id, fence=self.fence, state=State.CHECKING)


def public_specs() -> QuerySet[Spec]:
    """Return the specs that lists may show to anyone."""
    listed = Attachment.objects.listed_for(None).filter(spec=OuterRef("pk"))
    return Spec.objects.filter(Exists(listed))


def due(*, is_thorough: bool = False) -> QuerySet[Run]:
    """Return the public runs of this engine that have no certificate, newest first.

    A quick look considers the newest ones; a thorough one all, whose cost grows with the site.
    """
    free = Q(certificate=None) | Q(
        certificate__state=State.CHECKING,
        certificate__lease_until__lt=database_time(),
        certificate__attempts__lt=conf.current().attempts,
    )
    shown = public_specs().order_by().values("current_run")
    runs = Run.objects.whole().with_result().filter(free, pk__in=shown, engine_version=engine_version())
    if not is_thorough:
        newest = Run.objects.aggregate(newest=Max("pk"))["newest"] or 0
        runs = runs.filter(pk__gt=newest - RECENT)
    return runs.complete().order_by("-pk")


def claim_next(worker: str, *, is_thorough: bool = False) -> Repetition | None:
    """Claim a run to repeat; None if none is due, if anything waits or trains here, or if the day's time is spent."""
    is_busy = Run.objects.queued().exists() or training_at(worker).exists()
    if is_busy or seconds_today() >= conf.current().certificate_seconds:
        return None
    for run_id in list(due(is_thorough=is_thorough).values_list("pk", flat=True)[:CANDIDATES]):
        repetition = claim(run_id, worker=worker)
        if repetition is not None:
            return repetition
    return None


def training_at(worker: str) -> QuerySet[Run]:
    """Return the runs that a worker trains: a repetition beside them would take their processor."""
    return Run.objects.filter(state=lifecycle.RUNNING, worker=worker)


def seconds_today() -> float:
    """Return how long repetitions have trained that were claimed or ended in the last 24 hours."""
    recent = Certificate.objects.filter(lease_until__gt=timezone.now() - timedelta(days=1))
    return recent.aggregate(spent=Sum("seconds"))["spent"] or 0.0


def claim(run_id: int, *, worker: str) -> Repetition | None:
    """Claim the repetition of one run; None if another worker has it, or if the run was deleted."""
    run = Run.objects.select_related("spec").only("spec__canonical", "engine_version").filter(pk=run_id).first()
    if run is None:
        return None
    begun = {"lease_until": database_time(), "engine_version": run.engine_version, "spec": run.spec}
    try:
        with transaction.atomic():
            row, _ = Certificate.objects.get_or_create(run=run, defaults=begun)
    except IntegrityError:  # the run was deleted meanwhile
        return None
    free = Certificate.objects.filter(
        pk=row.pk, fence=row.fence, state=State.CHECKING, lease_until__lte=database_time()
    )
    if not free.update(fence=F("fence") + 1, attempts=F("attempts") + 1, lease_until=lease_end(), worker=worker):
        return None
    return Repetition(run_id, run.spec.canonical, row.fence + 1, row.attempts + 1, worker)


def renew(repetition: Repetition) -> str | None:
    """Renew the lease; return why the repetition must end now: "lost", or "yielded" to a run that waits or trains."""
    if repetition.row.update(lease_until=lease_end()) != 1:
        return "lost"
    waiting = Run.objects.claimable().filter(created_at__lt=database_time(plus=-YIELD_SECONDS))
    return "yielded" if training_at(repetition.worker).exists() or waiting.exists() else None


def give_back(repetition: Repetition, *, seconds: float) -> bool:
    """Leave the repetition to a later idle time, without counting an attempt."""
    return _end(repetition, seconds, attempts=F("attempts") - 1)


def fail(repetition: Repetition, *, seconds: float, is_final: bool) -> bool:
    """Record that the repetition had no result; it is tried again unless that is final."""
    is_over = is_final or repetition.attempt >= conf.current().attempts
    return _end(repetition, seconds, **({"state": State.FAILED, "checked_at": database_time()} if is_over else {}))


def finish(repetition: Repetition, document: Document, *, seconds: float) -> bool:
    """Compare the repetition with the run and store the outcome; False if the run is gone or another worker has it."""
    archive = Run.objects.filter(pk=repetition.run_id).values_list("archive", flat=True).first()
    if archive is None:
        return fail(repetition, seconds=seconds, is_final=True)
    return _end(repetition, seconds, checked_at=database_time(), **outcome(document, results.unpack(bytes(archive))))


def _end(repetition: Repetition, seconds: float, **changes: Any) -> bool:
    ended = {"lease_until": database_time(), "fence": F("fence") + 1, "seconds": F("seconds") + seconds}
    return repetition.row.update(**{**ended, **changes}) == 1


def outcome(ours: Document, theirs: Document) -> dict[str, Any]:
    """Compare a repetition with a run: the columns of its certificate.

    Identical: every bit. On another fingerprint, where rounding differs, it agrees up to the last step at which all
    numbers are the same to 10 decimals; on the same fingerprint anything but identity is a difference, and so are other
    steps. Where a number is missing in one of the two there is no largest difference.
    """
    compared, until = results.compared(ours, theirs), results.horizon(ours, theirs)
    ours_print, theirs_print = (each.provenance.fingerprint if each.provenance else "" for each in (ours, theirs))
    is_same_place = bool(ours_print) and ours_print == theirs_print
    if compared.identical:
        state = State.IDENTICAL
    else:
        state = State.DIFFERS if is_same_place or until is None or ours.steps != theirs.steps else State.AGREES
    return {
        "state": state,
        "fingerprint": ours_print[:40],
        "same_until": until,
        "last_step": theirs.steps[-1] if theirs.steps else 0,
        "largest_difference": None if misses_numbers(ours, theirs) else compared.largest_difference,
    }


def misses_numbers(ours: Document, theirs: Document) -> bool:
    """Return whether one of two runs has no number where the other has one."""
    return _gaps(ours) != _gaps(theirs)


def _gaps(document: Document) -> tuple[Any, ...]:
    curves = {name: [[value is None for value in point] for point in curve] for name, curve in document.curves.items()}
    return tuple(document.steps), curves
