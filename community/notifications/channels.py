"""Which notifications a person gets, and how: a frequency for each topic and channel."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.notifications.topics import Topic


class Channel(models.TextChoices):
    SITE = "site", _("On the site")
    MAIL = "mail", _("By email")
    PUSH = "push", _("By push")


class Frequency(models.TextChoices):
    NEVER = "never", _("Never")
    IMMEDIATELY = "immediately", _("Immediately")
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")


type Frequencies = Mapping[tuple[int, str, str], str]
"""By person, topic and channel, where one was chosen."""


# By email, where nothing was chosen. What moderators did has no topic and cannot be chosen: it comes with a digest.
USUAL_BY_MAIL = {
    Topic.ANSWERS: Frequency.IMMEDIATELY,
    Topic.MENTIONS: Frequency.IMMEDIATELY,
    Topic.ACCEPTED: Frequency.DAILY,
    Topic.INVITATIONS: Frequency.DAILY,
    Topic.POSTS: Frequency.DAILY,
    Topic.THREADS: Frequency.DAILY,
    Topic.SEARCHES: Frequency.DAILY,
    Topic.FOLLOWERS: Frequency.WEEKLY,
    Topic.RUNS: Frequency.DAILY,
    Topic.ROUNDUP: Frequency.WEEKLY,
}


PUSHED_USUALLY = frozenset({Topic.ANSWERS, Topic.MENTIONS, Topic.ACCEPTED})
"""By push, where nothing was chosen: what is meant for one. It goes to devices that were added."""


def frequency(chosen: Frequencies, person: int, topic: Topic, channel: Channel) -> Frequency:
    """Return how often a person is notified of a topic by a channel, be it chosen or not."""
    found = chosen.get((person, topic, channel))
    return Frequency(found) if found is not None else _usual(chosen, person, topic, channel)


def _usual(chosen: Frequencies, person: int, topic: Topic, channel: Channel) -> Frequency:
    """Return what is so until a person chooses; what they have turned off on the site is not pushed either."""
    if channel == Channel.MAIL:
        return USUAL_BY_MAIL[topic]
    if channel == Channel.SITE:
        return Frequency.IMMEDIATELY
    return frequency(chosen, person, topic, Channel.SITE) if topic in PUSHED_USUALLY else Frequency.NEVER


def offered_by_mail(topic: Topic) -> list[Frequency]:
    """Return the frequencies that people choose between: a digest alone cannot come immediately."""
    return [often for often in Frequency if topic.is_on_site or often != Frequency.IMMEDIATELY]
