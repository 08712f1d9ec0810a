"""Lists of threads: rows, order and keyset pagination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache, partial
from threading import Lock
from typing import Any, cast

from cachetools import LRUCache, cached
from django.contrib.auth.models import AnonymousUser
from django.db.models import FETCH_RAISE, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.common.page_cache import shared_part
from community.common.pagination import Page, PreparedList, Sift, cursors_of, keyset_page, read_cursor, sifted_page
from community.common.prepared import Prepared
from community.content import topics
from community.content.embeds import draw_sparks
from community.content.last_posters import find_last_posters
from community.content.listed_tags import find_tags
from community.content.listings import Part, parts_of_period, parts_of_tags
from community.content.models import Kind, Period, Thread
from community.content.periods import period_of
from community.content.querysets import ThreadQuerySet
from community.content.sifting import sift_for, sift_list, with_muted
from community.content.thread_lists import complete_for, mark_last_visit, shared_list, sift_unread
from community.content.unread import NEWEST_POST, UNREAD, unread_parts
from community.social.reasons import followed_tags, of_tag

ROWS_A_PAGE = 25
PINNED_SHOWN = 3
ROW_BYTES = 8 * 1024
WAITING_SHOWN = 5

type ListName = tuple[str | int, ...]
LATEST = "latest"
NO_REASON = SafeString("")

ORDERS: dict[str, tuple[str, ...]] = {
    "latest": NEWEST_POST,
    "new": ("-published_at", "-id"),
    "top": ("-score", "-id"),
    "unanswered": ("-published_at", "-id"),
}
YOUR_TAGS = "your-tags"  # unanswered questions, for members who choose it
BY_DATE = ("new", "unanswered", YOUR_TAGS)  # of publication
SORTED_BY = {"latest": topics.LATEST, "new": topics.TITLES, "top": topics.SCORES}
LABELS = {
    "latest": pgettext_lazy("lists", "Latest"),
    "new": _("New"),
    "top": _("Top"),
    "unanswered": _("Unanswered"),
    UNREAD: pgettext_lazy("threads", "Unread"),
    YOUR_TAGS: _("In your tags"),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which threads a list has: `rows`, called `name`.

    They are all threads, those of a `kind`, of `categories`, or of `tags`. `parts` are those of a list that has no
    index of its own (content/listings.py).
    """

    name: ListName
    rows: ThreadQuerySet
    parts: Sequence[Part] = ()
    kind: str = ""
    categories: Sequence[int] = ()
    tags: Sequence[int] = ()

    @property
    def has_questions(self) -> bool:
        return self.kind in ("", Kind.QUESTION)

    @property
    def is_narrow(self) -> bool:
        """Whether it is of some categories or tags."""
        return bool(self.categories or self.tags)

    @property
    def filing(self) -> dict[str, Any]:
        """What narrows the lists of unread threads and of periods down to these threads."""
        return {"kind": self.kind, "categories": self.categories, "tags": self.tags}


@dataclass(frozen=True, slots=True)
class ThreadList:
    page: Page[Thread]
    order: str
    pinned: list[Thread] = field(default_factory=list)

    @property
    def rows(self) -> list[Thread]:
        return [*self.pinned, *self.page.items]

    @property
    def next_cursor(self) -> str | None:
        return self.page.next_cursor

    @property
    def previous_cursor(self) -> str | None:
        return self.page.previous_cursor

    def __iter__(self) -> Iterator[Thread]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.page)

    def sifted(self, sift: Sift[Thread]) -> ThreadList:
        """Return the list with those of its rows that `sift`, which is asked once, returns."""
        left = {thread.pk for thread in sift(self.rows)}
        pinned = [thread for thread in self.pinned if thread.pk in left]
        return replace(self, page=self.page.sifted(lambda rows: [row for row in rows if row.pk in left]), pinned=pinned)

    def followed_by(self, later: ThreadList) -> ThreadList:
        return replace(self, page=self.page.followed_by(later.page))

    def copied(self, request: HttpRequest) -> ThreadList:
        """Return a copy for one reader."""
        return replace(self, page=self.page.copied(request), pinned=list(map(copy, self.pinned)))

    def weight(self) -> int:
        """Return about how many bytes it takes."""
        return ROW_BYTES * len(self.rows)


