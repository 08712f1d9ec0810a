"""Lists of threads: rows, order and keyset pagination."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import FETCH_RAISE
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.common.pagination import Page, keyset_page
from community.content.embeds import draw_sparks
from community.content.last_posters import find_last_posters
from community.content.models import Kind, Thread
from community.content.querysets import ThreadQuerySet

ROWS_A_PAGE = 25
PINNED_SHOWN = 3

ORDERS: dict[str, tuple[str, ...]] = {
    "latest": ("-last_post_at", "-id"),
    "new": ("-published_at", "-id"),
    "top": ("-score", "-id"),
    "unanswered": ("-published_at", "-id"),
}
LABELS = {"latest": _("Latest"), "new": _("New"), "top": _("Top"), "unanswered": _("Unanswered")}


@dataclass(frozen=True, slots=True)
class ThreadList:
    page: Page[Thread]
    order: str
    pinned: list[Thread] = field(default_factory=list)

    @property
    def rows(self) -> list[Thread]:
        return [*self.pinned, *self.page.items]


def thread_list(rows: ThreadQuerySet, request: HttpRequest) -> ThreadList:
    """Return a page of `rows` in the order of `?order=`; by latest, the first page begins with pinned threads."""
    order = request.GET.get("order", "latest")
    order = order if order in ORDERS else "latest"
    rows = rows.public().for_lists().fetch_mode(FETCH_RAISE)
    if order == "unanswered":
        rows = rows.unanswered()
    pinned, others = _split(rows) if order == "latest" else ([], rows)
    page = keyset_page(others, order=ORDERS[order], size=ROWS_A_PAGE, request=request)
    pinned = pinned if page.previous_cursor is None else []
    find_last_posters([*pinned, *page.items])
    draw_sparks([*pinned, *page.items], request.user)
    return ThreadList(page, order, pinned)


def of_kind(rows: ThreadQuerySet, kind: str) -> ThreadQuerySet:
    return rows.filter(kind=kind) if kind in Kind.values else rows


def _split(rows: ThreadQuerySet) -> tuple[list[Thread], ThreadQuerySet]:
    """Return the most recently pinned threads, and all others; further pinned ones are sorted by date."""
    pinned = list(rows.filter(pinned_at__isnull=False).order_by("-pinned_at", "-pk")[:PINNED_SHOWN])
    return pinned, rows.exclude(pk__in=[thread.pk for thread in pinned])
