"""Notifications to followers, and of new followers."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content import audience
from community.content.models import Category, Post
from community.content.querysets import Reader
from community.notifications.verbs import Kind, Target, Verb, register_kind, register_verb
from community.social.models import Follow


def register() -> None:
    audience.register(followers)
    register_verb(Verb("follow", _("{actor} follows you"), "user-plus"))
    register_kind(Kind("person", people, _person))


def followers(post: Post) -> Iterator[tuple[int, str]]:
    """Return the followers of the thread for any post in it; of its author, tags and category for a new thread.

    Following a category includes its descendants.
    """
    if not post.is_opening:
        yield from _each("new_post", Q(thread=post.thread_id))
        return
    thread = post.thread
    wanted = Q(person=thread.author_id) | Q(tag__in=thread.tags.all())
    if thread.category_id:
        wanted |= Q(category__in=Category.objects.keys_around(thread.category_id))
    yield from _each("new_thread", wanted)


def people(reader: Reader) -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def _each(verb: str, wanted: Q) -> Iterator[tuple[int, str]]:
    rows = Follow.objects.filter(wanted, follower__is_active=True)
    return ((pk, verb) for pk in rows.values_list("follower", flat=True).distinct())


def _person(person: User) -> Target:
    return Target(person.get_absolute_url(), escape(person.visible_name))
