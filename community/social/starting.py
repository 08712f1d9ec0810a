"""What newcomers are offered to follow until their feed fills by itself: tags and people, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import OuterRef, Q

from community.accounts.models import User
from community.common.subqueries import not_looked_up
from community.content.models import Tag, Thread
from community.social.models import Follow
from community.social.suggestions import Suggestion, suggested

ENOUGH = 3  # people, tags and categories that somebody follows who is no newcomer any more
MOST_TAGS, MOST_PEOPLE = 3, 2
RECENT = 10  # of one's own threads, whose tags are offered first


class TagToFollow(NamedTuple):
    """`is_own`: the reader has used it."""

    tag: Tag
    is_own: bool


class Start(NamedTuple):
    tags: Sequence[TagToFollow]
    people: Sequence[Suggestion]


def follows_few(reader: User) -> bool:
    """Return whether somebody follows fewer than ENOUGH; the threads that they wrote in do not count."""
    around = Follow.objects.followed().filter(Q(thread=None), follower=reader)
    return len(around.values_list("pk")[:ENOUGH]) < ENOUGH


def start(reader: User) -> Start:
    """Return what somebody who follows little might follow: their own tags, the most used ones, who solves in them."""
    tags = _tags(reader)
    return Start(tags, suggested(reader, [each.tag for each in tags])[:MOST_PEOPLE])


def _tags(reader: User) -> list[TagToFollow]:
    newest = Thread.objects.public().filter(author=reader).order_by("-published_at", "-pk")
    used = Thread.tags.through.objects.filter(thread__in=list(newest.values_list("pk", flat=True)[:RECENT]))
    unknown = not_looked_up(Follow.objects.filter(follower=reader, tag=OuterRef("pk")))
    tags = Tag.objects.filter(unknown, synonym_of=None, thread_count__gt=0).order_by("-thread_count", "slug")
    own = list(
        tags.filter(pk__in=used.values("tag"), thread_count__gt=1)[:MOST_TAGS]
    )  # of one of theirs alone nothing comes
    others = [tag for tag in tags[:MOST_TAGS] if tag not in own]
    return [*(TagToFollow(tag, True) for tag in own), *(TagToFollow(tag, False) for tag in others)][:MOST_TAGS]
