"""Read what pages show: cards for many specs in one query, a run page, lists.

The returned objects run no further queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone, translation

from bpsandbox import conf, errors, lifecycle, policies, services
from bpsandbox.document import Agreement, CardDocument, Document, Member, Part, Progress, Stop, Summary, WorkedExample
from bpsandbox.models import Attachment, Run, Spec, Worker
from bpsandbox.querysets import database_time, owned_by
from bpsandbox.runner import results

ALIVE_SECONDS = 10
HISTORY = 12

type Target = tuple[str, int]

TURN = ("pk", "priority", "network", "quota_key", "started_near", "started_own")
BRIEF = ("hash", "facts", "current_run__state", "current_run__summary", "current_run__cancel_requested_at")
CARD = (
    *BRIEF,
    "current_run__card",
    "current_run__progress",
    "current_run__progress_seq",
    "current_run__failure",
    "current_run__attempts",
    "current_run__engine_version",
    "current_run__created_at",
    "current_run__started_at",
    "current_run__finished_at",
    "current_run__agreement",
)


@dataclass(frozen=True)
class Brief:
    """A run in one line of a list. `state` is "none" for a spec that was never run."""

    spec_hash: str
    state: str = "none"
    run_id: int | None = None
    summary: Summary | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    is_cancelling: bool = False

    @property
    def is_active(self) -> bool:
        return self.state in lifecycle.ACTIVE

    @property
    def has_result(self) -> bool:
        return self.state in lifecycle.WITH_RESULT

    @property
    def words(self) -> dict[str, str]:
        """The spec in words, {"title", "line"}, in the reader's language."""
        words = self.facts.get("words", {})
        return words.get(translation.get_language()) or words.get("en") or {"title": self.spec_hash[:8], "line": ""}


@dataclass(frozen=True)
class Card(Brief):
    """A run as a card shows it. `document` has few points; while it trains, `progress` has them."""

    document: CardDocument | None = None
    progress: Progress | None = None
    seq: int = 0
    failure: str = ""
    attempts: int = 0
    engine_version: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    agreement: Agreement | None = None

    @property
    def series(self) -> CardDocument | Progress | None:
        """Return what can be drawn: the result, else the progress; None without points."""
        if self.document:
            return self.document
        if not (self.progress and self.progress.points):
            return None
        return replace(self.progress, members=self.members) if self.facts.get("settings") else self.progress

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the settings of a sweep with the rows of their seeds, known before there is a result."""
        seeds = self.facts["seeds"]
        settings = enumerate(self.facts["settings"])
        return tuple(Member(values, tuple(range(i * seeds, (i + 1) * seeds))) for i, values in settings)


@dataclass(frozen=True)
class Past:
    """An earlier or later run of the same spec."""

    run_id: int
    state: str
    engine_version: str
    created_at: datetime
    finished_at: datetime | None
    summary: Summary | None
    agreement: Agreement | None
    failure: str


@dataclass(frozen=True)
class Source:
    """An attachment of a spec that this reader may see."""

    attachment_id: int
    title: str
    target_kind: str
    target_id: int | None
    owner_id: int | None
    visibility: str
    expires_at: datetime | None
    is_mine: bool


@dataclass(frozen=True)
class RunPage:
    """Everything on the page of a spec. `document` is the result at display resolution, None without one."""

    card: Card
    config: str
    document: Document | None
    sources: tuple[Source, ...]
    history: tuple[Past, ...]
    active: Card | None
    waiting_before: int
    can_cancel: bool
    shown_in: Target | None = None

    @property
    def is_named(self) -> bool:
        """Return whether somebody has given the spec a title."""
        source = chosen_source(self.sources, self.shown_in)
        return bool(source and source.title)

    @property
    def title(self) -> str:
        """Return the title at the reader's target, or the reader's own; else the spec in words."""
        source = chosen_source(self.sources, self.shown_in)
        return (source.title if source else "") or self.card.words["title"]


def chosen_source(sources: Iterable[Source], shown_in: Target | None) -> Source | None:
    """Choose the source of title and text: the target from which the reader comes, else the reader's latest."""
    known = tuple(sources)
    there = (source for source in known if shown_in and (source.target_kind, source.target_id) == shown_in)
    own = (source for source in reversed(known) if source.is_mine)
    return next(there, None) or next(own, None)


