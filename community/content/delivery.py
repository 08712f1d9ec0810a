"""Who hears of a post, told after the commit. Safe to run twice: a person is told once of one post."""

from __future__ import annotations

from django.utils import timezone

from community.notifications.services import notify

from . import audience
from .models import Post, Role


def announce(post_id: int) -> None:
    """Tell everyone whom a new post concerns, if it is still public."""
    post = _public(post_id)
    if post is not None:
        _tell(post, audience.listeners(post) | _answered(post) | _mentioned(post))


def tell_mentioned(post_id: int) -> None:
    """Tell those whom an edited post names and who have not heard of it."""
    post = _public(post_id)
    if post is not None:
        _tell(post, _mentioned(post))


def _public(post_id: int) -> Post | None:
    return Post.objects.public().select_related("thread", "author", "parent").filter(pk=post_id).first()


def _tell(post: Post, listeners: dict[int, str]) -> None:
    notify(listeners=listeners, actor=post.author, target_kind="post", target_id=post.pk, event=f"post:{post.pk}")
    post.mentions.filter(notified_at=None).update(notified_at=timezone.now())


def _answered(post: Post) -> dict[int, str]:
    """Whom a post answers: the thread's author, or the author of the post it stands under."""
    if post.is_opening:
        return {}
    if post.role == Role.ANSWER:
        return {post.thread.author_id: "answer"}
    told = {post.thread.author_id: "reply"}
    return told | {post.parent.author_id: "reply"} if post.parent else told


def _mentioned(post: Post) -> dict[int, str]:
    return dict.fromkeys(post.mentions.filter(notified_at=None).values_list("user_id", flat=True), "mention")
