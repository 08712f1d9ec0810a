"""Changes of a thread other than its text. Each adds an event to the thread.

Staff actions are also recorded in the audit log, and the author is notified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from community.audit.actions import Action
from community.audit.services import Changes, record
from community.content import policies
from community.content.models import Category, Event, Thread
from community.content.reindexing import thread_changed
from community.notifications.services import notify

from . import after_save
from . import tags as tagging
from .counting import add_to_categories

if TYPE_CHECKING:
    from community.accounts.models import User

PINS = (Action.PIN, Action.PIN_EVERYWHERE, Action.UNPIN)
TOLD = frozenset({Action.LOCK, Action.UNLOCK, Action.MOVE})
STAFF_ONLY = frozenset({Action.LOCK, Action.UNLOCK, *PINS, Action.LOCK_ANSWER, Action.UNLOCK_ANSWER})


def move(*, thread: Thread, by: User, category: Category, reason: str = "") -> bool:
    """Move a locked thread to another category. Returns whether the category changed."""
    before = thread.category
    if before is not None and before.pk == category.pk:
        return False
    thread.category = category
    thread.save(update_fields=["category"])
    if policies.is_public(thread):
        add_to_categories({category.pk: 1} | ({before.pk: -1} if before else {}))
    after_save.redeliver(thread)
    slugs = (before.slug if before else "", category.slug)
    record_event(thread, by, Action.MOVE, reason, {"category": slugs}, from_category=before, category=category)
    return True


def retag(*, thread: Thread, by: User, names: dict[str, str], reason: str = "") -> bool:
    """Replace the tags (slug to name) of a locked thread. Returns whether they changed."""
    names = tagging.canonical(names)
    before = dict(thread.tags.values_list("slug", "name"))
    tagging.replace(thread, names)
    after = dict(thread.tags.values_list("slug", "name")) if before.keys() != names.keys() else before
    if before == after:
        return False
    thread_changed(thread.pk)
    after_save.redeliver(thread)
    added = [after[slug] for slug in sorted(after.keys() - before.keys())]
    removed = [before[slug] for slug in sorted(before.keys() - after.keys())]
    changes = {"tags": (sorted(before), sorted(after))}
    record_event(thread, by, Action.RETAG, reason, changes, tags_added=added, tags_removed=removed)
    return True


def record_event(
    thread: Thread, by: User, action: Action, reason: str = "", changes: Changes | None = None, **columns
) -> None:
    """Record an event of a thread. Drafts have no events, so their earlier state stays private."""
    add_event(thread, by, action, reason, **columns)
    if action in STAFF_ONLY or not policies.is_own(by, thread):
        entry = record(actor=by, action=action, target=thread, note=reason, changes=changes)
        if action in TOLD:
            _tell_author(thread, by, action, reason, entry.pk)


def add_event(thread: Thread, by: User, action: Action, reason: str = "", **columns) -> None:
    """Show an action in a thread, without an entry in the audit log."""
    if not thread.is_draft:
        after = thread.last_number
        Event.objects.create(thread=thread, actor=by, action=action, reason=reason, after_number=after, **columns)


def _tell_author(thread: Thread, by: User, action: Action, reason: str, entry_id: int) -> None:
    notify(
        listeners={thread.author_id: action},
        actor=by,
        target_kind="thread",
        target_id=thread.pk,
        event=f"audit:{entry_id}",
        subject=thread.pk,
        note=reason,
    )
