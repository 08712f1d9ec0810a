"""Public changes of threads."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from community.audit import actions
from community.content.reasons import edit_words

from .taxonomy import Category
from .threads import Thread

EVENT_ICONS: dict[str, str] = {
    actions.Action.LOCK: "lock",
    actions.Action.UNLOCK: "lock-open",
    actions.Action.LOCK_ANSWER: "lock",
    actions.Action.UNLOCK_ANSWER: "lock-open",
    actions.Action.MOVE: "folder-input",
    actions.Action.RETAG: "tag",
    actions.Action.DUPLICATE: "copy",
    actions.Action.DUPLICATED: "copy",
    actions.Action.HOLD: "circle-pause",
    actions.Action.REOPEN: "circle-play",
}


class Event(models.Model):
    """A public change of a thread other than its text: closed, pinned, moved, retagged.

    `after_number` is the newest post at the time. A move goes from `from_category` to `category`; tags are names.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=30)
    reason = models.CharField(max_length=200, blank=True)
    from_category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    tags_added = models.JSONField(default=list, blank=True)
    tags_removed = models.JSONField(default=list, blank=True)
    after_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} thread {self.thread_id}"

    @property
    def action_words(self) -> str:
        """The action in the reader's language."""
        return actions.words(self.action)

    @property
    def reason_words(self) -> str:
        """The reason, in the reader's language if the site gave it."""
        return edit_words(self.reason)

    @property
    def icon(self) -> str:
        return EVENT_ICONS.get(self.action, "pin")
