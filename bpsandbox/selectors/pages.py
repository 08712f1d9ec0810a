"""The page of a spec: its card, result and history, and where it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bpsandbox import errors, policies
from bpsandbox.charts import growing
from bpsandbox.document import Agreement, Document, Summary
from bpsandbox.models import Run, Spec
from bpsandbox.querysets import owned_by
from bpsandbox.runner import results

from .cards import SHOWN, Card, card_of, run_card, stored
from .results import numbered_runs, visible_runs
from .waiting import waiting_before

HISTORY = 12
type Target = tuple[str, int]


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
    forked_from: str = ""


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
    def has_every_point(self) -> bool:
        """Return whether the document has every recorded point, not only as many as a page displays."""
        return self.document is not None and results.is_whole(self.document, self.config)

    @cached_property
    def growing(self) -> Document | None:
        """Return the states so far of a run without a result, as a document that has nothing else."""
        shown = self.active or self.card
        if self.document is not None or shown.progress is None:
            return None
        return growing(shown.progress, self.config, shown.members if shown.facts.get("settings") else None)

    @property
    def is_named(self) -> bool:
        """Return whether somebody has given the spec a title."""
        source = chosen_source(self.sources, self.shown_in)
        return bool(source and source.title)

    @property
    def title(self) -> str:
        """Return the title at the reader's target, or the reader's own, or that of lists; else the spec in words."""
        return chosen_title(self.sources, self.shown_in) or self.card.words["title"]


def chosen_source(sources: Iterable[Source], shown_in: Target | None) -> Source | None:
    """Choose the source of title and text: the target from which the reader comes, else the reader's own.

    Of several, the one without a target, to which lists lead without one; else the latest.
    """
    known = tuple(sources)
    there = (source for source in known if shown_in and (source.target_kind, source.target_id) == shown_in)
    own = sorted((source for source in known if source.is_mine), key=lambda source: source.target_id is None)
    return next(there, None) or (own[-1] if own else None)


def chosen_title(sources: Sequence[Source], shown_in: Target | None) -> str:
    """Return the title that the reader's target or the reader gave, else that of lists; empty without one.

    Lists lead to a run with the target that gave its title. That of a run without a target is its title everywhere.
    """
    listed = next((source for source in sources if source.visibility == "public"), None)
    is_nowhere = listed is not None and (listed.target_id is None or listed.owner_id is None)
    source = chosen_source(sources, shown_in) or (listed if is_nowhere else None)
    return source.title if source else ""


def spec_for(spec_hash: str, user: Any = None, owner_key: str = "") -> Spec:
    """Return a spec that this person may see. Raises RunNotFound if there is none that they may see."""
    spec = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash).first()
    if spec is None:
        raise errors.RunNotFound
    return spec


def title_of(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return only the title of a spec for this reader; empty if it has none."""
    return chosen_title(sources_of(spec_for(spec_hash, user, owner_key), user, owner_key), shown_in)


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
    visible = Spec.objects.visible_to(user, owner_key).filter(hash=spec_hash).select_related(SHOWN)
    spec = visible.defer("current_run__archive").first()
    if spec is None:
        raise errors.RunNotFound
    return page_of(spec, user, owner_key, shown_in=shown_in)


def page_of_run(run_id: int, user: Any = None, owner_key: str = "") -> RunPage:
    """Return the page of a spec as of one of its runs, whichever it shows now. Raises RunNotFound."""
    rows = numbered_runs(user, owner_key).filter(pk=run_id)
    run = rows.select_related("spec", "certificate").defer("archive").first()
    if run is None:
        raise errors.RunNotFound
    run.spec.current_run = run
    return page_of(run.spec, user, owner_key)


def with_every_point(page: RunPage, names: Sequence[str], user: Any = None, owner_key: str = "") -> Document | None:
    """Return the document of a page with every recorded point of some curves, and with no other curve."""
    if page.document is None or page.card.run_id is None:
        return None
    archive = visible_runs(user, owner_key).filter(pk=page.card.run_id).values_list("archive", flat=True).first()
    if archive is None:
        return page.document
    return results.with_every_point(page.document, bytes(archive), names)


def page_of(spec: Spec, user: Any, owner_key: str, *, shown_in: Target | None = None) -> RunPage:
    sources = sources_of(spec, user, owner_key)
    runs = list(spec.runs.whole().select_related("certificate").defer("archive", "result").order_by("-pk")[:HISTORY])
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
            forked_from=row.forked_from,
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
