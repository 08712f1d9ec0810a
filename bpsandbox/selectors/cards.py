"""Runs in one line and on a card: many in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import translation

from bpsandbox import lifecycle, services
from bpsandbox.document import Agreement, CardDocument, Member, Part, Progress, Summary
from bpsandbox.models import Attachment, Certificate, Run, Spec

CERTIFICATE = ("state", "engine_version", "same_until", "last_step", "largest_difference", "checked_at")
BRIEF = ("hash", "facts", "current_run__state", "current_run__summary", "current_run__cancel_requested_at")
SHOWN = "current_run__certificate"
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
    *(f"current_run__certificate__{name}" for name in CERTIFICATE),
)
OF_RUN = tuple(name.removeprefix("current_run__") for name in CARD if name.startswith("current_run__"))


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
class Listed:
    """A run on a target of the host, with its title there."""

    brief: Brief
    target_id: int
    title: str


@dataclass(frozen=True)
class Card(Brief):
    """A run as a card shows it. `document` has few points; while it trains, `progress` has them."""

    stored_document: Any = field(default=None, repr=False)
    """The document as its row has it."""
    progress: Progress | None = None
    seq: int = 0
    failure: str = ""
    attempts: int = 0
    engine_version: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    agreement: Agreement | None = None
    certificate: Certified | None = None

    @cached_property
    def document(self) -> CardDocument | None:
        """The result. Read only when it is asked for: in a list, most drawings are kept."""
        return stored(CardDocument, self.stored_document)

    @property
    def has_series(self) -> bool:
        """Whether there is something to draw."""
        return bool(self.stored_document or (self.progress and self.progress.points))

    @property
    def series(self) -> CardDocument | Progress | None:
        """Return what can be drawn: the result, else the progress; None without points."""
        if self.document:
            return self.document
        progress = self.series_so_far
        return replace(progress, members=self.members) if progress and self.facts.get("settings") else progress

    @property
    def series_so_far(self) -> Progress | None:
        """Return the points of a run without a result, if there are any."""
        return self.progress if self.progress and self.progress.points else None

    @property
    def members(self) -> tuple[Member, ...]:
        """Return the settings of a sweep with the rows of their seeds, known before there is a result."""
        seeds = self.facts["seeds"]
        settings = enumerate(self.facts["settings"])
        return tuple(Member(values, tuple(range(i * seeds, (i + 1) * seeds))) for i, values in settings)


@dataclass(frozen=True)
class Certified:
    """How the site's own repetition compared: "identical", "agrees" up to a step, to 10 decimals, or "differs".

    `is_stale`: the site's engine is another one by now.
    """

    state: str
    engine_version: str
    same_until: int | None
    last_step: int | None
    largest_difference: float | None
    checked_at: datetime | None
    is_stale: bool

    @property
    def is_whole(self) -> bool:
        """Return whether all numbers are the same to 10 decimals."""
        return self.same_until == self.last_step


def card_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Card]:
    """Return the cards of those specs that this person may see, by hash, in one query."""
    specs = Spec.objects.filter(hash__in=set(hashes)).visible_to(user, owner_key)
    return {spec.hash: card_of(spec) for spec in specs.select_related(SHOWN).only(*CARD)}


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
        stored_document=run.card,
        progress=stored(Progress, run.progress),
        seq=run.progress_seq,
        failure=run.failure_sentence,
        attempts=run.attempts,
        engine_version=run.engine_version,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        agreement=stored(Agreement, run.agreement),
        certificate=certified(run),
    )


def certified(run: Run) -> Certified | None:
    """Return the certificate that was loaded with a run; None while there is no outcome."""
    row = run._state.fields_cache.get("certificate")
    if row is None or row.state in (Certificate.State.CHECKING, Certificate.State.FAILED):
        return None
    stale = row.engine_version != services.engine_version()
    return Certified(**{name: getattr(row, name) for name in CERTIFICATE}, is_stale=stale)


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


def listed_on(kind: str, ids: Iterable[int], most: int) -> list[Listed]:
    """Return runs with a result on these targets that everybody's lists may show, each once, the newest first."""
    rows = Attachment.objects.listed_for(None).filter(target_kind=kind, target_id__in=set(ids))
    rows = rows.filter(spec__current_run__state__in=lifecycle.WITH_RESULT).select_related("spec__current_run")
    wanted = ("target_id", "title", *(f"spec__{name}" for name in BRIEF))
    newest = rows.filter(spec=OuterRef("spec")).order_by("-target_id", "pk").values("pk")[:1]
    found = rows.filter(pk=Subquery(newest)).only(*wanted).order_by("-target_id", "pk")[:most]
    return [Listed(brief_of(row.spec), row.target_id, row.title) for row in found if row.target_id is not None]
