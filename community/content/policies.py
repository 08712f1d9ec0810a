"""Permission checks on loaded rows. `thread` must be loaded on the posts given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Post, Thread
    from .querysets import Reader


def is_staff(user: Reader) -> bool:
    return bool(user.is_authenticated and user.is_staff)


def is_own(user: Reader, row: Thread | Post) -> bool:
    return bool(user.is_authenticated and row.author_id == user.pk)


def is_public(thread: Thread) -> bool:
    return not thread.is_draft and thread.hidden_at is None and thread.deleted_at is None


def can_reply(user: Reader, thread: Thread) -> bool:
    return bool(user.is_authenticated and is_public(thread) and (not thread.is_locked or user.is_staff))


def can_answer(user: Reader, thread: Thread) -> bool:
    """Return whether a person can write below a thread: comments on a question on hold are possible, no answers."""
    return can_reply(user, thread) and not thread.is_held


def can_edit(user: Reader, post: Post) -> bool:
    """Return whether a post is in somebody's care. Others may edit community answers: see `community_answers`."""
    if is_staff(user):
        return True
    return is_own(user, post) and post.is_visible and not post.thread.is_locked


def can_delete(user: Reader, post: Post) -> bool:
    """Return whether a person can delete the post: its author, unless a question already has answers from others."""
    if post.deleted_at is not None:
        return False
    if is_staff(user):
        return True
    if not is_own(user, post) or post.thread.is_locked:
        return False
    return not post.is_opening or post.thread.reply_count == 0


def can_restore(user: Reader, post: Post) -> bool:
    if post.deleted_at is None:
        return False
    return is_staff(user) or (is_own(user, post) and post.deleted_by_id == user.pk)


def can_see_history(user: Reader, post: Post) -> bool:
    """Return whether a person sees earlier versions: of a deleted or hidden post, only its author and staff."""
    return post.is_visible or is_own(user, post) or is_staff(user)


def can_restore_version(user: Reader, post: Post) -> bool:
    """Return whether a person can make an earlier version the newest: its author, as long as they can edit.

    Of a community answer, which others may have spoiled, moderators too.
    """
    return (is_own(user, post) or post.is_community) and can_edit(user, post)


def can_publish(user: Reader, thread: Thread) -> bool:
    return is_own(user, thread) and thread.is_draft and thread.deleted_at is None
