"""What people do with questions and discussions beyond writing. Keyword-only, one transaction each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.common.errors import Invalid, NotAllowed
from community.content import acts, texts
from community.content.models import Category, Post, Role, Thread
from community.notifications.services import notify

from . import policies
from .models import Act, Event

if TYPE_CHECKING:
    from community.accounts.models import User


class NotAnAnswer(Invalid):
    """Something else than a visible answer of this question was to be accepted."""


@transaction.atomic
def accept_answer(*, answer: Post, by: User) -> Thread:
    """Mark the answer that solved a question, in place of any other. Its author hears of it once."""
    thread = _locked(answer.thread_id)
    _refuse_accepting(thread, by)
    answer = Post.objects.select_related("author").get(pk=answer.pk)
    if answer.thread_id != thread.pk or not policies.can_be_accepted(answer):
        raise NotAnAnswer(_("Only an answer to this question can be accepted."))
    if thread.solved_post_id != answer.pk:
        _set(thread, solved_post=answer)
        _write_down(by, "accept", thread, answer)
        _tell_author(answer, by)
    return thread


@transaction.atomic
def unaccept_answer(*, thread: Thread, by: User) -> Thread:
    """Take the mark back; the question is open again."""
    thread = _locked(thread.pk)
    _refuse_accepting(thread, by)
    if thread.solved_post is not None:
        _write_down(by, "unaccept", thread, thread.solved_post)
        _set(thread, solved_post=None)
    return thread


@transaction.atomic
def lock_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    """Close a thread: it takes no more answers, comments or edits."""
    return _moderate(thread, by, Act.LOCKED, reason, locked_at=timezone.now())


@transaction.atomic
def unlock_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    return _moderate(thread, by, Act.UNLOCKED, reason, locked_at=None)


@transaction.atomic
def pin_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    """Keep a thread at the head of its lists."""
    return _moderate(thread, by, Act.PINNED, reason, pinned_at=timezone.now())


@transaction.atomic
def unpin_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    return _moderate(thread, by, Act.UNPINNED, reason, pinned_at=None)


@transaction.atomic
def move_thread(*, thread: Thread, by: User, category: Category, reason: str = "") -> Thread:
    """Put a thread into another category."""
    return _moderate(thread, by, Act.MOVED, reason, category=category)


def _moderate(thread: Thread, by: User, act: str, reason: str, **columns) -> Thread:
    if not policies.can_moderate(by):
        raise NotAllowed(_("Only moderators can do this."))
    reason = texts.reason(reason)
    thread = _locked(thread.pk)
    if all(_is_same(getattr(thread, name), value) for name, value in columns.items()):
        return thread
    _set(thread, **columns)
    Event.objects.create(
        thread=thread,
        actor=by,
        act=act,
        reason=reason,
        category=columns.get("category"),
        after_number=thread.last_number,
    )
    acts.record(actor=by, act=act, post=thread.posts.get(role=Role.OPENING), note=reason)
    return thread


def _is_same(kept, wanted) -> bool:
    """Whether a change changes nothing; closing what is closed keeps its first moment."""
    return kept == wanted or (hasattr(kept, "tzinfo") and hasattr(wanted, "tzinfo"))


def _locked(thread_id: int) -> Thread:
    return Thread.objects.select_for_update().get(pk=thread_id)


def _set(thread: Thread, **columns) -> None:
    for name, value in columns.items():
        setattr(thread, name, value)
    thread.save(update_fields=list(columns))


def _refuse_accepting(thread: Thread, by: User) -> None:
    if not policies.can_accept(by, thread):
        raise NotAllowed(_("Only the person who asked, or a moderator, can accept an answer."))


def _write_down(by: User, act: str, thread: Thread, answer: Post) -> None:
    """Who asked decides by himself; what staff decides for him stands in the trail."""
    if thread.author_id != by.pk:
        acts.record(actor=by, act=act, post=answer)


def _tell_author(answer: Post, by: User) -> None:
    notify(
        listeners={answer.author_id: "accept"},
        actor=by,
        target_kind="post",
        target_id=answer.pk,
        event=f"accept:{answer.pk}",
    )
