"""Reasons for putting a question on hold; each says to the asker what to fix."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class HoldReason(models.TextChoices):
    NEEDS_CONFIG = "needs_config", _("It needs a config that shows the problem")
    UNCLEAR = "unclear", _("It is unclear what is asked")
    SEVERAL = "several", _("It asks several questions in one")
    OPINION = "opinion", _("It has no answer, only opinions")
    OFF_TOPIC = "off_topic", _("It is not about machine learning")


ADVICE: dict[str, str | Promise] = {
    HoldReason.NEEDS_CONFIG: _("Add the smallest config that shows it, and say what you expected to see."),
    HoldReason.UNCLEAR: _("Say what you tried, what happened, and end with one question that can be answered."),
    HoldReason.SEVERAL: _("Keep one question here, and ask the others by themselves."),
    HoldReason.OPINION: _("Ask for what can be shown, measured or derived. For opinions, start a discussion."),
    HoldReason.OFF_TOPIC: _("Say what it has to do with training a model, or ask it elsewhere."),
}


def hold_words(reason: str) -> str:
    """Return why a question is on hold, in the reader's language."""
    return str(HoldReason(reason).label) if reason in HoldReason.values else reason


def advice_for(reason: str) -> str:
    """Return what the asker can do about it."""
    return str(ADVICE.get(reason, ""))


def hold_note(reason: str) -> str:
    """Return why, and what to do about it, for a notification."""
    if reason not in HoldReason.values:
        return reason
    return str(_("{reason}. {advice}")).format(reason=hold_words(reason), advice=advice_for(reason))
