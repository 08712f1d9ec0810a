"""Request, repeat and cancel runs. Each function is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from bpsandbox import conf, errors, lifecycle, wake
from bpsandbox.announcements import announce_later
from bpsandbox.lineage import parent_in
from bpsandbox.models import Attachment, GoneRun, Run, Spec
from bpsandbox.policies import can_cancel
from bpsandbox.querysets import AttachmentQuerySet, database_time, owned_by
from bpsandbox.quotas import Quota, quota_of, spend

Target = tuple[str, int]
RACES = 5
"""How many lost races in a row before a request is refused."""


@dataclass(frozen=True)
class RunRequest:
    """A request for a run: its owner, its target and its visibility.

    A member is `user`. A visitor has an `address` and a secret `owner_key` stored in the browser. The system has none.
    `keeps_visibility`: who has requested this spec before, without a target, shows it to the same people as before.
    """

    user: Any = None
    owner_key: str = ""
    address: str = ""
    is_system: bool = False
    title: str = ""
    text: str = ""
    visibility: str = Attachment.Visibility.PRIVATE
    target: Target | None = None
    keeps_visibility: bool = False

    @property
    def quota(self) -> Quota:
        return quota_of(user=self.user, owner_key=self.owner_key, address=self.address, is_system=self.is_system)


@dataclass(frozen=True)
class Submission:
    """The outcome of a request. `reused`: the run existed already, finished or active."""

    spec_hash: str
    run: Run
    attachment: Attachment
    reused: bool


def engine_version() -> str:
    """Return the version of this site's engine. Results of other versions are not reused."""
    return import_module(conf.current().engine).version()


@transaction.atomic
def submit(*, spec_hash: str, canonical: str, facts: dict[str, Any], request: RunRequest) -> Submission:
    """Attach a spec, and queue a run if there is none to share. Raises TooManyRuns; then nothing is written.

    A result of the same engine is reused and costs no quota; an active run is joined.
    """
    spec = kept_spec(spec_hash, canonical=canonical, facts=facts)
    attachment = attach(spec=spec, request=request)
    run = usable_run(spec)
    if run is not None:
        join(run=run, quota=request.quota)
        return Submission(spec_hash, run, attachment, reused=True)
    run, is_new = enqueue(spec=spec, request=request)
    return Submission(spec_hash, run, attachment, reused=not is_new)


@transaction.atomic
def attach_only(*, spec_hash: str, canonical: str, facts: dict[str, Any], request: RunRequest) -> Attachment:
    """Attach a spec without running it."""
    spec = kept_spec(spec_hash, canonical=canonical, facts=facts)
    return attach(spec=spec, request=request)


def kept_spec(spec_hash: str, *, canonical: str, facts: dict[str, Any]) -> Spec:
    """Return the spec with this hash, created if needed and locked against deletion until the transaction ends."""
    for _ in range(RACES):
        spec, _created = Spec.objects.get_or_create(hash=spec_hash, defaults={"canonical": canonical, "facts": facts})
        if keep(spec):
            return spec
    raise errors.SandboxError


def keep(spec: Spec) -> bool:
    """Lock a spec against deletion until the transaction ends; False if it is already deleted.

    A foreign key takes the same lock, but only at the commit. SQLite has one writer at a time and needs none.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {Spec._meta.db_table} WHERE id = %s FOR KEY SHARE", [spec.pk])
        return cursor.fetchone() is not None


@transaction.atomic
def attach(*, spec: Spec, request: RunRequest) -> Attachment:
    """Record a request for a spec, or renew an earlier one. Without a title and text the earlier ones are kept."""
    hours = conf.current().visitor_hours
    is_visitor = request.user is None and request.owner_key and not request.target
    changes = {
        **(written(spec, request) if request.title or request.text else {}),
        "visibility": request.visibility,
        "detached_at": None,
        "expires_at": timezone.now() + timedelta(hours=hours) if is_visitor else None,
    }
    owner = {"owner": request.user, "owner_key": request.owner_key if request.user is None else ""}
    if request.target:
        kind, number = request.target
        attachment, _ = Attachment.objects.update_or_create(
            spec=spec, target_kind=kind, target_id=number, defaults={**changes, **owner}
        )
        return attachment
    renewed = {name: value for name, value in changes.items() if name != "visibility" or not request.keeps_visibility}
    attachment, _ = Attachment.objects.update_or_create(
        spec=spec, target_id=None, **owner, defaults=renewed, create_defaults=changes
    )
    return attachment


def adopt(*, owner_key: str, user: Any) -> None:
    """Make a visitor's runs those of a member, who keeps them. What the member has already stays as it is."""
    own = Attachment.objects.filter(owner=user, target_id=None)
    try:
        with transaction.atomic():
            left = Attachment.objects.alive().filter(owned_by(None, owner_key), target_id=None)
            left.exclude(spec__in=own.values("spec")).update(owner=user, owner_key="", expires_at=None)
    except IntegrityError:  # requested one of them at the same moment: then they expire as before
        return


