"""Notifications. Targets are loaded when shown, so nothing hidden leaks."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community.notifications.channels import Channel, Frequency
from community.notifications.querysets import NotificationQuerySet
from community.notifications.topics import Topic

NEWEST = (F("last_at").desc(), F("id").desc())
IS_LINE = Q(line=None)


class Notification(models.Model):
    """A notification: `verb` is what happened, `target_kind` and `target_id` the target, registered by the app that
    owns them.

    `key` is unique per recipient: the same event is notified once. `note` says why it happened. `subject` is the key of
    the thread that it is about, 0 for none. `mailed_at` is when an email took it; one that `is_mail_only` is in no
    list, because its recipient wants to hear of its topic by email or push alone.

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
    mailed_at = models.DateTimeField(null=True, blank=True)
    is_mail_only = models.BooleanField(default=False, db_default=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recipient", "key"], name="notified_once"),)
        indexes = (
            models.Index("recipient", *NEWEST, name="notice_line", condition=IS_LINE),
            models.Index("recipient", *NEWEST, name="notice_line_unread", condition=IS_LINE & Q(read_at=None)),
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
    """How often a person is notified of a topic by a channel, where they have chosen it.

    `stopped_from` is how often it was when a link in an email ended it, for the way back.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    topic = models.CharField(max_length=20, choices=Topic)
    channel = models.CharField(max_length=10, choices=Channel)
    frequency = models.CharField(max_length=12, choices=Frequency)
    stopped_from = models.CharField(max_length=12, choices=Frequency, blank=True, default="", db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["person", "topic", "channel"], name="one_preference"),)

    def __str__(self) -> str:
        return f"{self.topic} {self.channel} {self.frequency} for {self.person_id}"


class StopReason(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("You unsubscribed with the link in an email.")
    REFUSED = "refused", _("Your mail server does not accept email for this address.")


class Mailbox(models.Model):
    """What the site knows of a person's email: quiet hours, digests that were sent, and whether email has stopped.

    Nothing from before `began_at` is mailed: when a new account joined, or when the mailbox was made. `daily_at` and
    `weekly_at` are the ends of the periods that digests have told of; one is due when a morning has come since.
    `looked_at` is when to look whether one is, nothing more. `hour_at` and `in_hour` count the letters of an hour,
    `day_at` and `in_day` those of a day, `bounced_at` and `bounces` the days on which mail servers reported that they
    could not deliver to `bounced_address`. `answered_at` is when a reply of theirs was last sent back.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mailbox")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    began_at = models.DateTimeField(default=timezone.now, db_default=Now())
    daily_at = models.DateTimeField(default=timezone.now, db_default=Now())
    weekly_at = models.DateTimeField(default=timezone.now, db_default=Now())
    looked_at = models.DateTimeField(default=timezone.now, db_default=Now(), db_index=True)
    hour_at = models.DateTimeField(default=timezone.now, db_default=Now())
    in_hour = models.PositiveSmallIntegerField(default=0, db_default=0)
    day_at = models.DateTimeField(null=True, blank=True)
    in_day = models.SmallIntegerField(default=0, db_default=0)
    digests_stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=12, choices=StopReason, blank=True, default="", db_default="")
    refused_address = models.EmailField(blank=True, default="", db_default="")
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounced_address = models.EmailField(blank=True, default="", db_default="")
    bounces = models.PositiveSmallIntegerField(default=0, db_default=0)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_from_and_until",
            ),
        )

    def __str__(self) -> str:
        return f"mailbox of {self.person_id}"


class Letter(models.Model):
    """A notification whose email waits: a moment for what is read at once, longer in quiet hours.

    Whoever sends it deletes the row and sets `Notification.mailed_at` in one transaction before, so that nobody sends
    it twice; a process that is killed in between loses one email, and the notification is still in the list.
    """

    notification = models.OneToOneField(Notification, on_delete=models.CASCADE, related_name="letter")
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"letter of {self.notification_id}"


class Device(models.Model):
    """A browser that notifications of a person are pushed to, by the address that it was given by its push service.

    `p256dh` and `auth` encrypt for it alone (RFC 8291, base64url). It ends when `session_epoch` is not the person's any
    more, as their sessions do. `failures` are the pushes in a row that were given up; `hour_at` and `in_hour` count
    those of an hour.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1_000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=30)
    session_epoch = models.PositiveIntegerField(default=0, db_default=0)
    browser = models.CharField(max_length=20, blank=True, default="", db_default="")
    system = models.CharField(max_length=20, blank=True, default="", db_default="")
    added_at = models.DateTimeField(default=timezone.now, db_default=Now())
    used_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)
    hour_at = models.DateTimeField(default=timezone.now, db_default=Now())
    in_hour = models.PositiveSmallIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"device {self.pk} of {self.person_id}"

    @property
    def name(self) -> str:
        """The browser and its system, such as "Firefox, Android"."""
        named = [each for each in (self.browser, self.system) if each]
        return gettext(", ").join(named) or gettext("Unknown browser")

    @property
    def mark(self) -> str:
        """A word by which the browser finds itself on a page, which does not tell its endpoint."""
        return sha256(self.endpoint.encode()).hexdigest()


class Push(models.Model):
    """A line that waits for a device: a moment for what is read at once, longer in quiet hours.

    It shows what the line is when it is sent. Whoever sends it deletes the row before, so that nobody sends it twice; a
    process that is killed in between loses one, and the notification is still in the list.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+", db_index=False)
    line = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["device", "line"], name="one_push"),)

    def __str__(self) -> str:
        return f"push of {self.line_id} to {self.device_id}"