def of_kind(kind: str) -> Scope:
    """Return the list of a kind, or of all kinds."""
    threads = Thread.objects.all()
    if kind in Kind.values:
        return Scope((LATEST, kind), threads.filter(kind=kind), kind=kind)
    return Scope((LATEST,), threads)


def thread_list(scope: Scope, request: HttpRequest) -> ThreadList:
    """Return a page of a list in the order of `?order=`; by latest, the first page begins with pinned threads."""
    order = request.GET.get("order", "latest")
    if order == UNREAD and request.user.is_authenticated:
        return _unread(scope, request)
    if order == YOUR_TAGS and request.user.is_authenticated and scope.has_questions and not scope.is_narrow:
        return _in_own_tags(cast(MemberRequest, request))
    return _everybodys(scope, order if order in ORDERS else "latest", request)


def waiting_questions(reader: User | AnonymousUser) -> list[Thread]:
    """Return the newest unanswered questions that a reader might answer, a few, for a place beside other lists."""
    found = shared_part(("waiting questions",), _read_waiting, lambda page: ROW_BYTES * len(page), is_alone=True)
    return _met(reader, found)[:WAITING_SHOWN]


def _read_waiting() -> list[Thread]:
    topics.shows_kind(Kind.QUESTION)
    return _pages(of_kind(Kind.QUESTION), "unanswered", ()).keyset_page().items


def best_of_week(reader: User) -> list[Thread]:
    """Return copies of the threads of the week that have votes, the best first, without those of the reader."""
    found = shared_part(("best of the week",), _read_best, lambda page: ROW_BYTES * len(page), is_alone=True)
    return [copy(thread) for thread in _met(reader, found) if thread.score > 0]


def _read_best() -> list[Thread]:
    return _best(of_kind(""), parts_of_period(Period.WEEK), None, None).rows


def _met(reader: User | AnonymousUser, threads: Sequence[Thread]) -> list[Thread]:
    """Return others' threads that a reader has not muted, neither them nor who wrote them; a visitor has all."""
    if not reader.is_authenticated:
        return list(threads)
    others = _of_others(reader, sift_for(reader))(threads)
    muted = with_muted(reader, [thread.pk for thread in others])
    return [thread for thread in others if thread.pk not in muted]


def _everybodys(scope: Scope, order: str, request: HttpRequest) -> ThreadList:
    period, read = period_of(request, order), partial(_read, scope, order)
    if period:
        read = partial(_best, scope, parts_of_period(period, **scope.filing))
    if order == "top" and (scope.kind or scope.is_narrow):
        topics.shows_scores(*filter(None, [scope.kind]))
    named = {"is_of_tags": bool(scope.tags), "is_of_category": bool(scope.categories)}
    found = shared_list(request, ("threads", scope.name, order, period), read, ThreadList.weight, **named)
    if order != "top":
        moments = [thread.last_post_at if order == LATEST else thread.published_at for thread in found.page]
        mark_last_visit(request, found.page, moments)
    return found


def _unread(scope: Scope, request: HttpRequest) -> ThreadList:
    """Return a page of it, without threads in which only people have written whom the reader does not meet."""
    read = partial(_read_unread, scope, request, unread_parts(request.user, **scope.filing))
    sift = sift_unread(request, is_of_tags=bool(scope.tags), is_of_category=bool(scope.categories))
    found = sifted_page(read, sift, **cursors_of(request))
    draw_sparks(found.rows, request.user)
    return found


def _read_unread(
    scope: Scope, request: HttpRequest, parts: Sequence[QuerySet], after: str | None, before: str | None
) -> ThreadList:
    page = keyset_page(_for_rows(), order=ORDERS["latest"], size=ROWS_A_PAGE, after=after, before=before, parts=parts)
    return _complete(ThreadList(page, UNREAD)).copied(request)


def _in_own_tags(request: MemberRequest) -> ThreadList:
    """Return a page of others' unanswered questions with tags that the reader follows; each says with which."""
    followed = followed_tags(request.user)
    named = {tag.get_absolute_url(): tag for tag in followed}
    if not named:
        return ThreadList(Page([], None, None), YOUR_TAGS)
    parts = [part.unanswered() for part in parts_of_tags(tag.pk for tag in followed)]
    found = sifted_page(
        partial(_read_tagged, request, parts), _of_others(request.user, sift_list(request)), **cursors_of(request)
    )
    complete_for(request.user, found.rows)
    for thread in found.rows:
        thread.reason = next(
            (of_tag(named[tag.url]).draw() for tag in thread.listed_tags if tag.url in named), NO_REASON
        )
    return found


