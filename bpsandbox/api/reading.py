"""Read runs, their lists and their pages, as somebody may see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from bpsandbox import charts, live, selectors
from bpsandbox.checking import check
from bpsandbox.document import Document
from bpsandbox.live import Change
from bpsandbox.selectors import Brief, Card, Listed, Listing, RunPage
from bpsandbox.services import Target


def card_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Card]:
    """Return the cards of those specs that this person may see, by hash, in one query."""
    return selectors.card_states(hashes, user, owner_key)


def brief_states(hashes: Iterable[str], user: Any = None, owner_key: str = "") -> dict[str, Brief]:
    """Return the list entries of those specs that this person may see, by hash, in one query."""
    return selectors.brief_states(hashes, user, owner_key)


def listed_on(kind: str, ids: Iterable[int], most: int) -> list[Listed]:
    """Return runs with a result on these targets that everybody's lists may show, of the newest target first.

    One query, and at most so many.
    """
    return selectors.listed_on(kind, ids, most)


def gallery(user: Any = None, *, owner: Any = None) -> QuerySet:
    """Return the specs with a result that lists may show, for pagination by "-current_run_id".

    With an `owner`, only the specs that this member has attached. `card_of`, `brief_of` and `listing_of` take a row.
    """
    return selectors.gallery(user, owner=owner)


def some_wait(user: Any = None) -> bool:
    """Return whether a run waits or trains that `gallery` will have once it has a result."""
    return selectors.some_wait(user)


def listing_of(row: Any) -> Listing:
    """Return title, target and owner of the first listed attachment of a row of `gallery`; runs no query."""
    return selectors.listing_of(row)


def owned(user: Any = None, owner_key: str = "") -> QuerySet:
    """Return somebody's attachments, for pagination by "-pk"; `card_of(row.spec)` runs no query."""
    return selectors.owned(user, owner_key)


def listed_by_day(owner: Any, since: datetime) -> dict[date, int]:
    """Return how many specs a member has attached since then for everybody's lists, by day in UTC."""
    return selectors.listed_by_day(owner, since)


def found_identical(owner: Any) -> QuerySet:
    """Return the `checked_at` of a member's specs in everybody's lists that the site repeated bit for bit, the first
    one first: for `values("spec__hash", "checked_at")`.
    """
    return selectors.found_identical(owner)


def newly_listed(kind: str, published: QuerySet, after: datetime, until: datetime) -> QuerySet:
    """Return the keys of the specs that everybody's lists show since a moment in between, with owner and moment.

    `published` are all targets of a kind that everybody sees, with the moment since when as `at`.
    """
    return selectors.newly_listed(kind, published, after, until)


def card_of(row: Any) -> Card:
    return selectors.card_of(row)


def brief_of(row: Any) -> Brief:
    return selectors.brief_of(row)


def run_page(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> RunPage:
    """Return everything on the page of a spec. Raises RunNotFound if this person may not see it.

    `shown_in` is the target from which the reader comes; the page uses its title.
    """
    return selectors.run_page(spec_hash, user, owner_key, shown_in=shown_in)


def page_of_run(run_id: int, user: Any = None, owner_key: str = "") -> RunPage:
    """Return the page of a spec as of one of its runs, whichever it shows now. Raises RunNotFound."""
    return selectors.page_of_run(run_id, user, owner_key)


def title_of(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return the title of a spec in that target, or the one that this person gave it; else empty."""
    return selectors.title_of(spec_hash, user, owner_key, shown_in=shown_in)


def written_config(spec_hash: str, user: Any = None, owner_key: str = "", *, shown_in: Target | None = None) -> str:
    """Return the config of a spec as written there, with title and comments; empty if no text is stored."""
    text = selectors.written_text(spec_hash, user, owner_key, shown_in=shown_in)
    found = check(text).spec if text else None
    return text if found is not None and found.hash == spec_hash else ""


def run_by_id(run_id: int, user: Any = None, owner_key: str = "", *, spec_hash: str = "") -> Card:
    """Return one run: without the hash of its spec, one that lists show to this person or their own.

    Raises RunNotFound.
    """
    return selectors.run_by_id(run_id, user, owner_key, spec_hash=spec_hash)


def targets(kind: str) -> dict[int, set[str]]:
    """Return the hashes of the specs attached to each target of a kind, for consistency checks."""
    return selectors.targets(kind)


def is_gone(spec_hash: str) -> bool:
    """Return whether a spec that everybody with its address could see was deleted lately."""
    return selectors.is_gone(spec_hash)


def targets_of(spec_hash: str) -> list[tuple[str, int]]:
    """Return the targets of a spec that are not private, deleted or not. Check who may see them."""
    return selectors.targets_of(spec_hash)


def overdue_runs() -> list[int]:
    """Return the ids of runs that should have ended long ago. There are none while any worker is alive."""
    return selectors.overdue_runs()


def wanted_by(run_id: int) -> list[tuple[int, str, int | None]]:
    """Name the members who wait for a run, each with the kind and number of the target they want it for."""
    return selectors.wanted_by(run_id)


def progress(run_id: int, after: int = -1) -> Change | None:
    """Return the progress of a run, None without changes since number `after`. Check who may see it first."""
    return live.progress(run_id, after)


def events(run_id: int, after: int = -1) -> AsyncIterator[Change]:
    """Yield each change of a run until its end. Check who may see it first."""
    return live.events(run_id, after)


def document(spec_hash: str, user: Any = None, owner_key: str = "") -> Document:
    """Return the result of a spec at full resolution. Raises RunNotFound."""
    return selectors.whole_document(spec_hash, user, owner_key)


def with_every_point(page: RunPage, curve: str, user: Any = None, owner_key: str = "") -> Document | None:
    """Return the result of a page with every recorded point of a curve and of those drawn beside it, without others.

    It is for ranges of a curve. It reads the archive, so limit it, and ask first if `page.has_every_point`.
    """
    return selectors.with_every_point(page, (curve, *charts.companions_of(curve)), user, owner_key)


def document_of_run(run_id: int, user: Any = None, owner_key: str = "") -> Document:
    """Return the result of one run at full resolution. Raises RunNotFound."""
    return selectors.document_of_run(run_id, user, owner_key)
