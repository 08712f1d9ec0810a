"""What staff did with a thread, shown in the thread itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.content.models import Category, Thread


class Act(models.TextChoices):
    LOCKED = "locked", _("closed this")
    UNLOCKED = "unlocked", _("opened this again")
    PINNED = "pinned", _("pinned this")
    UNPINNED = "unpinned", _("unpinned this")
    MOVED = "moved", _("moved this")


class Event(models.Model):
    """A visible event of a thread. `after_number` is the newest post there was; `category` is where it was moved to."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=10, choices=Act)
    reason = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    after_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.act} thread {self.thread_id}"
