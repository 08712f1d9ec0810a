"""Sitemaps by kind, in separate files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sitemaps import Sitemap
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
    limit = FILE_ROWS

    def items(self) -> QuerySet[Thread]:
        return Thread.objects.public().only("kind", "slug", "last_post_at").order_by("pk")

    def lastmod(self, item: Thread) -> datetime:
        return item.last_post_at


SITEMAPS = {"places": Places, "categories": Categories, "tags": Tags, "threads": Threads}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Return robots.txt with the sitemap and the excluded paths."""
    closed = "".join(f"Disallow: {path}\n" for path in NOT_FOR_ROBOTS)
    sitemap = request.build_absolute_uri(reverse("pages:sitemap"))
    return HttpResponse(f"User-agent: *\n{closed}\nSitemap: {sitemap}\n", content_type="text/plain")
