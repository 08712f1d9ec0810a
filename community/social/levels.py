"""What a person is notified of: the level that they have for a thread, and for its tags, its category and authors."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _

from community.content.audience import Event


class Level(IntegerChoices):
    """Attention to a tag, category or thread, from none to all, or to a person: whom one hears nothing of has a mute.

    From TRACKING on it is followed.
    """

    MUTED = 0, _("Muted")
    NORMAL = 1, _("Normal")
    TRACKING = 2, _("Tracking")
    WATCHING = 3, _("Watching")


class Levels(NamedTuple):
    """A person's levels of a post: of its thread, its author, each tag and the nearest category that has one."""

    thread: Level | None = None
    author: Level | None = None
    around: tuple[Level, ...] = ()


def is_notified(event: Event, levels: Levels) -> bool:
    """Return whether a person with these levels is notified of an event.

    1. The level of the thread decides, if there is one.
    2. Otherwise, in a muted tag or category, never.
    3. Otherwise, of what is said to them, and of a new thread if they watch its author, a tag or the category.
    """
    if levels.thread is not None:
        return levels.thread == Level.WATCHING or (levels.thread != Level.MUTED and event == Event.SAID_TO_THEM)
    if Level.MUTED in levels.around:
        return False
    is_watched = Level.WATCHING in (levels.author, *levels.around)
    return event == Event.SAID_TO_THEM or (event == Event.NEW_THREAD and is_watched)
