"""Delivery of new posts to followers, and notifications of new followers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import Any, NamedTuple

from django.db.models import Max, Min, Q, QuerySet
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content import audience
from community.content.audience import Event
from community.content.models import Category, Post
from community.content.querysets import Reader
from community.notifications.services import notify
from community.notifications.topics import Topic
from community.notifications.verbs import Kind, Target, Verb, register_filter, register_kind, register_verb
from community.social import feeds
from community.social.levels import Level, Levels, is_notified
from community.social.models import Follow
from community.social.selectors import unmuted, who_muted_replies
from community.social.services import follow_by_reading, follow_by_writing, follow_merged_tag

BATCH = 1_000


class Follower(NamedTuple):
    """A person with a level for something that a post belongs to; `is_following` if one of these brings the post."""

    key: int
    is_active: bool
    levels: Levels
    is_following: bool


def register() -> None:
    audience.register(audience.Delivery(deliver, redeliver, notified))
    audience.on_long_read(follow_by_reading)
    audience.on_tag_merge(follow_merged_tag)
    many = _("{actor} follow you")
    one = _("{actor} follows you")
    register_verb(Verb("follow", one, "user-plus", Topic.FOLLOWERS, is_grouped=True, sentence_of_many=many))
    register_kind(Kind("person", people, _person))
    register_filter(unmuted)


def deliver(post: Post) -> None:
    """Put a post into the home feeds of its author and followers, and notify of it as their levels say, in batches.

    A closed account is not notified, but its feed is complete when it is opened again.
    """
    follow_by_writing(post)
    event, verb = (Event.NEW_THREAD, "new_thread") if post.is_opening else (Event.NEW_POST, "new_post")
    readers = [post.author_id]
    muting = who_muted_replies(post)
    for followers in _batches(post):
        told = [each.key for each in followers if each.is_active and is_notified(event, each.levels)]
        notify(
            listeners=dict.fromkeys((key for key in told if key not in muting), verb),
            actor=post.author,
            target_kind="post",
            target_id=post.pk,
            event=f"post:{post.pk}",
            subject=post.thread_id,
        )
        readers += [each.key for each in followers if each.is_following]
        if feeds.is_shown(post):
            feeds.put(post, readers)
        readers = []
    if readers and feeds.is_shown(post):
        feeds.put(post, readers)


def redeliver(thread_id: int) -> None:
    """Show a changed thread in feeds where it belongs now, in batches of people by key."""
    for readers in batched(feeds.concerned(thread_id), BATCH):
        feeds.refresh(thread_id, readers)


def notified(post: Post, events: Mapping[int, Event]) -> set[int]:
    """Return who of these people wants to be notified of a post, by what it is to them.

    The author of a thread watches it, unless they have chosen a level for it.
    """
    if not events:
        return set()
    path = _path(post)
    rows = _rows(_of_thread(post, path) & Q(follower__in=list(events)), path)
    found = {each.key: each.levels for each in (_follower(row, path) for row in rows)}
    author = post.thread.author_id
    of_author = found.get(author, Levels())
    if of_author.thread is None:
        found[author] = of_author._replace(thread=Level.WATCHING)
    wanted = {key for key, event in events.items() if is_notified(event, found.get(key, Levels()))}
    return wanted - who_muted_replies(post)


def _batches(post: Post) -> Iterator[list[Follower]]:
    """Yield other people with a level for what brings this post or for its author, by key.

    A new thread is brought by its author, tags and category, categories around it included; a reply by its thread and
    its author.
    """
    path = _path(post) if post.is_opening else ()
    wanted = _of_thread(post, path) if post.is_opening else _of_reply(post)
    rows, after = _rows(wanted & ~Q(follower=post.author_id), path), 0
    while found := [_follower(row, path) for row in rows.filter(follower__gt=after)[:BATCH]]:
        yield found
        after = found[-1].key
        if len(found) < BATCH:
            return


def _of_reply(post: Post) -> Q:
    """Match levels for what brings a reply: its thread, and its author if feeds show it."""
    of_thread = Q(thread=post.thread_id)
    return of_thread | Q(person=post.author_id) if feeds.is_shown(post) else of_thread


def _of_thread(post: Post, path: Sequence[int]) -> Q:
    """Match levels for the author of a post, its thread, and the tags and categories of that."""
    tags = list(post.thread.tags.values_list("pk", flat=True))
    return Q(person=post.author_id) | Q(thread=post.thread_id) | Q(tag__in=tags) | Q(category__in=path)


def _path(post: Post) -> Sequence[int]:
    """Return the keys of the thread's category and those around it, the nearest first."""
    category = post.thread.category_id
    return Category.objects.keys_around(category) if category else ()


def _rows(wanted: Q, path: Sequence[int]) -> QuerySet:
    """Return a row for each person with any of the wanted levels, by key."""
    wanted_of = {name: Q(**{f"{name}__isnull": False}) for name in ("thread", "person", "tag")}
    wanted_of |= {f"category_{key}": Q(category=key) for key in path}
    levels = {f"of_{name}": Max("level", filter=match) for name, match in wanted_of.items()}
    lowest = Min("level", filter=wanted_of["tag"])
    people = Follow.objects.filter(wanted).order_by("follower").values("follower", "follower__is_active")
    return people.annotate(**levels, lowest_of_tag=lowest)


def _follower(row: Mapping[str, Any], path: Sequence[int]) -> Follower:
    of_categories = [row[f"of_category_{key}"] for key in path]
    nearest = next((level for level in of_categories if level is not None), None)
    around = tuple(level for level in (row["lowest_of_tag"], row["of_tag"], nearest) if level is not None)
    levels = Levels(row["of_thread"], row["of_person"], around)
    highest = max(level or Level.MUTED for level in (levels.thread, levels.author, row["of_tag"], *of_categories))
    return Follower(row["follower"], row["follower__is_active"], levels, highest >= Level.TRACKING)


def people(reader: Reader) -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _person(person: User) -> Target:
    return Target(person.get_absolute_url(), escape(person.visible_name))
