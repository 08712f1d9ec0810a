"""Sitemaps by kind, in separate files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from community.content.models import Category, Tag, Thread

FILE_ROWS = 5_000
PLACES = (
    "pages:home",
    "pages:about",
    "forum:questions",
    "forum:discussions",
    "blogs:articles",
    "blogs:notes",
    "forum:tags",
    "experiments:runs",
    "experiments:playground",
    "experiments:datasets",
    "experiments:config",
)
NOT_FOR_ROBOTS = ("/search/", "/accounts/", "/settings/", "/write/", "/drafts/", "/posts/", "/api/")


class Places(Sitemap):
    def items(self) -> Sequence[str]:
        return PLACES

    def location(self, item: str) -> str:
        return reverse(item)


class Categories(Sitemap):
    limit = FILE_ROWS

    def items(self) -> QuerySet[Category]:
        return Category.objects.order_by("pk")


class Tags(Sitemap):
    limit = FILE_ROWS

    def items(self) -> QuerySet[Tag]:
        return Tag.objects.used().order_by("pk")


class Threads(Sitemap):
    """Threads in files by ranges of keys, so that no file counts or skips the rows of the others."""

    def items(self) -> QuerySet[Thread]:
        return Thread.objects.public().only("kind", "slug", "last_post_at")

    @property
    def paginator(self) -> KeyRanges:  # type: ignore[override]  # as far as the views of sitemaps use one
        return KeyRanges(self.items(), FILE_ROWS)

    def lastmod(self, item: Thread) -> datetime:
        return item.last_post_at

    def get_latest_lastmod(self) -> datetime | None:
        return self.items().order_by("-last_post_at", "-pk").values_list("last_post_at", flat=True).first()


@dataclass(frozen=True)
class KeyRanges:
    """Pages of `size` keys, of which some may belong to no row."""

    rows: QuerySet
    size: int

    @property
    def num_pages(self) -> int:
        newest = self.rows.model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        return max(1, -(-newest // self.size))

    def page(self, number: int | str) -> KeyRange:
        """Return one page. Raises PageNotAnInteger, EmptyPage."""
        try:
            place = int(number)
        except ValueError as error:
            raise PageNotAnInteger from error
        if not 1 <= place <= self.num_pages:
            raise EmptyPage
        last = place * self.size
        return KeyRange(self.rows.filter(pk__gt=last - self.size, pk__lte=last).order_by("pk"))


@dataclass(frozen=True)
class KeyRange:
    object_list: QuerySet


SITEMAPS = {"places": Places, "categories": Categories, "tags": Tags, "threads": Threads}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return robots.txt with the sitemap and the excluded paths."""
    closed = "".join(f"Disallow: {path}\n" for path in NOT_FOR_ROBOTS)
    sitemap = request.build_absolute_uri(reverse("pages:sitemap"))
    return HttpResponse(f"User-agent: *\n{closed}\nSitemap: {sitemap}\n", content_type="text/plain")
