"""Notifications about posts, sent after the commit. Idempotent: a person is notified once per post."""

from __future__ import annotations

from django.utils import timezone

from community.notifications.services import notify

from . import audience, quoting
from .models import Post, Role


def announce(post_id: int) -> None:
    """Notify everyone a new post concerns, if it is still public.

    Each person gets the most specific reason: answered, quoted, mentioned, thread author, follower.
    """
    post = _public(post_id)
    if post is not None:
        _tell(post, audience.listeners(post) | _concerned(post) | _named(post) | _answered(post))


def announce_edit(post_id: int) -> None:
    """Notify those whom an edited post quotes or mentions and who have not been notified of it."""
    post = _public(post_id)
    if post is not None:
        _tell(post, _named(post))


def _public(post_id: int) -> Post | None:
    related = ("thread", "author", "parent", "reply_to")
    return Post.objects.public().select_related(*related).filter(pk=post_id).first()


def _tell(post: Post, listeners: dict[int, str]) -> None:
    notify(listeners=listeners, actor=post.author, target_kind="post", target_id=post.pk, event=f"post:{post.pk}")
    post.mentions.filter(notified_at=None).update(notified_at=timezone.now())


def _answered(post: Post) -> dict[int, str]:
    """Return the author of the post replied to, else the thread's author."""
    if post.is_opening:
        return {}
    if post.role == Role.ANSWER:
        return {post.thread.author_id: "answer"}
    if post.reply_to is None or post.reply_to.is_opening:
        return {post.thread.author_id: "reply"}
    return {post.reply_to.author_id: "reply_to_comment" if post.reply_to.role == Role.COMMENT else "reply"}


def _concerned(post: Post) -> dict[int, str]:
    """Return the authors of the thread and of the parent post, for a reply directed at someone else."""
    above = [] if post.is_opening else [post.thread.author_id, *([post.parent.author_id] if post.parent else [])]
    return dict.fromkeys(above, "reply")


def _named(post: Post) -> dict[int, str]:
    mentioned = dict.fromkeys(post.mentions.filter(notified_at=None).values_list("user_id", flat=True), "mention")
    return mentioned | dict.fromkeys((each.author_id for each in quoting.quoted_posts(post.source)), "quote")
