"""What people do with runs: want one, repeat it, stop waiting for it. One transaction each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from bpsandbox import conf, errors, lifecycle, wake
from bpsandbox.announcements import announce_later
from bpsandbox.models import Attachment, Run, Spec
from bpsandbox.policies import can_cancel
from bpsandbox.querysets import database_time, owned_by
from bpsandbox.quotas import Quota, quota_of, spend

Target = tuple[str, int]
RACES = 5
"""How often somebody else may be faster in a row before a wish is refused."""


@dataclass(frozen=True)
class Wish:
    """Who wants a run, for what, and who may see it.

    A member is `user`. A visitor has an `address` and a secret `owner_key` kept by the browser. The system has neither.
    """

    user: Any = None
    owner_key: str = ""
    address: str = ""
    is_system: bool = False
    title: str = ""
    text: str = ""
    visibility: str = Attachment.Visibility.PRIVATE
    target: Target | None = None

    @property
    def quota(self) -> Quota:
        return quota_of(user=self.user, owner_key=self.owner_key, address=self.address, is_system=self.is_system)


@dataclass(frozen=True)
class Submission:
    """What became of a wish. `reused`: the run was there already, with a result or on its way."""

    spec_hash: str
    run: Run
    attachment: Attachment
    reused: bool


def engine_version() -> str:
    """Return the version of the engine that trains here; results of another one are not reused."""
    return import_module(conf.current().engine).version()


@transaction.atomic
def submit(*, spec_hash: str, canonical: str, facts: dict[str, Any], wish: Wish) -> Submission:
    """Attach a spec and see that it gets its run. Raises TooManyRuns; then nothing is written.

    A result of the same engine is reused at once and costs no quota; a run on its way is joined.
    """
    spec = kept_spec(spec_hash, canonical=canonical, facts=facts)
    attachment = attach(spec=spec, wish=wish)
    run = usable_run(spec)
    if run is not None:
        join(run=run, quota=wish.quota)
        return Submission(spec_hash, run, attachment, reused=True)
    run, is_new = enqueue(spec=spec, wish=wish)
    return Submission(spec_hash, run, attachment, reused=not is_new)


@transaction.atomic
def attach_only(*, spec_hash: str, canonical: str, facts: dict[str, Any], wish: Wish) -> Attachment:
    """Attach a spec without running it."""
    spec = kept_spec(spec_hash, canonical=canonical, facts=facts)
    return attach(spec=spec, wish=wish)


def kept_spec(spec_hash: str, *, canonical: str, facts: dict[str, Any]) -> Spec:
    """Return the spec with this hash, created if needed. It is not forgotten before the transaction ends."""
    for _ in range(RACES):
        spec, _created = Spec.objects.get_or_create(hash=spec_hash, defaults={"canonical": canonical, "facts": facts})
        if keep(spec):
            return spec
    raise errors.SandboxError


def keep(spec: Spec) -> bool:
    """Lock a spec against being forgotten until the transaction ends; False when it is gone already.

    A foreign key takes the same lock, but only at the commit. SQLite has one writer at a time and needs none.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {Spec._meta.db_table} WHERE id = %s FOR KEY SHARE", [spec.pk])
        return cursor.fetchone() is not None


@transaction.atomic
def attach(*, spec: Spec, wish: Wish) -> Attachment:
    """Write down who wants a spec; wanting it again renews the wish. Without a title and text it keeps those it had."""
    hours = conf.current().visitor_hours
    is_visitor = wish.user is None and wish.owner_key and not wish.target
    changes = {
        **({"title": wish.title[:200], "text": wish.text} if wish.title or wish.text else {}),
        "visibility": wish.visibility,
        "detached_at": None,
        "expires_at": timezone.now() + timedelta(hours=hours) if is_visitor else None,
    }
    owner = {"owner": wish.user, "owner_key": wish.owner_key if wish.user is None else ""}
    if wish.target:
        kind, number = wish.target
        attachment, _ = Attachment.objects.update_or_create(
            spec=spec, target_kind=kind, target_id=number, defaults={**changes, **owner}
        )
        return attachment
    attachment, _ = Attachment.objects.update_or_create(spec=spec, target_id=None, **owner, defaults=changes)
    return attachment


def usable_run(spec: Spec) -> Run | None:
    """Return the run that a new wish shares: one with a whole result of this engine, else the one on its way."""
    runs = Run.objects.whole().filter(spec=spec, engine_version=engine_version()).defer("archive", "result")
    return runs.with_result().filter(summary__limited=False).order_by("-pk").first() or runs.active().first()


def active_run(spec: Spec) -> Run | None:
    """Return the spec's run that waits or trains."""
    return Run.objects.whole().filter(spec=spec, engine_version=engine_version()).active().first()


def join(*, run: Run, quota: Quota) -> None:
    """Let a run on its way serve one more: as urgent and as generous as the best of its requesters."""
    if not run.is_active:
        return
    Run.objects.filter(pk=run.pk).active().update(
        priority=Least("priority", quota.priority),
        cpu_seconds=Greatest("cpu_seconds", quota.cpu_seconds),
        cancel_requested_at=None,
    )
    transaction.on_commit(wake.notify)