def _read_tagged(request: HttpRequest, parts: Sequence[Part], after: str | None, before: str | None) -> ThreadList:
    page = keyset_page(_for_rows(), order=ORDERS["new"], size=ROWS_A_PAGE, after=after, before=before, parts=parts)
    return _complete(ThreadList(page, YOUR_TAGS)).copied(request)


def _of_others(reader: User | AnonymousUser, sift: Sift[Thread] | None) -> Sift[Thread]:
    """Take out the reader's own threads, and what `sift` does."""

    def of_others(threads: Sequence[Thread]) -> list[Thread]:
        return [thread for thread in (sift(threads) if sift else threads) if thread.author_id != reader.pk]

    return of_others


def _best(scope: Scope, parts: Sequence[QuerySet], after: str | None, before: str | None) -> ThreadList:
    page = keyset_page(_for_rows(), order=ORDERS["top"], size=ROWS_A_PAGE, after=after, before=before, parts=parts)
    if scope.name == (LATEST,):
        _depend_on_order("top", page, after or before)
    return _complete(ThreadList(page, "top"))


def _read(scope: Scope, order: str, after: str | None, before: str | None) -> ThreadList:
    pinned_keys = tuple(key for (key,) in _newest_pinned(scope).run()) if order == "latest" else ()
    page = _pages(scope, order, pinned_keys).keyset_page(after=after, before=before)
    pinned = _rows_of(pinned_keys) if page.previous_cursor is None else []
    if scope.name == (LATEST,):
        _depend_on_order(order, page, after or before)
    return _complete(ThreadList(page, order, pinned))


def _depend_on_order(order: str, page: Page[Thread], cursor: str | None) -> None:
    """Let a page of all threads end with how it is sorted, and its rows, not with each change of any thread.

    Far inside the latest it has those from its cursor to the first row beyond, which says whether there are more.
    """
    if order == LATEST and cursor and page.beyond is not None:
        [moment, _key] = read_cursor(cursor, ORDERS[LATEST])
        topics.shows_latest_between(*sorted((moment, page.beyond.last_post_at)))
    elif order == "unanswered":
        topics.shows_kind(Kind.QUESTION)
    else:
        topics.shows_first_by(SORTED_BY[order])


@cached(LRUCache(500), key=lambda scope, order, pinned_keys: (scope.name, order, pinned_keys), lock=Lock())
def _pages(scope: Scope, order: str, pinned_keys: tuple[int, ...]) -> PreparedList[Thread]:
    rows, parts = scope.rows.public(), scope.parts
    if order == "unanswered":
        rows, parts = rows.unanswered(), [part.unanswered() for part in parts]
    parts = [_without(part, pinned_keys) for part in parts or (rows,)]
    return PreparedList(_for_rows(), order=ORDERS[order], size=ROWS_A_PAGE, parts=parts)


@cached(LRUCache(500), key=lambda scope: scope.name, lock=Lock())
def _newest_pinned(scope: Scope) -> Prepared:
    """Return the query for the keys of the most recently pinned threads; further ones are sorted by date.

    One that is pinned in its category does not lead the lists of several.
    """
    pinned = scope.rows.public().filter(pinned_at__isnull=False)
    newest = pinned if scope.categories else pinned.filter(is_pinned_everywhere=True)
    return Prepared(lambda: newest.order_by("-pinned_at", "-pk").values_list("pk")[:PINNED_SHOWN])


def _complete(found: ThreadList) -> ThreadList:
    """Read what rows show besides their threads."""
    find_last_posters(found.rows)
    find_tags(found.rows)
    topics.shows_rows(found.rows)
    return found


@cache
def _for_rows() -> ThreadQuerySet:
    """Return all public threads with what rows show, never read as a whole. Built once."""
    return Thread.objects.public().for_rows().fetch_mode(FETCH_RAISE)


def _rows_of(keys: Sequence[int]) -> list[Thread]:
    """Return these threads in order; no query for none."""
    found = _for_rows().in_bulk(keys) if keys else {}
    return [found[key] for key in keys if key in found]


def _without(rows: Part, keys: Sequence[int]) -> Part:
    name = "pk" if rows.model is Thread else "thread"
    return rows.exclude(**{f"{name}__in": keys}) if keys else rows
