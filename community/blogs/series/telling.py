"""Notifications of new parts of a series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from community.blogs.models import Part, SeriesFollow
from community.content import audience
from community.content.models import Kind, Post, Role
from community.notifications.services import notify

BATCH = 1_000
LATELY = timedelta(days=7)


def register() -> None:
    audience.register(audience.Delivery(deliver=tell_of, redeliver=lambda thread_id: None))


def tell_of(post: Post) -> None:
    """Notify the followers of a series of an article in it; who has been notified of the article is not again."""
    if not post.is_opening or post.thread.kind != Kind.ARTICLE:
        return
    part = Part.objects.filter(article=post.thread_id).first()
    if part is None:
        return
    for followers in _batches(part.series_id):
        notify(
            listeners=dict.fromkeys(followers, "new_thread"),
            actor=post.author,
            target_kind="post",
            target_id=post.pk,
            event=f"post:{post.pk}",
            subject=post.thread_id,
        )


def _batches(series_id: int) -> Iterator[list[int]]:
    """Yield the keys of the followers of a series, BATCH at a time, in the order of the index."""
    rows = SeriesFollow.objects.filter(series=series_id, follower__is_active=True).order_by("follower")
    keys, after = rows.values_list("follower", flat=True), 0
    while found := list(keys.filter(follower__gt=after)[:BATCH]):
        yield found
        after = found[-1]


def tell_of_part(article_id: int) -> None:
    """Notify followers of an article that was put into a series after it was published, if that was lately.

    Who files what they wrote over the years would otherwise send a notification for each.
    """
    rows = Post.objects.public().select_related("thread", "author")
    rows = rows.filter(thread__published_at__gt=timezone.now() - LATELY)
    post = rows.filter(thread=article_id, role=Role.OPENING).first()
    if post is not None:
        tell_of(post)
