"""Reads for run pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from bpsandbox import api
from community.accounts.models import User
from community.common.pagination import (
    Page,
    PreparedList,
    Read,
    Sift,
    cursors_of,
    keyset_page,
    query_without_cursor,
    sifted_page,
)
from community.common.prepared import place_of_key
from community.common.subqueries import CountUpTo
from community.content.mentioned_in import posts_linking_to
from community.content.models import Post
from community.content.querysets import Reader
from community.content.sifting import sift_by
from community.mutes.selectors import hidden_among, meets_everybody, met_by

from . import configs, topics
from .access import POST
from .errors import RunDeleted

SHELF = 24
NEWEST, OLDEST = ("-current_run_id",), ("current_run_id",)
LATEST_WISH = ("-pk",)


@dataclass(frozen=True)
class GalleryItem:
    """A run in a gallery, with the post that shows it, if any.

    `findings` have a kind and a title; `steps` are those of its longest seed, None if they are not known.
    """

    card: api.Card
    title: str = ""
    post: Post | None = None
    expires_at: Any = None
    findings: Sequence[tuple[str, str]] = ()
    steps: int | None = None

    @property
    def shown_title(self) -> str:
        return self.title or self.card.words["title"]

    @property
    def url(self) -> str:
        """URL of the run as shown in its post."""
        query = f"?post={self.post.pk}" if self.post else ""
        return reverse("experiments:run", args=[self.card.spec_hash]) + query


@dataclass(frozen=True)
class RunView:
    """Context of a run page, fully loaded. `posts` show the run, `linking` link to it. `document` is None without a
    result.
    """

    page: api.RunPage
    posts: list[Post]
    linking: list[Post]
    config_text: str
    document: api.Document | None = None

    @property
    def records(self) -> api.Records | None:
        return self.document.records if self.document else None

    @property
    def has_pictures(self) -> bool:
        """Whether the network is drawn: its recorded states, or at least its layers."""
        return self.document is not None and bool(self.document.layers)

    @property
    def is_listed(self) -> bool:
        """Whether search engines can list it."""
        return any(source.visibility == "public" for source in self.page.sources)

    @property
    def is_own(self) -> bool:
        """Whether everybody's lists show it as one of this reader."""
        return any(source.is_mine and source.visibility == "public" for source in self.page.sources)

    @property
    def is_shared(self) -> bool:
        """Whether visitors who have the address can see it."""
        return any(source.visibility in ("public", "unlisted") for source in self.page.sources)

    @property
    def has_internals(self) -> bool:
        """Whether internals were recorded."""
        names = self.records.names if self.records else ()
        return not {"learning_rate", "gradients", "activations", "saliency", "histograms"}.isdisjoint(names)

    @property
    def earlier(self) -> tuple[api.Past, ...]:
        """Runs of this spec, if there is more than one."""
        return self.page.history if len(self.page.history) > 1 else ()


def gallery(
    request: HttpRequest, reader: Reader | None, *, owner: Any = None, order: tuple[str, ...] = NEWEST
) -> Page[GalleryItem]:
    """Return a page of recent listed runs, of everyone whom the reader meets or of one member."""
    topics.shows_any()
    if owner is None and reader is not None and reader.is_authenticated:
        return _listed(request, reader, partial(_read_for, reader, order))
    rows = api.gallery(reader, owner=owner).prefetch_related(api.shown_traits())
    return _listed(request, reader, partial(_read, rows, order, ()))


def _read_for(reader: Reader, order: tuple[str, ...], after: str | None, before: str | None) -> Page[Any]:
    return _members(order, is_staff=reader.is_staff).keyset_page(after=after, before=before, reader=reader.pk or 0)


@cache
def _members(order: tuple[str, ...], *, is_staff: bool) -> PreparedList[Any]:
    """Return the gallery of all runs as members see it. Without values, PostgreSQL reads all runs for a page of it."""
    rows = api.gallery(User(pk=place_of_key("reader"), is_staff=is_staff)).prefetch_related(api.shown_traits())
    return PreparedList(rows, order=order, size=SHELF, keeps_plan=False)


