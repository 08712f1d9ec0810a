"""Reasons for reporting and hiding a post."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    SPAM = "spam", _("Spam or advertising")
    RUDE = "rude", _("Rude or hurtful")
    OFF_TOPIC = "off_topic", _("Off topic")
    DUPLICATE = "duplicate", _("Duplicate of another post")
    POOR = "poor", _("Too low in quality to help anyone")
    UNSAFE = "unsafe", _("Dangerous or illegal")
    OTHER = "other", _("Something else (see my note)")


def reason_words(reason: str) -> str:
    """Return the reason in the reader's language, or the value itself if it is unknown."""
    if reason == Reason.OTHER:
        return str(_("Something else"))
    return str(Reason(reason).label) if reason in Reason.values else reason