def written(spec: Spec, request: RunRequest) -> dict[str, str]:
    """Return what the text of a request says, besides the spec."""
    return {"title": request.title[:200], "text": request.text, "forked_from": parent_in(request.text, spec.hash)}


def usable_run(spec: Spec) -> Run | None:
    """Return the run that a new request shares: one with a complete result of this engine, else the active one."""
    runs = Run.objects.whole().filter(spec=spec, engine_version=engine_version()).defer("archive", "result")
    return runs.with_result().complete().order_by("-pk").first() or runs.active().first()


def active_run(spec: Spec) -> Run | None:
    """Return the queued or running run of the spec."""
    return Run.objects.whole().filter(spec=spec, engine_version=engine_version()).active().first()


def join(*, run: Run, quota: Quota) -> None:
    """Add a requester to an active run: priority and limits become the best of its requesters'."""
    if not run.is_active:
        return
    Run.objects.filter(pk=run.pk).active().update(
        priority=Least("priority", quota.priority),
        cpu_seconds=Greatest("cpu_seconds", quota.cpu_seconds),
        cancel_requested_at=None,
    )
    transaction.on_commit(wake.notify)


@transaction.atomic
def enqueue(*, spec: Spec, request: RunRequest, repeats: Run | None = None) -> tuple[Run, bool]:
    """Queue a new run and return it with True, or the run that somebody else has just queued with False.

    The other run may end before it can be joined. Its result is then shared, except by a repetition.
    """
    quota = request.quota
    spend(quota)
    for _ in range(RACES):
        run = created(spec=spec, request=request, quota=quota, repeats=repeats)
        if run is not None:
            choose_current(spec_id=spec.pk)
            transaction.on_commit(wake.notify)
            return run, True
        other = usable_run(spec) if repeats is None else active_run(spec)
        if other is not None:
            join(run=other, quota=quota)
            return other, False
    raise errors.SandboxError


@transaction.atomic
def work_step(*, spec: Spec, working: str, request: RunRequest) -> Run:
    """Return the run that works one step of a spec, queued if needed. Raises TooManyRuns.

    `working` names the step, see Run.working. A step that this engine has worked is reused; one that failed or ran
    out of time is worked again.
    """
    quota = request.quota
    for attempt in range(RACES):
        steps = Run.objects.filter(spec=spec, engine_version=engine_version(), working=working).defer("archive")
        known = steps.worked().order_by("-pk").first() or steps.active().first()
        if known is not None:
            join(run=known, quota=quota)
            return known
        if attempt == 0:
            spend(quota, is_step=True)
        run = created(spec=spec, request=request, quota=quota, repeats=None, working=working)
        if run is not None:
            transaction.on_commit(wake.notify)
            return run
    raise errors.SandboxError


def created(*, spec: Spec, request: RunRequest, quota: Quota, repeats: Run | None, working: str = "") -> Run | None:
    """Create a queued run; None if the spec has an active one, or one that works the same step."""
    try:
        with transaction.atomic():
            return Run.objects.create(
                spec=spec,
                engine_version=engine_version(),
                working=working,
                requester=request.user,
                quota_key=quota.key,
                network=quota.network,
                priority=quota.priority,
                cpu_seconds=quota.cpu_seconds,
                repeats=repeats,
            )
    except IntegrityError:
        return None


@transaction.atomic
def rerun(*, spec: Spec, request: RunRequest) -> Submission:
    """Run a spec again even if it has a result, and compare both results afterwards. Costs quota."""
    if not keep(spec):
        raise errors.RunNotFound
    attachment = attach(spec=spec, request=request)
    active = active_run(spec)
    if active is not None:
        join(run=active, quota=request.quota)
        return Submission(spec.hash, active, attachment, reused=True)
    earlier = Run.objects.whole().filter(spec=spec).with_result().defer("archive", "result").order_by("-pk").first()
    run, is_new = enqueue(spec=spec, request=request, repeats=earlier)
    return Submission(spec.hash, run, attachment, reused=not is_new)


@transaction.atomic
def cancel(*, spec: Spec, user: Any = None, owner_key: str = "", everyone: bool = False) -> bool:
    """Withdraw a request for a spec's run; return whether the run ends: it continues while others wait for it.

    `everyone` lets staff end it for all. Raises NotYours, or AlreadyEnded if no run is active.
    """
    mine = spec.attachments.filter(owned_by(user, owner_key))
    if not can_cancel(user, is_owner=mine.exists()):
        raise errors.NotYours
    if not Run.objects.whole().filter(spec=spec).active().exists():
        raise errors.AlreadyEnded
    leaving = spec.attachments.all() if everyone or not mine.exists() else mine
    leaving.filter(detached_at=None).update(detached_at=timezone.now())
    return end_unwanted(spec_ids=[spec.pk]) > 0


