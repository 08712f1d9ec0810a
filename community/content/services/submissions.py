"""Idempotency of forms: a submission sent twice returns what it created the first time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from community.content.errors import SubmissionReused
from community.content.models import Post

if TYPE_CHECKING:
    from community.accounts.models import User


def previous_result(author: User, submission: UUID | None, source: str, title: str | None = None) -> Post | None:
    """Return the post this submission created. Raises SubmissionReused if it created a different text or title."""
    if submission is None:
        return None
    post = Post.objects.select_related("thread").filter(author=author, submission=submission).first()
    if post is not None and not _is_same_text(post, source, title):
        raise SubmissionReused
    return post


def already_posted(author: User, names: Iterable[str]) -> list[UUID]:
    """Return the submissions among these that created a post."""
    known = Post.objects.filter(author=author, submission__in=[name for name in map(_uuid, names) if name])
    return [made for made in known.values_list("submission", flat=True) if made is not None]


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _is_same_text(post: Post, source: str, title: str | None) -> bool:
    first = post.revisions.order_by("number").first() if post.version > 1 else None
    if title is not None and title != (first.title if first else post.thread.title):
        return False
    return (first.source if first else post.source) == source
