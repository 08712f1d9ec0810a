"""Claim a run with a lease and a fencing token, report its progress, and release it.

Every write of a worker carries the fencing token of its claim. A worker whose lease has expired finds another token in
the row, writes nothing and kills its child.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from bpsandbox import conf, identity, lifecycle, storage, traits, wake
from bpsandbox.announcements import announce_later
from bpsandbox.document import Document, SeedWeights, Stop, WorkedExample
from bpsandbox.models import SYSTEM, Run, TrainedWeights
from bpsandbox.querysets import RunQuerySet, database_time
from bpsandbox.runner import Example, Failure, results
from bpsandbox.services import choose_current, engine_version

Lease = tuple[int, int, Any]
"""A run, the fencing token of its claim, and when the lease expires."""

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, DataError)
"""Exceptions of parsers and the database for a document of the wrong shape."""
CANDIDATES = 8
YIELD_SECONDS = 0.2


@dataclass(frozen=True)
class Claim:
    """A run that this worker has claimed, with the fencing token of the claim."""

    run_id: int
    spec_id: int
    canonical: str
    fence: int
    attempt: int
    cpu_seconds: float
    priority: int
    repeats_id: int | None
    example: Example | None = None
    """The step to work; None for a complete run."""

    @property
    def row(self) -> Any:
        return Run.objects.filter(pk=self.run_id, fence=self.fence, state=lifecycle.RUNNING)


def claim_next(worker: str) -> Claim | None:
    """Claim the run with the highest priority; None if there is none or other workers claimed it first."""
    for run_id, fence in list(Run.objects.claimable().values_list("pk", "fence")[:CANDIDATES]):
        if claim(run_id, fence=fence, worker=worker):
            return held(run_id, fence=fence + 1)
    return None


def claim(run_id: int, *, fence: int, worker: str) -> bool:
    """Claim one queued run. A constraint of the database refuses a requester's second running run."""
    try:
        with transaction.atomic():
            return Run.objects.filter(pk=run_id).move(
                "claim",
                fence=fence,
                worker=worker,
                lease_until=lease_end(),
                attempts=F("attempts") + 1,
                started_at=database_time(),
            )
    except IntegrityError:
        return False


def held(run_id: int, *, fence: int) -> Claim | None:
    run = Run.objects.select_related("spec").filter(pk=run_id, fence=fence, state=lifecycle.RUNNING).first()
    if run is None:
        return None
    return Claim(
        run_id=run.pk,
        spec_id=run.spec_id,
        canonical=run.spec.canonical,
        fence=fence,
        attempt=run.attempts,
        cpu_seconds=run.cpu_seconds,
        priority=run.priority,
        repeats_id=run.repeats_id,
        example=example_of(run.working),
    )


def example_of(working: str) -> Example | None:
    """Parse Run.working."""
    if not working:
        return None
    sample, step, seed = map(int, working.split("."))
    return Example(sample, step, seed)


def lease_end() -> Any:
    return database_time(plus=conf.current().lease_seconds)


def report(claim: Claim, progress: dict[str, Any]) -> bool:
    """Write progress, renew the lease and tell the run's followers; False when another worker has the run."""
    written = claim.row.update(progress=progress, progress_seq=F("progress_seq") + 1, lease_until=lease_end()) == 1
    transaction.on_commit(partial(wake.topic(wake.RUNS).say, str(claim.run_id)))
    return written


def renew(claim: Claim) -> str | None:
    """Renew the lease; return why the run must end now, None while it may go on."""
    if claim.row.update(lease_until=lease_end()) != 1:
        return "lost"
    if claim.row.filter(cancel_requested_at__isnull=False).exists():
        return "cancelled"
    return "yielded" if must_yield(claim) else None


def must_yield(claim: Claim) -> bool:
    """Return whether a system run must give up its slot, because a person's run waits without a free slot."""
    if claim.priority != SYSTEM or not claim.row.filter(priority=SYSTEM).exists():
        return False
    waiting = Run.objects.claimable().filter(priority__lt=SYSTEM)
    return waiting.filter(created_at__lt=database_time(plus=-YIELD_SECONDS)).exists()


