"""Text that is not published yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from community.content.querysets import DraftQuerySet

if TYPE_CHECKING:
    pass


class DiscardedDraft(models.Model):
    """The draft that a person discarded last, to be restored from their list; kept for a month."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)
    fields = models.JSONField(default=dict, blank=True)
    base_version = models.PositiveIntegerField(default=0)
    discarded_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"discarded draft {self.key} of {self.owner_id}"


class Draft(models.Model):
    """Text saved while typing. `key` names the form: `new:question`, `reply:12`, `edit:45`.

    An alternative version from another tab or device has a suffix of `~` and letters: `reply:12~k3x`.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    source = models.TextField(blank=True)
    fields = models.JSONField(default=dict, blank=True)
    base_version = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index("owner", F("updated_at").desc(), F("id").desc(), name="draft_new")]
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="one_draft_a_box")]

    def __str__(self) -> str:
        return f"draft {self.key} of {self.owner_id}"

    @property
    def box(self) -> str:
        return self.key.partition("~")[0]

    @property
    def is_aside(self) -> bool:
        return "~" in self.key

    @property
    def box_kind(self) -> str:
        return self.box.partition(":")[0]

    @property
    def number(self) -> int | None:
        """Primary key in the form's key."""
        rest = self.box.partition(":")[2]
        return int(rest) if rest.isascii() and rest.isdecimal() and len(rest) < 19 else None

    def as_dict(self) -> dict[str, Any]:
        """Return what an editor compares its text with."""
        names = ("key", "version", "title", "source", "fields", "base_version")
        return {name: getattr(self, name) for name in names} | {"at": self.updated_at.isoformat()}
