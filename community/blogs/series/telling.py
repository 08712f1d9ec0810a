"""Notifications of new parts of a series."""

from __future__ import annotations

from community.blogs.models import Part, SeriesFollow
from community.content import audience
from community.content.models import Kind, Post, Role
from community.notifications.services import notify


def register() -> None:
    audience.register(audience.Delivery(deliver=tell_of, redeliver=lambda thread_id: None))


def tell_of(post: Post) -> None:
    """Notify the followers of a series of an article in it; who has been notified of the article is not again."""
    if not post.is_opening or post.thread.kind != Kind.ARTICLE:
        return
    part = Part.objects.filter(article=post.thread_id).first()
    if part is None:
        return
    followers = SeriesFollow.objects.filter(series=part.series_id, follower__is_active=True)
    notify(
        listeners=dict.fromkeys(followers.values_list("follower", flat=True), "new_thread"),
        actor=post.author,
        target_kind="post",
        target_id=post.pk,
        event=f"post:{post.pk}",
        subject=post.thread_id,
    )


def tell_of_part(article_id: int) -> None:
    """Notify followers of an article that was put into a series after it was published."""
    rows = Post.objects.public().select_related("thread", "author")
    post = rows.filter(thread=article_id, role=Role.OPENING).first()
    if post is not None:
        tell_of(post)
