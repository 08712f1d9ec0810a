"""Reasons for reporting and hiding a post."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    SPAM = "spam", _("It is spam or advertising")
    RUDE = "rude", _("It is rude or hurts somebody")
    OFF_TOPIC = "off_topic", _("It has nothing to do with the subject")
    DUPLICATE = "duplicate", _("It is a duplicate of another post")
    POOR = "poor", _("Its quality is too poor to help anybody")
    UNSAFE = "unsafe", _("It is dangerous or against the law")
    OTHER = "other", _("Something else, see my note")


def reason_words(reason: str) -> str:
    """Return the reason in the reader's language, or the value itself if it is unknown."""
    if reason == Reason.OTHER:
        return str(_("Something else"))
    return str(Reason(reason).label) if reason in Reason.values else reason
