"""Permission checks on loaded rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from community.content.models import Kind, Role
from community.content.policies import can_reply, is_own, is_staff

if TYPE_CHECKING:
    from community.content.models import Post, Thread
    from community.content.querysets import Reader


def can_accept(user: Reader, thread: Thread) -> bool:
    """Return whether a person can accept an answer: the author of an open question, and staff."""
    if thread.kind != Kind.QUESTION:
        return False
    return is_staff(user) or (is_own(user, thread) and not thread.is_locked)


class PostRights(NamedTuple):
    can_accept: bool


def on_posts(user: Reader, posts: Sequence[Post]) -> dict[int, PostRights]:
    """Return what a person can do with the answers on a page."""
    return {post.pk: PostRights(post.role == Role.ANSWER and can_accept(user, post.thread)) for post in posts}


def can_be_accepted(post: Post) -> bool:
    return post.role == Role.ANSWER and post.is_visible


def can_invite(user: Reader, thread: Thread) -> bool:
    """Return whether a person can invite others to answer: any member, to an open question that everybody sees."""
    return thread.kind == Kind.QUESTION and can_reply(user, thread) and not thread.is_locked


def can_moderate(user: Reader) -> bool:
    return is_staff(user)