@transaction.atomic
def detach(*, target: Target, keep: tuple[str, ...] = ()) -> None:
    """Delete the attachments of a target, except to the specs with these hashes; end runs that nobody waits for."""
    kind, number = target
    gone = Attachment.objects.filter(target_kind=kind, target_id=number).exclude(spec__hash__in=keep)
    spec_ids = list(gone.values_list("spec_id", flat=True))
    note_gone(gone)
    gone.delete()
    end_unwanted(spec_ids=spec_ids)


@transaction.atomic
def remove_specs(specs: QuerySet[Spec]) -> None:
    """Delete specs with all their runs, for staff. Their pages say so to whoever could open them."""
    spec_ids = list(specs.values_list("pk", flat=True))
    note_gone(Attachment.objects.filter(spec__in=spec_ids))
    Spec.objects.filter(pk__in=spec_ids).delete()


@transaction.atomic
def remove_attachments(attachments: QuerySet[Attachment]) -> None:
    """Delete attachments, for staff; end runs that nobody waits for."""
    gone = Attachment.objects.filter(pk__in=list(attachments.values_list("pk", flat=True)))
    spec_ids = list(gone.values_list("spec_id", flat=True))
    note_gone(gone)
    gone.delete()
    end_unwanted(spec_ids=spec_ids)


def note_gone(attachments: AttachmentQuerySet) -> None:
    """Note the specs of attachments that are about to be deleted, as far as everybody with the address can see them."""
    hashes = attachments.open_to_all().values_list("spec__hash", flat=True)
    GoneRun.objects.bulk_create([GoneRun(hash=each) for each in set(hashes)], ignore_conflicts=True)


def end_unwanted(*, spec_ids: list[int]) -> int:
    """End the active runs of these specs that nobody waits for; return how many."""
    waiting = Count("attachments", filter=Q(attachments__detached_at=None))
    unwanted = Spec.objects.filter(pk__in=spec_ids).annotate(waiting=waiting).filter(waiting=0).values("pk")
    runs = Run.objects.active().filter(spec__in=unwanted).values_list("pk", flat=True)
    return sum(end_run(run_id=pk) for pk in list(runs))


def end_run(*, run_id: int) -> bool:
    """Take a run out of the queue, or ask its worker to end it."""
    rows = Run.objects.filter(pk=run_id)
    if rows.move("withdraw", cancel_requested_at=timezone.now()):
        choose_current(spec_id=rows.values_list("spec_id", flat=True).get())
        announce_later(run_id)
        return True
    return rows.filter(state=lifecycle.RUNNING).update(cancel_requested_at=timezone.now()) == 1


def choose_current(*, spec_id: int) -> None:
    """Set the run that a spec shows: its newest complete result, else one that a limit cut short, else its active run,
    else the last that ended.
    """
    runs = Run.objects.whole().filter(spec=spec_id).only("pk").order_by("-pk")
    ended = runs.with_result()
    current = ended.complete().first() or ended.first() or runs.active().first() or runs.first()
    Spec.objects.filter(pk=spec_id).exclude(current_run=current).update(current_run=current, traits_of=None)


@transaction.atomic
def expire() -> int:
    """Delete expired attachments of visitors, and specs without other attachments; return how many."""
    over = Attachment.objects.filter(expires_at__lte=database_time())
    spec_ids = list(over.values_list("spec_id", flat=True))
    note_gone(over)
    over.delete()
    end_unwanted(spec_ids=spec_ids)
    return forget(Spec.objects.filter(pk__in=spec_ids))


@transaction.atomic
def purge() -> int:
    """Delete old specs without an attachment or a recent run, and old worked steps; return how many specs."""
    long_ago = timezone.now() - timedelta(days=conf.current().orphan_days)
    Run.objects.steps().filter(finished_at__lt=long_ago).delete()
    GoneRun.objects.filter(deleted_at__lt=long_ago).delete()
    fresh = Run.objects.filter(created_at__gt=long_ago).values("spec")
    return forget(Spec.objects.filter(created_at__lt=long_ago).exclude(pk__in=fresh))


def forget(specs: Any) -> int:
    """Delete those of the specs that have neither an attachment nor an active run; return how many.

    They are locked first. A spec that another transaction is attaching is locked already and is skipped.
    """
    candidates = list(unwanted(specs).values_list("pk", flat=True))
    locked = Spec.objects.filter(pk__in=candidates).select_for_update(skip_locked=True).values_list("pk", flat=True)
    return unwanted(Spec.objects.filter(pk__in=list(locked))).delete()[1].get("bpsandbox.Spec", 0)


def unwanted(specs: Any) -> Any:
    return specs.filter(attachments=None).exclude(pk__in=Run.objects.active().values("spec"))
