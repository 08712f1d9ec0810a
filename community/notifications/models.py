"""Notifications. Targets are loaded when shown, so nothing hidden leaks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from community.notifications.channels import Channel, Frequency
from community.notifications.querysets import NotificationQuerySet
from community.notifications.topics import Topic

NEWEST = (F("last_at").desc(), F("id").desc())
IS_LINE = Q(line=None)


class Notification(models.Model):
    """A notification: `verb` is what happened, `target_kind` and `target_id` the target, registered by the app that
    owns them.

    `key` is unique per recipient: the same event is notified once. `note` says why it happened. `subject` is the key of
    the thread that it is about, 0 for none.

    Notifications of one verb and subject make a *line* of the list. Its first one has no `line`: it says when the last
    one was added, how many there are, and whether they are read. The others name it as their `line`.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    verb = models.CharField(max_length=30)
    target_kind = models.CharField(max_length=20)
    target_id = models.PositiveBigIntegerField()
    key = models.CharField(max_length=80)
    subject = models.PositiveBigIntegerField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    line = models.ForeignKey(
        "self", null=True, blank=True, db_index=False, on_delete=models.SET_NULL, related_name="joined"
    )
    last_at = models.DateTimeField(default=timezone.now, db_default=Now())
    size = models.PositiveSmallIntegerField(default=1, db_default=1)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recipient", "key"], name="notified_once"),)
        indexes = (
            models.Index("recipient", *NEWEST, name="notice_line", condition=IS_LINE),
            models.Index("recipient", "verb", *NEWEST, name="notice_line_of_verb", condition=IS_LINE),
            models.Index("recipient", "verb", "subject", name="notice_open", condition=IS_LINE & Q(read_at=None)),
            models.Index("line", name="notice_joined", condition=Q(line__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.target_kind} {self.target_id} to {self.recipient_id}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class Preference(models.Model):
    """How often a person is notified of a topic by a channel, where they have chosen it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=20, choices=Topic)
    channel = models.CharField(max_length=10, choices=Channel)
    frequency = models.CharField(max_length=12, choices=Frequency)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "topic", "channel"], name="one_preference"),)

    def __str__(self) -> str:
        return f"{self.topic} {self.channel} {self.frequency} for {self.person_id}"
