"""The living archive: public runs of earlier engines, repeated on this one, and how far their numbers drift.

A repetition is a run beside the old one, which is kept: `Run.repeats` names it, `Run.agreement` compares them.
A spec that has a result of this engine is done, so that whatever ends the work, it goes on where it was. Idle workers
repeat one run at a time; `rerun_archive` repeats all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from bpsandbox import conf, errors, lifecycle, services
from bpsandbox.certificates import public_specs
from bpsandbox.document import Agreement, Summary
from bpsandbox.models import SYSTEM, Run, Spec
from bpsandbox.quotas import serialize
from bpsandbox.selectors import BRIEF, Brief, brief_of, stored

DAY = timedelta(days=1)
CANDIDATES = 20
MOST_REPEATED = 2_000
"""Most repetitions that the report counts, the newest ones."""
MOST_LISTED = 50
"""Most runs that the report lists."""


@dataclass(frozen=True)
class Drift:
    """A run of an earlier engine beside its repetition. `same_until`: the last step with equal numbers; `misses`: one
    of them has numbers where the other has none.
    """

    spec_hash: str
    title: str
    earlier_run: int
    earlier_engine: str
    run: int
    final: float | None
    same_until: float | None
    largest_difference: float
    misses: bool = False

    @property
    def has_drifted(self) -> bool:
        return self.largest_difference > 0 or self.misses

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def outdated() -> QuerySet[Spec]:
    """Return the public specs with complete results of other engines and no result of this one, oldest first."""
    ours = Run.objects.whole().with_result().filter(spec=OuterRef("pk"), engine_version=services.engine_version())
    shown = Run.objects.with_result().complete().filter(pk=OuterRef("current_run"))
    return public_specs().filter(Exists(shown), ~Exists(ours)).order_by("pk")


def repeat_next() -> int | None:
    """Queue the repetition of the next run for an idle worker; return its number, None if there is none.

    A spec whose repetition has failed is tried again by `rerun_archive` alone. Results of later engines are left alone:
    while a release is rolled out, workers of the one before are idle too.
    """
    ours = services.engine_version()
    tried = Run.objects.whole().filter(spec=OuterRef("pk"), engine_version=ours, repeats__isnull=False)
    found = outdated().filter(~Exists(tried)).values_list("pk", "current_run__engine_version")[:CANDIDATES]
    earlier = [pk for pk, engine in found if _is_earlier(engine, ours)]
    return repeat(earlier[0]) if earlier else None


def queue_next() -> tuple[bool, int | None]:
    """Return whether a run may be repeated now, and the number of the one that was queued, if any was left.

    Idle workers that look at the same moment wait for each other: the second one sees what the first has queued.
    """
    if not may_repeat():  # looked at without the lock first: a busy site's idle slots look every few seconds
        return False, None
    with transaction.atomic():
        serialize("archive")
        return (True, repeat_next()) if may_repeat() else (False, None)


def may_repeat() -> bool:
    """Return whether no run waits or trains anywhere, and some of the day's time is left."""
    return not Run.objects.active().exists() and seconds_today() < conf.current().archive_seconds


def seconds_today() -> float:
    """Return how long repetitions that the system queued, here or by `rerun_archive`, have trained in 24 hours."""
    ended = Run.objects.filter(repeats__isnull=False, priority=SYSTEM, finished_at__gt=timezone.now() - DAY)
    times = ended.values_list("started_at", "finished_at")
    return sum((end - start).total_seconds() for start, end in times if start is not None and end is not None)


@transaction.atomic
def repeat(spec_id: int) -> int | None:
    """Queue the repetition of a spec's run, after everybody's runs; return its number.

    None if the spec is gone, or is not public any more since it was listed.
    """
    rows = public_specs().select_related("current_run").defer("current_run__archive")
    spec = rows.filter(pk=spec_id).first()
    if spec is None or spec.current_run is None or not services.keep(spec):
        return None
    request = services.RunRequest(is_system=True)
    try:
        run, _is_new = services.enqueue(spec=spec, request=request, repeats=spec.current_run)
    except errors.SandboxError:
        return None
    return run.pk


def ended(run_ids: set[int]) -> dict[int, bool]:
    """Return those of the runs that have ended or are gone, each with whether it has a result."""
    states = dict(Run.objects.filter(pk__in=run_ids).values_list("pk", "state"))
    over = {pk: state in lifecycle.WITH_RESULT for pk, state in states.items() if state not in lifecycle.ACTIVE}
    return over | dict.fromkeys(run_ids - states.keys(), False)


