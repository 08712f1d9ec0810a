"""Followers among those who hear of a post, and what a new follower looks like in the notices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content import audience
from community.content.models import Post
from community.notifications.verbs import Target, Verb, register_target, register_verb
from community.social.models import Follow


def register() -> None:
    audience.register(followers)
    register_verb(Verb("follow", _("{actor} follows you"), "user-plus"))
    register_target("person", people)


def followers(post: Post) -> Iterator[tuple[int, str]]:
    """Who follows the thread hears of every post of it; who follows its author, tags or shelf, of a new thread.

    A category's followers hear of the categories that lie in it too.
    """
    if not post.is_opening:
        yield from (
            (pk, "new_post") for pk in Follow.objects.filter(thread=post.thread_id).values_list("follower", flat=True)
        )
        return
    thread = post.thread
    wanted = Q(person=thread.author_id) | Q(tag__in=thread.tags.all())
    if thread.category_id:
        wanted |= Q(category=thread.category_id) | Q(category__children=thread.category_id)
    yield from (
        (pk, "new_thread") for pk in Follow.objects.filter(wanted).values_list("follower", flat=True).distinct()
    )


def people(ids: Iterable[int], reader: Any) -> dict[int, Target]:
    found = User.objects.filter(pk__in=list(ids), is_active=True)
    return {person.pk: Target(person.get_absolute_url(), escape(person.visible_name)) for person in found}
