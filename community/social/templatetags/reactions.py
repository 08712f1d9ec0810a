"""Buttons for following, with the four levels."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community.social import bookmark_rows
from community.social.levels import Level
from community.social.models import Bookmark
from community.social.selectors import level_of

register = template.Library()

LABELS = {
    "thread": (_("Thread muted"), _("Follow thread"), _("Tracking thread"), _("Watching thread")),
    "tag": (_("Tag muted"), _("Follow tag"), _("Tracking tag"), _("Watching tag")),
    "category": (_("Category muted"), _("Follow category"), _("Tracking category"), _("Watching category")),
    "person": (_("{name} muted"), _("Follow {name}"), _("Tracking {name}"), _("Watching {name}")),
}
SENTENCES = {
    "thread": (
        _("No notifications from this thread. You can still read it."),
        _("You are notified when somebody replies to you, quotes or mentions you."),
        _("New posts are in your feed. You are notified when somebody replies to you, quotes or mentions you."),
        _("New posts are in your feed, and you are notified of each."),
    ),
    "tag": (
        _("Threads with this tag are hidden in lists and your feed, without notifications, except those you follow."),
        _("You are notified when somebody replies to you, quotes or mentions you."),
        _("New threads with this tag are in your feed, without notifications."),
        _("New threads with this tag are in your feed, and you are notified of each."),
    ),
    "category": (
        _("No notifications from threads in this category, except from those you follow."),
        _("You are notified when somebody replies to you, quotes or mentions you."),
        _("New threads in this category are in your feed, without notifications."),
        _("New threads in this category are in your feed, and you are notified of each."),
    ),
    "person": (
        "",  # a mute, in the menu beside it
        _("You are notified when they reply to you, quote or mention you."),
        _("Their posts are in your feed, without notifications."),
        _("Their posts are in your feed, and you are notified of each new thread."),
    ),
}
ICONS = ("bell-off", "circle", "eye", "bell")


class Choice(NamedTuple):
    """A level as it is offered."""

    value: int
    name: str
    sentence: str
    icon: str
    is_chosen: bool


@register.inclusion_tag("social/follow.html", takes_context=True)
def follow_button(context: template.Context, kind: str, target: Any) -> dict[str, Any]:
    """Show a button to follow a person, tag, category or thread; one query for signed-in readers."""
    user = context["request"].user
    return {"kind": kind, "target": target, "level": level_of(user, kind, target.pk), "user": user}


@register.simple_tag
def bookmark_row(bookmark: Bookmark, back: str) -> SafeString:
    """Show a bookmark in the list of them, whose address is `back`."""
    return bookmark_rows.bookmark_row(bookmark, back)


@register.simple_tag
def shown_level(kind: str, target: Any, level: int | None, user: Any) -> Level:
    """Return a reader's level; who has chosen none watches their own threads."""
    if level is not None:
        return Level(level)
    return Level.WATCHING if kind == "thread" and target.author_id == user.pk else Level.NORMAL


@register.simple_tag
def follow_label(kind: str, target: Any, level: Level) -> str:
    """Return the target's label at a level."""
    words = str(LABELS[kind][level])
    return words.format(name=target.visible_name) if kind == "person" else words


@register.simple_tag
def levels(kind: str, level: Level) -> list[Choice]:
    """Return the levels from most to least, each with the sentence that explains it for this kind of target."""
    words = SENTENCES[kind]
    offered = [each for each in reversed(Level) if words[each]]
    return [Choice(each, str(each.label), str(words[each]), ICONS[each], each == level) for each in offered]