def drifts() -> Iterator[Drift]:
    """Yield every public run of this engine that repeats one of another, oldest first."""
    rows = Run.objects.whole().with_result().filter(spec__in=public_specs(), repeats__isnull=False)
    rows = rows.filter(engine_version=services.engine_version()).exclude(
        repeats__engine_version=services.engine_version()
    )
    wanted = ("spec__hash", "spec__facts", "repeats__engine_version", "agreement", "summary", "engine_version")
    for run in rows.select_related("spec", "repeats").only(*wanted).order_by("spec", "pk").iterator(chunk_size=200):
        compared, summary = stored(Agreement, run.agreement), stored(Summary, run.summary)
        if compared is None or run.repeats is None:
            continue
        yield Drift(
            spec_hash=run.spec.hash,
            title=(run.spec.facts.get("words", {}).get("en") or {}).get("title", ""),
            earlier_run=run.repeats.pk,
            earlier_engine=run.repeats.engine_version,
            run=run.pk,
            final=summary.final if summary else None,
            same_until=compared.same_until,
            largest_difference=compared.largest_difference,
            misses=bool(compared.misses),
        )


@dataclass(frozen=True)
class Repeated:
    """A public run with numbers that changed on this engine. `same_until`: the last step with equal numbers."""

    brief: Brief
    earlier_engine: str
    same_until: float | None
    largest_difference: float | None
    """None where one of the two runs has no number."""


@dataclass
class EngineCounts:
    """Public runs of an earlier engine: those not repeated on this one, and how the repeated ones compare."""

    engine: str
    waiting: int = 0
    identical: int = 0
    same_until: int = 0
    """Those with the same numbers up to a step after the first."""
    drifted: int = 0
    """Those with other numbers from the start, or with numbers missing in one of the two."""

    @property
    def repeated(self) -> int:
        return self.identical + self.same_until + self.drifted


@dataclass(frozen=True)
class Report:
    """What the living archive has found. `current`: public runs whose result is of this engine.

    `later`: those of a later one, while a release is rolled out or after one was taken back.
    """

    engine: str
    current: int
    later: int
    engines: tuple[EngineCounts, ...]
    changed: tuple[Repeated, ...] = field(default=())
    """The newest ones whose numbers are not all the same."""
    is_cut: bool = False
    """Whether older repetitions are not counted."""


def report() -> Report:
    """Return how the public runs of earlier engines compare with their repetitions on this one, newest first."""
    ours = services.engine_version()
    shown = public_specs().filter(current_run__state__in=lifecycle.WITH_RESULT).order_by()
    of_engine = shown.values("current_run__engine_version").annotate(count=Count("pk"))
    waiting = dict(of_engine.values_list("current_run__engine_version", "count"))
    current = waiting.pop(ours, 0)
    later = sum(count for engine, count in waiting.items() if not _is_earlier(engine, ours))
    engines = {
        engine: EngineCounts(engine, waiting=count) for engine, count in waiting.items() if _is_earlier(engine, ours)
    }
    changed: list[Repeated] = []
    rows = list(_repetitions(ours)[: MOST_REPEATED + 1])
    for run in rows[:MOST_REPEATED]:
        compared = stored(Agreement, run.agreement)
        if compared is None or run.repeats is None or not _is_earlier(run.repeats.engine_version, ours):
            continue
        earlier = run.repeats.engine_version
        kind = _kind(compared)
        counts = engines.setdefault(earlier, EngineCounts(earlier))
        setattr(counts, kind, getattr(counts, kind) + 1)
        if kind != "identical" and len(changed) < MOST_LISTED:
            largest = None if compared.misses else compared.largest_difference
            changed.append(Repeated(brief_of(run.spec), earlier, compared.same_until, largest))
    ordered = tuple(sorted(engines.values(), key=lambda each: _version(each.engine), reverse=True))
    return Report(ours, current, later, ordered, tuple(changed), len(rows) > MOST_REPEATED)


def _repetitions(engine: str) -> QuerySet[Run]:
    """Return the public runs of an engine that repeat one of another, newest first, each spec's newest one."""
    rows = Run.objects.whole().with_result().filter(spec__in=public_specs(), repeats__isnull=False)
    rows = rows.filter(engine_version=engine, agreement__isnull=False).exclude(repeats__engine_version=engine)
    later = rows.filter(spec=OuterRef("spec"), pk__gt=OuterRef("pk"))
    wanted = ("agreement", "repeats__engine_version", *(f"spec__{name}" for name in BRIEF))
    return rows.filter(~Exists(later)).select_related("spec__current_run", "repeats").only(*wanted).order_by("-pk")


def _kind(compared: Agreement) -> str:
    """Return the count that a comparison belongs to. Runs of two engines are never called identical in it."""
    if not compared.misses and compared.largest_difference == 0:
        return "identical"
    return "same_until" if compared.same_until and not compared.misses else "drifted"


def _is_earlier(engine: str, other: str) -> bool:
    return _version(engine) < _version(other)


def _version(engine: str) -> tuple[tuple[int, str], ...]:
    """Return what engines are sorted by: numbers by their value."""
    return tuple((int(part), "") if part.isdecimal() and len(part) < 10 else (-1, part) for part in engine.split("."))
