"""Why a post may be reported, and hidden."""

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
    """The reason in the reader's language; what is none of these is shown as it is."""
    if reason == Reason.OTHER:
        return str(_("Something else"))
    return str(Reason(reason).label) if reason in Reason.values else reason
