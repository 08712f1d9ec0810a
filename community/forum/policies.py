"""Permission checks on loaded rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.content.models import Kind, Role
from community.content.policies import can_answer, is_own, is_staff

if TYPE_CHECKING:
    from community.content.models import Post, Thread
    from community.content.querysets import Reader


def can_accept(user: Reader, thread: Thread) -> bool:
    """Return whether a person can choose the accepted answer: the asker, until moderators lock it, and staff."""
    return _decides(user, thread) and (is_staff(user) or not thread.is_answer_locked)


def can_prove(user: Reader, answer: Post) -> bool:
    """Return whether a person can say which run proves an accepted answer: the asker, its author and staff."""
    if answer.thread.solved_post_id != answer.pk or not answer.is_visible:
        return False
    return _decides(user, answer.thread) or (is_own(user, answer) and not answer.thread.is_locked)


def can_be_accepted(post: Post) -> bool:
    return post.role == Role.ANSWER and post.is_visible


def can_invite(user: Reader, thread: Thread) -> bool:
    """Return whether a person can invite others to answer: any member, to a public question that takes answers."""
    return thread.kind == Kind.QUESTION and can_answer(user, thread) and not thread.is_locked


def _decides(user: Reader, thread: Thread) -> bool:
    """Return whether what solves a thread is for a person to say: the author of an open question, and staff."""
    if thread.kind != Kind.QUESTION:
        return False
    return is_staff(user) or (is_own(user, thread) and not thread.is_locked)


def can_moderate(user: Reader) -> bool:
    return is_staff(user)
