"""Which notifications a person gets, and how: a frequency for each topic and channel."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.notifications.topics import Topic


class Channel(models.TextChoices):
    SITE = "site", _("On the site")
    MAIL = "mail", _("By email")


class Frequency(models.TextChoices):
    NEVER = "never", _("Never")
    IMMEDIATELY = "immediately", _("Immediately")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


type Frequencies = Mapping[tuple[int, str, str], str]
"""By person, topic and channel, where one was chosen."""


def frequency(chosen: Frequencies, person: int, topic: Topic, channel: Channel) -> Frequency:
    """Return how often a person is notified of a topic by a channel, be it chosen or not."""
    usual = Frequency.IMMEDIATELY if channel == Channel.SITE else Frequency.NEVER
    return Frequency(chosen.get((person, topic, channel), usual))


def offered() -> Collection[Channel]:
    """Return the channels by which notifications are sent."""
    return (Channel.SITE,)