def listed_runs(request: HttpRequest, reader: Reader | None, wanted: api.Filters) -> Page[GalleryItem]:
    """Return a page of the listed runs that match, of all of them without filters."""
    if not wanted and wanted.order in ("", "oldest"):
        return gallery(request, reader, order=OLDEST if wanted.order else NEWEST)
    topics.shows_any()
    specs, traits, order = api.matching(wanted, reader)
    specs = specs.prefetch_related(api.shown_traits())
    return _listed(request, reader, partial(_read, specs, order, [traits]))


def _read(
    rows: QuerySet, order: Sequence[str], parts: Sequence[QuerySet], after: str | None, before: str | None
) -> Page[Any]:
    return keyset_page(rows, order=order, size=SHELF, after=after, before=before, parts=parts)


def _listed(request: HttpRequest, reader: Reader | None, read: Read[Page[Any]]) -> Page[GalleryItem]:
    page = sifted_page(read, _sift(reader), **cursors_of(request))
    page = replace(page, query=query_without_cursor(request))
    return _gallery_page(page, gallery_items(page.items, reader))


def _sift(reader: Reader | None) -> Sift[Any] | None:
    """Take out the runs that people put on lists whom the reader does not meet."""
    return sift_by(reader, lambda row: api.listing_of(row).owner_id)


def met_among(keys: Sequence[int], reader: Reader | None) -> set[int]:
    """Return those of these specs that somebody put on lists whom the reader meets."""
    if meets_everybody(reader) or not keys:
        return set(keys)
    rows = api.gallery(reader).filter(pk__in=keys).prefetch_related(None)
    owners = {row.pk: api.listing_of(row).owner_id for row in rows}
    hidden = hidden_among(reader, {owner for owner in owners.values() if owner is not None})
    return {key for key in keys if owners.get(key) not in hidden}


def recent(reader: Reader | None, most: int) -> list[Any]:
    """Return the newest rows of `api.gallery` for this reader, most of these many."""
    rows, sift = list(api.gallery(reader)[:most]), _sift(reader)
    return sift(rows) if sift else rows


def runs_on(data: str, reader: Reader | None, most: int = 6) -> Page[GalleryItem]:
    """Return the newest listed runs on a data set."""
    topics.shows_any()
    specs, traits, order = api.matching(api.filters({"data": data}), reader)
    newest = list(traits.order_by("-spec").values_list("spec", flat=True)[:most])
    found = list(specs.filter(pk__in=newest).order_by(*order).prefetch_related(api.shown_traits()))
    sift = _sift(reader)
    return Page(gallery_items(sift(found) if sift else found, reader), None, None, "")


def gallery_items(rows: Sequence[Any], reader: Reader | None) -> list[GalleryItem]:
    """Return rows of `api.gallery` with their posts."""
    listings = [api.listing_of(row) for row in rows]
    posts = posts_by_id((each.target_id for each in listings if each.target_kind == POST), reader)
    found = zip(rows, listings, strict=True)
    return [_item(row, title=listing.title, post=_post_of(listing, posts)) for row, listing in found]


def _item(spec: Any, **more: Any) -> GalleryItem:
    return GalleryItem(api.card_of(spec), findings=api.findings_shown(spec), steps=api.steps_shown(spec), **more)


def public_run_count() -> CountUpTo:
    """Return a column of members: how many of their runs lists may show. A page with it says `topics.shows_any`."""
    return CountUpTo(api.gallery(None, owner=OuterRef(OuterRef("pk"))))


def runs_by_day(owner: int, since: datetime) -> dict[date, int]:
    """Return how many runs a member has shown to everybody since then, by day in UTC."""
    return api.listed_by_day(owner, since)


def found_identical(owner: Any) -> QuerySet:
    """Return what the site said of a member's public runs that it repeated bit for bit, the first one first.

    A page with `spec__hash` or `checked_at` of one says `topics.shows_any`.
    """
    return api.found_identical(owner)


def run_briefs(hashes: Sequence[str]) -> dict[str, api.Brief]:
    """Return what lists say of these runs, by hash, of those that everybody can see."""
    if not hashes:
        return {}
    topics.shows(hashes)
    return api.brief_states(hashes)


def sees_run(reader: Reader, spec_hash: str) -> bool:
    return bool(api.brief_states([spec_hash], reader))


def lists_run(owner: Any, spec_hash: str) -> bool:
    """Return whether everybody's lists show this run as one of this member."""
    return bool(listed_among(owner, [spec_hash]))


