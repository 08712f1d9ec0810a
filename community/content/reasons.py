"""Reasons for reporting and hiding a post, and for editing it where the site gives the reason."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

RESTORED = "restored:"
SUGGESTED = "suggested:"
RESOLVED = "resolved:"
RESOLVED_WORDS = _("Resolved an edit conflict")
"""What the form of an edit offers as the reason after a conflict."""


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


class SiteReason(str):
    """A reason that the site gives, not a person: `edit_words` says it in each reader's language."""

    __slots__ = ()


def restored(number: str) -> SiteReason:
    """Return the reason that is saved when a version is restored."""
    return SiteReason(f"{RESTORED}{number}")


def suggested(handle: str) -> SiteReason:
    """Return the reason that is saved when an editor used parts of a suggestion."""
    return SiteReason(f"{SUGGESTED}{handle}")


def of_person(reason: str) -> str:
    """Return what a person gives as their reason, which is taken for one of the site only if the form offered it."""
    if reason == str(RESOLVED_WORDS):
        return SiteReason(RESOLVED)
    return reason if edit_words(reason) == reason else reason[:1].upper() + reason[1:]


def edit_words(reason: str) -> str:
    """Return the reason of an edit, in the reader's language if the site gave it."""
    if reason.startswith(SUGGESTED) and " " not in reason:
        return str(_("After a suggestion by @{handle}")).format(handle=reason.removeprefix(SUGGESTED))
    if reason == RESOLVED:
        return str(RESOLVED_WORDS)
    number = reason.removeprefix(RESTORED)
    is_ours = number != reason and number.isascii() and number.isdecimal()
    return str(_("Restored version {number}")).format(number=number) if is_ours else reason