class TooLarge(Exception):
    """A result has more bytes than may be stored."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a result of {size} bytes")
        self.size = size


class Unreadable(Exception):
    """A document that cannot be read."""


def finish(claim: Claim, document: Document, weights: Sequence[SeedWeights] = ()) -> bool:
    """Store the result of a run; False when another worker has it. Raises TooLarge or Unreadable, writing nothing.

    Only what reads the child's document makes it Unreadable. Any other exception is a failure of the site.
    """
    repeated = repeated_document(claim)
    with reading():
        name, columns, rows = outcome_of(claim, document, weights, repeated)
    with transaction.atomic():
        with reading():
            moved = Run.objects.filter(pk=claim.run_id).move(name, fence=claim.fence, **columns)
        if concluded(claim, moved):
            storage.store(rows)
            traits.note(spec_id=claim.spec_id, run_id=claim.run_id, canonical=claim.canonical, document=document)
        return moved


@contextmanager
def reading() -> Iterator[None]:
    """Raise Unreadable for any exception that a malformed document can cause."""
    try:
        yield
    except UNREADABLE as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def outcome_of(
    claim: Claim, document: Document, weights: Sequence[SeedWeights], repeated: Document | None
) -> tuple[str, dict[str, Any], list[TrainedWeights]]:
    """Return the move that ends a run, its columns and its trained weights."""
    rows = storage.rows_of(claim.run_id, claim.canonical, document, weights)
    largest = {row.place: row.largest for row in rows}
    document = replace(document, stored_weights=tuple(map(largest.get, document.columns)) if rows else None)
    name = "diverge" if document.has_diverged else "succeed"
    return name, result_columns(document, repeated), rows


def finish_step(claim: Claim, worked: WorkedExample | Stop) -> bool:
    """Store a worked step, or how the seed ended before it; False when the run is no longer ours.

    Raises TooLarge, or Unreadable for another step than the one asked for.
    """
    if isinstance(worked, WorkedExample) and Example(worked.sample, worked.step, worked.seed) != claim.example:
        raise Unreadable("another step than the one asked for")
    kind = "stop" if isinstance(worked, Stop) else "example"
    archive = results.squeeze({kind: worked.to_json()})
    if len(archive) > conf.current().result_bytes:
        raise TooLarge(len(archive))
    is_cut_short = isinstance(worked, Stop) and worked.reason == "limit"
    columns = {
        "engine_version": engine_version(),
        "archive": archive,
        "result": {"worked": "limit" if is_cut_short else kind},
        "progress": None,
        "cancel_requested_at": None,
        "failure": None,
    }
    with transaction.atomic():
        return concluded(claim, Run.objects.filter(pk=claim.run_id).move("succeed", fence=claim.fence, **columns))


def result_columns(document: Document, repeated: Document | None) -> dict[str, Any]:
    archive = results.pack(document)
    if len(archive) > conf.current().result_bytes:
        raise TooLarge(len(archive))
    return {
        "engine_version": document.engine[:40],
        "result": results.display(document).to_json(),
        "card": results.card(document).to_json(),
        "summary": results.summary(document).to_json(),
        "archive": archive,
        "agreement": results.compared(document, repeated).to_json() if repeated else None,
        "progress": None,
        "cancel_requested_at": None,
        "failure": None,
    }


def repeated_document(claim: Claim) -> Document | None:
    """Return the result of the run that this one repeats, to compare it with."""
    if claim.repeats_id is None:
        return None
    archive = Run.objects.filter(pk=claim.repeats_id).values_list("archive", flat=True).first()
    return results.unpack(bytes(archive)) if archive else None


@transaction.atomic
def fail(claim: Claim, failure: Failure) -> bool:
    """End a run without a result, or queue it again if it may be retried; False when another worker has it."""
    if not failure.is_final and claim.attempt < conf.current().attempts:
        return Run.objects.filter(pk=claim.run_id).move("give_back", fence=claim.fence)
    stored = {"code": failure.code, "values": {**failure.values, "attempts": claim.attempt}}
    rows = Run.objects.filter(pk=claim.run_id)
    moved = rows.move("fail", fence=claim.fence, failure=stored)
    return concluded(claim, moved)


@transaction.atomic
def stop(claim: Claim) -> bool:
    """End a cancelled run, or queue it again if somebody has requested it since; False when another worker has it."""
    rows = Run.objects.filter(pk=claim.run_id)
    cancelled = rows.filter(cancel_requested_at__isnull=False)
    moved = cancelled.move("stop", fence=claim.fence)
    return concluded(claim, moved) or give_back(claim)


def give_back(claim: Claim) -> bool:
    """Put a run back into the queue, without counting an attempt. False when another worker has it."""
    return Run.objects.filter(pk=claim.run_id).move("give_back", fence=claim.fence, attempts=F("attempts") - 1)


def concluded(claim: Claim, moved: bool) -> bool:
    if moved:
        choose_current(spec_id=claim.spec_id)
        announce_later(claim.run_id)
    return moved


def late() -> set[Lease]:
    """Return the leases that have expired by the current clock, which may have jumped."""
    return set(Run.objects.with_expired_lease().values_list("pk", "fence", "lease_until"))


def recover(late: set[Lease]) -> int:
    """Recover runs whose worker has disappeared: queue them again or end them; return how many.

    These are the runs of `late` whose lease was not renewed since, and those whose worker is known to be dead.
    """
    running = Run.objects.filter(state=lifecycle.RUNNING).values_list("pk", "fence", "worker")
    orphaned = [(pk, fence) for pk, fence, worker in list(running) if identity.is_dead(worker)]
    taken = sum(recover_one(Run.objects.filter(pk=pk, lease_until=end), fence) for pk, fence, end in late)
    return taken + sum(recover_one(Run.objects.filter(pk=pk), fence) for pk, fence in orphaned)


@transaction.atomic
def recover_one(row: RunQuerySet, fence: int) -> bool:
    """Recover one run, unless its state has changed."""
    run = row.filter(fence=fence).values("pk", "spec_id", "attempts", "cancel_requested_at").first()
    if run is None:
        return False
    if run["cancel_requested_at"] is None and run["attempts"] < conf.current().attempts:
        return row.move("requeue", fence=fence)
    if run["cancel_requested_at"] is not None:
        ended = row.move("abandon", fence=fence)
    else:
        ended = row.move("give_up", fence=fence, failure={"code": "lost", "values": {"attempts": run["attempts"]}})
    if ended:
        choose_current(spec_id=run["spec_id"])
        announce_later(run["pk"])
    return ended