def listed_among(owner: Any, hashes: Sequence[str]) -> set[str]:
    """Return those of these runs that everybody's lists show as a member's."""
    if not hashes:
        return set()
    topics.shows(hashes)
    return set(api.gallery(None, owner=owner).order_by().filter(hash__in=hashes).values_list("hash", flat=True))


def _post_of(listing: Any, posts: dict[int, Post]) -> Post | None:
    return posts.get(listing.target_id or 0) if listing.target_kind == POST else None


def own_runs(request: HttpRequest, *, user: Reader, owner_key: str) -> Page[GalleryItem]:
    """Return a person's runs, most recently requested first."""
    if user is not None and user.is_authenticated:
        page = _owned().keyset_page(request=request, reader=user.pk)
    else:
        rows = api.owned(None, owner_key).prefetch_related(api.shown_traits("spec__"))
        page = keyset_page(rows, order=LATEST_WISH, size=SHELF, request=request)
    posts = posts_by_id((row.target_id for row in page.items if row.target_kind == POST), user)
    shown = [
        _item(row.spec, title=row.title, post=_post_of(row, posts), expires_at=row.expires_at) for row in page.items
    ]
    return _gallery_page(page, shown)


@cache
def _owned() -> PreparedList[Any]:
    rows = api.owned(User(pk=place_of_key("reader"))).prefetch_related(api.shown_traits("spec__"))
    return PreparedList(rows, order=LATEST_WISH, size=SHELF, keeps_plan=False)


def _gallery_page(page: Page, items: list[GalleryItem]) -> Page[GalleryItem]:
    return Page(items, page.next_cursor, page.previous_cursor, page.query)


def posts_by_id(ids: Iterable[int | None], reader: Reader | None) -> dict[int, Post]:
    """Return those of these posts that this reader sees, in threads and of people whom they meet."""
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    rows = Post.objects.visible_to(reader or AnonymousUser()).filter(
        met_by(reader, "author", "thread__author"), pk__in=wanted
    )
    return {post.pk: post for post in rows.select_related("thread", "author").defer("html", "source", "text")}


def run_page(spec_hash: str, *, user: Reader, owner_key: str, shown_in: tuple[str, int] | None = None) -> api.RunPage:
    """Return `api.run_page`. Raises RunDeleted if it is gone and everybody could have seen it, else RunNotFound."""
    try:
        return api.run_page(spec_hash, user, owner_key, shown_in=shown_in)
    except api.RunNotFound:
        post = _deleted_post(spec_hash)
        if post is None and not api.is_gone(spec_hash):
            raise
        raise RunDeleted(post.thread if post and post.thread.deleted_at is None else None) from None


def _deleted_post(spec_hash: str) -> Post | None:
    """Return the last post with a run that was public until it was deleted; None if there is none."""
    ids = [number for kind, number in api.targets_of(spec_hash) if kind == POST]
    is_deleted = Q(deleted_at__isnull=False) | Q(thread__deleted_at__isnull=False)
    was_public = Q(hidden_at=None, thread__published_at__isnull=False, thread__hidden_at=None)
    rows = Post.objects.filter(is_deleted, was_public, pk__in=ids).select_related("thread")
    return rows.defer("html", "source", "text").order_by("-pk").first()


def run_view(spec_hash: str, *, user: Reader, owner_key: str, shown_in: tuple[str, int] | None = None) -> RunView:
    """Load the page of a spec; `shown_in` is the referring post. Raises RunDeleted or RunNotFound."""
    page = run_page(spec_hash, user=user, owner_key=owner_key, shown_in=shown_in)
    posts, linking = posts_of(page, user)
    return RunView(page, posts, linking, configs.short(page.config, spec_hash), page.document)


def posts_of(page: api.RunPage, reader: Reader) -> tuple[list[Post], list[Post]]:
    """Return the posts that show a run, and the newest others that link to it, as far as this reader sees them."""
    ids = [source.target_id for source in page.sources if source.target_kind == POST]
    linking = [key for key in posts_linking_to(page.card.spec_hash) if key not in ids]
    found = posts_by_id([*ids, *linking], reader)
    return [found[key] for key in sorted(found.keys() & set(ids))], [found[key] for key in linking if key in found]
