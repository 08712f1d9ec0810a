"""Reads for run pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from bpsandbox import api
from community.common.pagination import Page, keyset_page
from community.content.models import Post
from community.content.querysets import Reader

from . import configs
from .access import POST

SHELF = 24
NEWEST = ("-current_run_id",)
LATEST_WISH = ("-pk",)


@dataclass(frozen=True)
class GalleryItem:
    """A run in a gallery, with the post that shows it, if any."""

    card: api.Card
    title: str = ""
    post: Post | None = None
    expires_at: Any = None

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
    """Context of a run page, fully loaded. `document` is None without a result."""

    page: api.RunPage
    posts: list[Post]
    config_text: str
    document: api.Document | None = None

    @property
    def records(self) -> api.Records | None:
        return self.document.records if self.document else None

    @cached_property
    def has_network(self) -> bool:
        return self.document is not None and api.draws_network(self.document)

    @property
    def has_pictures(self) -> bool:
        return self.has_network or bool(self.records and self.records.decision_boundary)

    @property
    def has_side_column(self) -> bool:
        """Whether the page has a column beside the curves."""
        return self.has_pictures or bool(self.records and self.records.confusion_matrix)

    @property
    def is_listed(self) -> bool:
        """Whether search engines can list it."""
        return any(source.visibility == "public" for source in self.page.sources)

    @property
    def has_internals(self) -> bool:
        """Whether internals were recorded."""
        names = self.records.names if self.records else ()
        return not {"learning_rate", "gradients", "activations", "weights"}.isdisjoint(names)

    @property
    def earlier(self) -> tuple[api.Past, ...]:
        """Runs of this spec, if there is more than one."""
        return self.page.history if len(self.page.history) > 1 else ()


def gallery(request: HttpRequest, reader: Reader | None, *, owner: Any = None) -> Page[GalleryItem]:
    """Return a page of recent listed runs, of everyone or of one member."""
    page = keyset_page(api.gallery(reader, owner=owner), order=NEWEST, size=SHELF, request=request)
    posts = posts_by_id((row.target_id for row in page.items if row.target_kind == POST), reader)
    return _gallery_page(
        page, [GalleryItem(api.card_of(row), row.title or "", _post_of(row, posts)) for row in page.items]
    )


def public_run_count(owner: Any) -> int:
    return api.gallery(None, owner=owner).count()


def _post_of(row: Any, posts: dict[int, Post]) -> Post | None:
    return posts.get(row.target_id) if row.target_kind == POST else None


def own_runs(request: HttpRequest, *, user: Reader, owner_key: str) -> Page[GalleryItem]:
    """Return a person's runs, most recently requested first."""
    page = keyset_page(api.owned(user, owner_key), order=LATEST_WISH, size=SHELF, request=request)
    shown = [GalleryItem(api.card_of(row.spec), row.title, expires_at=row.expires_at) for row in page.items]
    return _gallery_page(page, shown)


def _gallery_page(page: Page, items: list[GalleryItem]) -> Page[GalleryItem]:
    return Page(items, page.next_cursor, page.previous_cursor, page.query)


def posts_by_id(ids: Iterable[int | None], reader: Reader | None) -> dict[int, Post]:
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    rows = Post.objects.visible_to(reader or AnonymousUser()).filter(pk__in=wanted)
    return {post.pk: post for post in rows.select_related("thread", "author").defer("html", "source", "text")}


def run_view(spec_hash: str, *, user: Reader, owner_key: str, shown_in: tuple[str, int] | None = None) -> RunView:
    """Load the page of a spec; `shown_in` is the referring post. Raises RunNotFound."""
    page = api.run_page(spec_hash, user, owner_key, shown_in=shown_in)
    ids = [source.target_id for source in page.sources if source.target_kind == POST]
    posts = sorted(posts_by_id(ids, user).values(), key=lambda post: post.pk)
    return RunView(page, posts, configs.short(page.config, spec_hash), page.document)
