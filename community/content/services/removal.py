"""Deleting and restoring posts. Soft deletion only: rows keep their text and number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from community.audit.actions import Action
from community.audit.services import record
from community.common.errors import NotAllowed
from community.content import listings, policies
from community.content.models import Post, Role, Thread
from community.content.reindexing import thread_changed
from community.notifications.services import notify

from . import after_save
from .counting import count_thread
from .locking import locked_post

if TYPE_CHECKING:
    from community.accounts.models import User


@transaction.atomic
def delete_post(*, post: Post, by: User) -> Post:
    """Delete a post; deleting the opening post deletes the thread. Raises NotAllowed."""
    post = locked_post(post.pk, post.thread_id)
    if post.deleted_at is not None and policies.can_restore(by, post):
        return post
    if not policies.can_delete(by, post):
        raise NotAllowed(_refusal(by, post))
    post = _change(post, deleted_at=timezone.now(), deleted_by=by)
    _record(by, Action.DELETE, post)
    return post


@transaction.atomic
def restore_post(*, post: Post, by: User) -> Post:
    """Restore a post deleted by its author or staff. Raises NotAllowed."""
    post = locked_post(post.pk, post.thread_id)
    if post.deleted_at is None and (policies.is_own(by, post) or policies.is_staff(by)):
        return post
    if not policies.can_restore(by, post):
        raise NotAllowed(_("A moderator deleted this. Only a moderator can restore it."))
    post = _change(post, deleted_at=None, deleted_by=None)
    _record(by, Action.RESTORE, post)
    return post


@transaction.atomic
def hide_post(*, post: Post, by: User, reason: str = "", note: str = "") -> bool:
    """Hide a post from everyone except its author and staff. Returns whether it was visible. Raises NotAllowed.

    The author sees `reason`, one of `reasons.Reason`; `note` is for the audit log only.
    """
    post = locked_post(post.pk, post.thread_id)
    _refuse_unless_staff(by)
    if post.hidden_at is not None:
        return False
    post = _change(post, hidden_at=timezone.now())
    _record(by, Action.HIDE, post, reason=reason, note=note)
    return True


@transaction.atomic
def unhide_post(*, post: Post, by: User, note: str = "") -> bool:
    """Show a hidden post again, for staff. Returns whether it was hidden. Raises NotAllowed."""
    post = locked_post(post.pk, post.thread_id)
    _refuse_unless_staff(by)
    if post.hidden_at is None:
        return False
    post = _change(post, hidden_at=None)
    _record(by, Action.UNHIDE, post, note=note)
    return True


def _record(by: User, action: Action, post: Post, *, reason: str = "", note: str = "") -> None:
    """Record a staff action and notify the author without naming the moderator. Authors' own actions record nothing."""
    is_own = policies.is_own(by, post)
    if is_own and action in (Action.DELETE, Action.RESTORE):
        return
    entry = record(actor=by, action=action, target=post, note=note, changes={"reason": ("", reason)} if reason else {})
    listeners = {} if is_own else {post.author_id: action.value}
    event = f"audit:{entry.pk}"
    notify(listeners=listeners, actor=None, target_kind="post", target_id=post.pk, event=event, note=reason)


def _change(post: Post, **columns) -> Post:
    was_visible, was_public = post.is_visible, policies.is_public(post.thread)
    for column, value in columns.items():
        setattr(post, column, value)
    post.save(update_fields=list(columns))
    if post.is_opening:
        _change_thread(post, was_public, **columns)
    if post.is_visible != was_visible:
        _count(post, 1 if post.is_visible else -1)
        after_save.redeliver(post.thread)
        after_save.find_links(post)
    return post


def _change_thread(post: Post, was_public: bool, **columns) -> None:
    thread = post.thread
    kept = {column: value for column, value in columns.items() if column in ("deleted_at", "hidden_at")}
    for column, value in kept.items():
        setattr(thread, column, value)
    thread.save(update_fields=list(kept))
    if policies.is_public(thread) != was_public:
        count_thread(thread, -1 if was_public else 1)


def _count(post: Post, by: int) -> None:
    thread = post.thread
    Thread.objects.filter(pk=thread.pk).update(
        post_count=F("post_count") + by,
        answer_count=F("answer_count") + (by if post.role == Role.ANSWER else 0),
        last_post_at=_newest_moment(thread),
    )
    _move_acceptance(thread, post)
    listings.refresh(thread.pk)
    thread.refresh_from_db(fields=["post_count", "answer_count", "last_post_at", "solved_post"])


def _move_acceptance(thread: Thread, post: Post) -> None:
    """Reopen a question whose accepted answer is removed; accept it again when it is restored."""
    row = Thread.objects.filter(pk=thread.pk)
    if not post.is_visible:
        moved = row.filter(solved_post=post).update(solved_post=None, withdrawn_answer=post)
    else:
        was_accepted = row.filter(withdrawn_answer=post).update(withdrawn_answer=None)
        moved = was_accepted and row.filter(solved_post=None).update(solved_post=post)
    if moved:
        thread_changed(thread.pk)


def _newest_moment(thread: Thread):
    shown = Q(hidden_at=None, deleted_at=None) | Q(role=Role.OPENING)
    return thread.posts.filter(shown).order_by("-number").values_list("created_at", flat=True)[0]


def _refuse_unless_staff(by: User) -> None:
    if not policies.is_staff(by):
        raise NotAllowed(_("Only moderators can do this."))


def _refusal(by: User, post: Post) -> str:
    if policies.is_own(by, post) and post.is_opening and post.thread.reply_count:
        return _("Others have replied to this, so its author can no longer delete it. Please ask a moderator.")
    return _("You cannot delete this post.")