def spec_for(spec_hash: str, user: Any = None, owner_key: str = "") -> Spec:
    """Return a spec that this person may see. Raises RunNotFound if there is none that they may see."""
    spec = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash).first()
    if spec is None:
        raise errors.RunNotFound
    return spec


def card_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Card]:
    """Return the cards of those specs that this person may see, by hash, in one query."""
    specs = Spec.objects.filter(hash__in=set(hashes)).visible_to(user, owner_key)
    return {spec.hash: card_of(spec) for spec in specs.select_related("current_run").only(*CARD)}


def brief_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Brief]:
    """Return a line of a list for those specs that this person may see, by hash, in one query."""
    specs = Spec.objects.filter(hash__in=set(hashes)).visible_to(user, owner_key)
    return {spec.hash: brief_of(spec) for spec in specs.select_related("current_run").only(*BRIEF)}


def card_of(spec: Spec) -> Card:
    run = spec.current_run
    return run_card(spec, run) if run is not None else Card(spec_hash=spec.hash, facts=spec.facts)


def run_card(spec: Spec, run: Run) -> Card:
    return Card(
        spec_hash=spec.hash,
        facts=spec.facts,
        state=run.state,
        run_id=run.pk,
        summary=stored(Summary, run.summary),
        is_cancelling=run.is_cancelling,
        document=stored(CardDocument, run.card),
        progress=stored(Progress, run.progress),
        seq=run.progress_seq,
        failure=run.failure_sentence,
        attempts=run.attempts,
        engine_version=run.engine_version,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        agreement=stored(Agreement, run.agreement),
    )


def stored[P: Part](part: type[P], value: Any) -> P | None:
    """Parse a stored part of a document; None for an empty column."""
    return part.from_store(value) if value else None


def brief_of(spec: Spec) -> Brief:
    run = spec.current_run
    if run is None:
        return Brief(spec_hash=spec.hash, facts=spec.facts)
    return Brief(
        spec_hash=spec.hash,
        facts=spec.facts,
        state=run.state,
        run_id=run.pk,
        summary=stored(Summary, run.summary),
        is_cancelling=run.is_cancelling,
    )


def target_briefs(kind: str, ids: Iterable[int]) -> dict[int, list[Brief]]:
    """Return the runs of some targets, in the order attached, in one query. The host checks who may see the targets."""
    rows = Attachment.objects.filter(target_kind=kind, target_id__in=set(ids)).select_related("spec__current_run")
    wanted = ("target_id", *(f"spec__{name}" for name in BRIEF))
    found: dict[int, list[Brief]] = {}
    for row in rows.only(*wanted).order_by("pk"):
        if row.target_id is not None:
            found.setdefault(row.target_id, []).append(brief_of(row.spec))
    return found


def targets(kind: str) -> dict[int, set[str]]:
    """Return the hashes of the specs that are attached to each target of a kind."""
    found: dict[int, set[str]] = {}
    rows = Attachment.objects.filter(target_kind=kind, target_id__isnull=False)
    for target, spec_hash in rows.values_list("target_id", "spec__hash"):
        if target is not None:
            found.setdefault(target, set()).add(spec_hash)
    return found


def overdue_runs() -> list[int]:
    """Return the runs that started, or whose lease ended, more than twice the time limit ago."""
    limit = conf.current()
    begun_long_ago = Q(started_at__lt=database_time(plus=-2 * limit.wall_seconds))
    lost_long_ago = Q(lease_until__lt=database_time(plus=-2 * limit.wall_seconds))
    running = Run.objects.filter(state=lifecycle.RUNNING)
    return list(running.filter(begun_long_ago | lost_long_ago).order_by("pk").values_list("pk", flat=True))


