"""Authors of the newest post in each thread of a list."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import OuterRef, Q, Subquery

from community.accounts.models import User
from community.content.models import Post, Thread

SHOWN = Q(hidden_at=None, deleted_at=None)


def find_last_posters(threads: Iterable[Thread]) -> None:
    """Set `last_poster` on each thread, in one query; the author if there are no replies."""
    threads = list(threads)
    found = _last_posters([thread.pk for thread in threads])
    for thread in threads:
        thread.last_poster = found.get(thread.pk, thread.author)


def _last_posters(keys: list[int]) -> dict[int, User]:
    newest = Post.objects.filter(SHOWN, thread=OuterRef("pk")).order_by("-number").values("pk")[:1]
    newest_of_each = Thread.objects.filter(pk__in=keys).annotate(newest=Subquery(newest)).values("newest")
    posts = Post.objects.filter(pk__in=newest_of_each).select_related("author").only("thread_id", "author")
    return {post.thread_id: post.author for post in posts}
