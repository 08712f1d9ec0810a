"""Question and discussion services besides writing. Keyword-only, one transaction each."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from community.audit.actions import Action
from community.audit.services import record
from community.common.errors import NotAllowed
from community.content import texts
from community.content.models import Category, Post, Thread
from community.content.reindexing import thread_changed
from community.content.services import events
from community.content.services.after_save import redeliver
from community.notifications.services import notify

from . import policies, proofs
from .errors import AnswerLocked, NoSuchRun, NotAnAnswer, RunUnfinished

if TYPE_CHECKING:
    from community.accounts.models import User


@transaction.atomic
def accept_answer(*, answer: Post, by: User) -> Thread:
    """Mark the accepted answer, replacing any other. Its author is notified once."""
    thread = _locked(answer.thread_id)
    _refuse_accepting(thread, by)
    answer = Post.objects.select_related("author").get(pk=answer.pk)
    if answer.thread_id != thread.pk or not policies.can_be_accepted(answer):
        raise NotAnAnswer(_("Only answers to this question can be accepted."))
    if thread.solved_post_id != answer.pk:
        locked_at = thread.answer_locked_at if thread.is_answer_locked else None  # not the lock of one that was removed
        _set(
            thread,
            solved_post=answer,
            solved_at=timezone.now(),
            withdrawn_answer=None,
            solved_embed="",
            answer_locked_at=locked_at,
        )
        thread_changed(thread.pk)
        redeliver(thread)
        _record(by, Action.ACCEPT, thread, answer)
        _tell_author(answer, by)
    return thread


@transaction.atomic
def unaccept_answer(*, thread: Thread, by: User) -> Thread:
    """Remove the mark, which reopens the question."""
    thread = _locked(thread.pk)
    _refuse_accepting(thread, by)
    if thread.solved_post is not None:
        answer = thread.solved_post
        _set(thread, solved_post=None, solved_at=None, withdrawn_answer=None, solved_embed="", answer_locked_at=None)
        thread_changed(thread.pk)
        redeliver(thread)
        _record(by, Action.UNACCEPT, thread, answer)
    return thread


def point_at_run(*, answer: Post, by: User, key: str) -> None:
    """Say which run shows that the accepted answer is right, by the key of its embed; with none, take it back.

    Raises NotAllowed, and NoSuchRun for one that not everyone can see.
    """
    if key and not proofs.is_shown_to_all(key):
        raise RunUnfinished if proofs.is_unfinished(key) else NoSuchRun
    _point(answer, by, key)


@transaction.atomic
def _point(answer: Post, by: User, key: str) -> None:
    answer.thread = _locked(answer.thread_id)
    if not policies.can_prove(by, answer):
        raise NotAllowed(_("Only the asker, the author of the accepted answer or a moderator can do this."))
    if answer.thread.solved_embed == key:
        return
    _set(answer.thread, solved_embed=key)
    if by.pk not in (answer.thread.author_id, answer.author_id):
        record(actor=by, action=Action.PROVE, target=answer, note=key)


@transaction.atomic
def lock_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    """Close a thread: no more answers, comments or edits."""
    return _moderate(thread, by, Action.LOCK, reason, locked_at=timezone.now())


@transaction.atomic
def unlock_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    return _moderate(thread, by, Action.UNLOCK, reason, locked_at=None)


@transaction.atomic
def lock_answer(*, thread: Thread, by: User, reason: str = "") -> Thread:
    """Fix the accepted answer: only moderators change it from now on. It is unlocked when they unaccept it."""
    if not _for_moderator(thread, by).is_solved:
        raise NotAnAnswer(_("This question has no accepted answer to lock."))
    return _moderate(thread, by, Action.LOCK_ANSWER, reason, answer_locked_at=timezone.now())


@transaction.atomic
def unlock_answer(*, thread: Thread, by: User, reason: str = "") -> Thread:
    return _moderate(thread, by, Action.UNLOCK_ANSWER, reason, answer_locked_at=None)


def pin_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    """Pin a thread to the top of its category."""
    return _pin(thread, by, Action.PIN, reason, everywhere=False)


def pin_everywhere(*, thread: Thread, by: User, reason: str = "") -> Thread:
    """Pin a thread to the top of its category and of the lists of all categories."""
    return _pin(thread, by, Action.PIN_EVERYWHERE, reason, everywhere=True)


@transaction.atomic
def unpin_thread(*, thread: Thread, by: User, reason: str = "") -> Thread:
    return _moderate(thread, by, Action.UNPIN, reason, pinned_at=None)


@transaction.atomic
def move_thread(*, thread: Thread, by: User, category: Category, reason: str = "") -> Thread:
    """Move a thread to another category."""
    thread = _for_moderator(thread, by)
    events.move(thread=thread, by=by, category=category, reason=texts.reason(reason))
    return thread


def _moderate(thread: Thread, by: User, action: Action, reason: str, **switch: datetime | None) -> Thread:
    """Set or clear a timestamp and record the action; does nothing if the thread is in that state already."""
    thread, reason = _for_moderator(thread, by), texts.reason(reason)
    [(column, moment)] = switch.items()
    if (getattr(thread, column) is None) == (moment is None):
        return thread
    _set(thread, **switch)
    events.record_event(thread, by, action, reason)
    return thread


@transaction.atomic
def _pin(thread: Thread, by: User, action: Action, reason: str, *, everywhere: bool) -> Thread:
    thread, reason = _for_moderator(thread, by), texts.reason(reason)
    if thread.pinned_at is None or thread.is_pinned_everywhere != everywhere:
        _set(thread, pinned_at=timezone.now(), is_pinned_everywhere=everywhere)
        events.record_event(thread, by, action, reason)
    return thread


def _for_moderator(thread: Thread, by: User) -> Thread:
    """Return the thread, locked in the database, for a moderator."""
    if not policies.can_moderate(by):
        raise NotAllowed(_("Only moderators can do this."))
    return _locked(thread.pk)


def _locked(thread_id: int) -> Thread:
    return Thread.objects.select_for_update().get(pk=thread_id)


def _set(thread: Thread, **columns: object) -> None:
    for name, value in columns.items():
        setattr(thread, name, value)
    thread.save(update_fields=list(columns))


def _refuse_accepting(thread: Thread, by: User) -> None:
    if policies.is_own(by, thread) and thread.is_answer_locked and not policies.can_moderate(by):
        raise AnswerLocked
    if not policies.can_accept(by, thread):
        raise NotAllowed(_("Only the asker or a moderator can accept an answer."))


def _record(by: User, action: Action, thread: Thread, answer: Post) -> None:
    """Record a staff member's decision in the audit log; authors' own decisions are not recorded."""
    if thread.author_id != by.pk:
        record(actor=by, action=action, target=answer)


def _tell_author(answer: Post, by: User) -> None:
    notify(
        listeners={answer.author_id: "accept"},
        actor=by,
        target_kind="post",
        target_id=answer.pk,
        event=f"accept:{answer.pk}",
        subject=answer.thread_id,
    )