def gallery(user: Any = None, *, owner: Any = None) -> QuerySet[Spec]:
    """Return the specs with a result that lists may show, newest first, for keyset pagination by the host.

    With an `owner`, only the specs that this member has attached.

    Order by "-current_run_id". Each carries `title`, `target_kind`, `target_id` and `owner_id` of its first listed
    attachment; `brief_of(spec)` and `card_of(spec)` run no query.
    """
    listed = Attachment.objects.listed_for(user)
    listed = listed if owner is None else listed.of_owner(owner)
    first = listed.filter(spec=OuterRef("pk")).order_by("pk")
    names = ("title", "target_kind", "target_id", "owner_id")
    return (
        Spec.objects.filter(Exists(first), current_run__state__in=lifecycle.WITH_RESULT)
        .annotate(**{name: Subquery(first.values(name)[:1]) for name in names})
        .select_related("current_run")
        .only(*CARD)
        .order_by("-current_run_id")
    )


def owned(user: Any = None, owner_key: str = "") -> QuerySet[Attachment]:
    """Return somebody's attachments, newest first by "-pk", each with its spec and current run."""
    wanted = ("title", "target_kind", "target_id", "visibility", "created_at", "expires_at")
    rows = Attachment.objects.alive().of_owner(user, owner_key).select_related("spec__current_run")
    return rows.only(*wanted, *(f"spec__{name}" for name in CARD)).order_by("-pk")


def title_of(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return only the title of a spec for this reader; empty if it has none."""
    source = chosen_source(sources_of(spec_for(spec_hash, user, owner_key), user, owner_key), shown_in)
    return source.title if source else ""


def written_text(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return a config as written at the reader's target, or by the reader, or as the only source has it."""
    spec = spec_for(spec_hash, user, owner_key)
    chosen = chosen_source(sources_of(spec, user, owner_key), shown_in)
    texts = spec.attachments.visible_to(user, owner_key).exclude(text="")
    if chosen is not None:
        return texts.filter(pk=chosen.attachment_id).values_list("text", flat=True).first() or ""
    different = list(texts.values_list("text", flat=True).distinct()[:2])
    return different[0] if len(different) == 1 else ""


def run_page(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> RunPage:
    """Return the page of a spec. Raises RunNotFound when this person may not see it."""
    visible = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash).select_related("current_run")
    spec = visible.defer("current_run__archive").first()
    if spec is None:
        raise errors.RunNotFound
    sources = sources_of(spec, user, owner_key)
    runs = list(spec.runs.whole().defer("archive", "result").order_by("-pk")[:HISTORY])
    active = next((run for run in runs if run.is_active), None)
    is_mine = any(source.is_mine for source in sources)
    return RunPage(
        card=card_of(spec),
        config=spec.canonical,
        document=stored(Document, spec.current_run.result) if spec.current_run else None,
        sources=sources,
        history=tuple(map(past, runs)),
        active=run_card(spec, active) if active else None,
        waiting_before=waiting_before(active) if active else 0,
        can_cancel=active is not None and policies.can_cancel(user, is_owner=is_mine),
        shown_in=shown_in,
    )


def sources_of(spec: Spec, user: Any, owner_key: str) -> tuple[Source, ...]:
    visible = spec.attachments.visible_to(user, owner_key).defer("text").order_by("pk")
    mine = set(spec.attachments.filter(owned_by(user, owner_key)).values_list("pk", flat=True))
    return tuple(
        Source(
            attachment_id=row.pk,
            title=row.title,
            target_kind=row.target_kind,
            target_id=row.target_id,
            owner_id=row.owner_id,
            visibility=row.visibility,
            expires_at=row.expires_at,
            is_mine=row.pk in mine,
        )
        for row in visible
    )


def past(run: Run) -> Past:
    return Past(
        run_id=run.pk,
        state=run.state,
        engine_version=run.engine_version,
        created_at=run.created_at,
        finished_at=run.finished_at,
        summary=stored(Summary, run.summary),
        agreement=stored(Agreement, run.agreement),
        failure=run.failure_sentence,
    )


def waiting_before(run: Run) -> int:
    """Count the queued runs that would be claimed before this one if nothing else came."""
    if run.state != lifecycle.QUEUED:
        return 0
    turns = turns_of_queue()
    mine = turns.get(run.pk)
    return sum(turn < mine for turn in turns.values()) if mine else 0


def turns_of_queue() -> dict[int, tuple[int, ...]]:
    """Return each queued run with what it is sorted by; each run moves its requester's later ones back by one."""
    ahead: Counter[str] = Counter()
    turns: dict[int, tuple[int, ...]] = {}
    rows = Run.objects.queued().with_started().order_by("pk")
    for pk, priority, network, key, near, own in rows.values_list(*TURN):
        turns[pk] = (priority, near + ahead[f"net {network}"], own + ahead[key], pk)
        ahead.update([f"net {network}"] * bool(network) + [key] * bool(key))
    return turns


def wanted_by(run_id: int) -> list[tuple[int, str, int | None]]:
    """List the members who requested or joined a run, each with the target of their request.

    Empty for a run that repeats another one.
    """
    run = Run.objects.only("spec", "created_at", "repeats").filter(pk=run_id).first()
    if run is None or run.repeats_id is not None:
        return []
    rows = Attachment.objects.filter(spec=run.spec_id, owner__isnull=False, detached_at=None)
    fresh = rows.filter(created_at__gte=run.created_at - timedelta(seconds=ALIVE_SECONDS))
    return list(fresh.order_by("pk").values_list("owner_id", "target_kind", "target_id"))


def run_by_id(run_id: int, user: Any = None, owner_key: str = "") -> Card:
    """Return one run of a spec that this person may see. Raises RunNotFound."""
    visible = Spec.objects.visible_to(user, owner_key)
    rows = Run.objects.whole().filter(pk=run_id, spec__in=visible).select_related("spec").defer("archive", "result")
    run = rows.first()
    if run is None:
        raise errors.RunNotFound
    return run_card(run.spec, run)


def whole_document(spec_hash: str, user: Any = None, owner_key: str = "") -> Document:
    """Return the result of a spec at full resolution. Raises RunNotFound when there is none to see."""
    visible = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash, current_run__archive__isnull=False)
    archive = visible.values_list("current_run__archive", flat=True).first()
    if archive is None:
        raise errors.RunNotFound
    return results.unpack(bytes(archive))