@transaction.atomic
def enqueue(*, spec: Spec, wish: Wish, repeats: Run | None = None) -> tuple[Run, bool]:
    """Queue a new run and return it with True; with False the run that somebody else has just queued.

    The other run may end before it can be joined. Its result is then as good, except for a repetition.
    """
    quota = wish.quota
    spend(quota)
    for _ in range(RACES):
        run = created(spec=spec, wish=wish, quota=quota, repeats=repeats)
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
def work_step(*, spec: Spec, working: str, wish: Wish) -> Run:
    """Have one step of a spec worked; return the run that works it, or has done so. Raises TooManyRuns.

    `working` names the step, see Run.working. A step that was worked by this engine is not worked again; one that
    failed, or had too little time, is.
    """
    quota = wish.quota
    for attempt in range(RACES):
        steps = Run.objects.filter(spec=spec, engine_version=engine_version(), working=working).defer("archive")
        known = steps.worked().order_by("-pk").first() or steps.active().first()
        if known is not None:
            join(run=known, quota=quota)
            return known
        if attempt == 0:
            spend(quota, is_step=True)
        run = created(spec=spec, wish=wish, quota=quota, repeats=None, working=working)
        if run is not None:
            transaction.on_commit(wake.notify)
            return run
    raise errors.SandboxError


def created(*, spec: Spec, wish: Wish, quota: Quota, repeats: Run | None, working: str = "") -> Run | None:
    """Create a queued run; None when the spec has an active one, or one that works the same step."""
    try:
        with transaction.atomic():
            return Run.objects.create(
                spec=spec,
                engine_version=engine_version(),
                working=working,
                requester=wish.user,
                quota_key=quota.key,
                network=quota.network,
                priority=quota.priority,
                cpu_seconds=quota.cpu_seconds,
                repeats=repeats,
            )
    except IntegrityError:
        return None


@transaction.atomic
def rerun(*, spec: Spec, wish: Wish) -> Submission:
    """Run a spec once more, whatever is known of it, and compare when it has ended. Costs quota."""
    if not keep(spec):
        raise errors.RunNotFound
    attachment = attach(spec=spec, wish=wish)
    active = active_run(spec)
    if active is not None:
        join(run=active, quota=wish.quota)
        return Submission(spec.hash, active, attachment, reused=True)
    earlier = Run.objects.whole().filter(spec=spec).with_result().defer("archive", "result").order_by("-pk").first()
    run, is_new = enqueue(spec=spec, wish=wish, repeats=earlier)
    return Submission(spec.hash, run, attachment, reused=not is_new)


@transaction.atomic
def cancel(*, spec: Spec, user: Any = None, owner_key: str = "", everyone: bool = False) -> bool:
    """Stop waiting for a spec's run; say whether that ends it: it goes on while anybody else waits.

    `everyone` lets staff end it for all. Raises NotYours, or AlreadyEnded when there is nothing to stop.
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
    """Forget what a target wanted, except the specs with these hashes; runs that nobody wants any more end."""
    kind, number = target
    gone = Attachment.objects.filter(target_kind=kind, target_id=number).exclude(spec__hash__in=keep)
    spec_ids = list(gone.values_list("spec_id", flat=True))
    gone.delete()
    end_unwanted(spec_ids=spec_ids)


def end_unwanted(*, spec_ids: list[int]) -> int:
    """End the active runs of these specs for which nobody waits; return how many."""
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
    """Let a spec show its newest result; without one the run on its way; else the last that ended."""
    runs = Run.objects.whole().filter(spec=spec_id).only("pk").order_by("-pk")
    current = runs.with_result().first() or runs.active().first() or runs.first()
    Spec.objects.filter(pk=spec_id).update(current_run=current)


@transaction.atomic
def expire() -> int:
    """Forget what visitors made and whose time is over, with the specs that nobody else wants; return how many."""
    over = Attachment.objects.filter(expires_at__lte=database_time())
    spec_ids = list(over.values_list("spec_id", flat=True))
    over.delete()
    end_unwanted(spec_ids=spec_ids)
    return forget(Spec.objects.filter(pk__in=spec_ids))


@transaction.atomic
def purge() -> int:
    """Forget specs that nothing has wanted for a long time, and old worked steps; return how many specs.

    A step that somebody asks for again is worked again.
    """
    long_ago = timezone.now() - timedelta(days=conf.current().orphan_days)
    Run.objects.steps().filter(finished_at__lt=long_ago).delete()
    fresh = Run.objects.filter(created_at__gt=long_ago).values("spec")
    return forget(Spec.objects.filter(created_at__lt=long_ago).exclude(pk__in=fresh))


def forget(specs: Any) -> int:
    """Delete those of the specs that have neither an attachment nor an active run; return how many.

    They are locked before the decision. One that somebody is about to attach is locked already, and is left alone.
    """
    candidates = list(unwanted(specs).values_list("pk", flat=True))
    locked = Spec.objects.filter(pk__in=candidates).select_for_update(skip_locked=True).values_list("pk", flat=True)
    return unwanted(Spec.objects.filter(pk__in=list(locked))).delete()[1].get("bpsandbox.Spec", 0)


def unwanted(specs: Any) -> Any:
    return specs.filter(attachments=None).exclude(pk__in=Run.objects.active().values("spec"))