@dataclass(frozen=True)
class StepBounds:
    """Which steps of a spec can be worked: examples and steps count from 0 below these, seeds are listed."""

    samples: int
    steps: int
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class WorkedStep:
    """One step as a reader requested it: the worked step, or why there is none (yet)."""

    sample: int
    step: int
    seed: int
    is_waiting: bool = False
    example: WorkedExample | None = None
    stop: Stop | None = None
    failure: str = ""


def step_bounds(config: dict[str, Any], document: Document) -> StepBounds:
    """Count what can be worked, from a canonical config and its result; of a sweep, the first setting's."""
    training = config["training"]
    samples = document.data.train if document.data else 0
    batch = samples if training["batch_size"] == "full" else min(training["batch_size"], samples)
    steps = training["steps"] if training.get("steps") else training["epochs"] * -(-samples // batch)
    return StepBounds(samples, steps, tuple(config["seeds"]))


def worked_step(spec: Spec, *, sample: int, step: int, seed: int) -> WorkedStep | None:
    """Return the state of one step of this engine; None if nobody has requested it."""
    runs = Run.objects.filter(
        spec=spec, working=step_name(sample, step, seed), engine_version=services.engine_version()
    )
    run = runs.worked().order_by("-pk").first() or runs.order_by("-pk").first()
    if run is None:
        return None
    asked = WorkedStep(sample, step, seed)
    if run.is_active:
        return replace(asked, is_waiting=True)
    if not run.archive:
        return replace(asked, failure=run.failure_sentence)
    plain = results.unsqueeze(bytes(run.archive))
    if "stop" in plain:
        return replace(asked, stop=Stop.from_store(plain["stop"]))
    return replace(asked, example=WorkedExample.from_store(plain["example"]))


def step_name(sample: int, step: int, seed: int) -> str:
    """Return the value of Run.working for a step."""
    return f"{sample}.{step}.{seed}"


def workers_alive() -> int:
    """Count the workers that have reported recently."""
    return Worker.objects.filter(seen_at__gt=timezone.now() - timedelta(seconds=ALIVE_SECONDS)).count()


def queue_length() -> int:
    return Run.objects.queued().count()
