"""Feeds of all threads of one kind, and of the posts of one thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.blogs.syndication import Item, PostFeed, found
from community.content import topics
from community.content.models import Kind, Post, Thread

LISTS: dict[str, tuple[str, Promise]] = {
    Kind.QUESTION: ("forum:questions", gettext_lazy("Questions")),
    Kind.DISCUSSION: ("forum:discussions", gettext_lazy("Discussions")),
    Kind.ARTICLE: ("blogs:articles", gettext_lazy("Articles")),
    Kind.NOTE: ("blogs:notes", gettext_lazy("Notes")),
}


class KindFeed(PostFeed):
    is_shared = True

    def get_object(self, request: HttpRequest, kind: str) -> str:
        return kind

    def parts(self, place: Any) -> Sequence[QuerySet]:
        topics.shows_openings(place)
        return [Thread.objects.public().filter(kind=place)]

    def title(self, place: Any) -> str:
        return f"{LISTS[place][1]} · {_('Chainrule')}"

    def link(self, place: Any) -> str:
        return reverse(LISTS[place][0])


class ThreadFeed(PostFeed):
    """The newest posts of one thread, replies and comments included."""

    def get_object(self, request: HttpRequest, pk: int) -> Thread:
        return found(Thread.objects.public().filter(pk=pk).first())

    def posts(self, place: Any) -> QuerySet[Post]:
        topics.shows_thread(place)
        return Post.objects.public().filter(thread=place).order_by("-number")

    def title(self, place: Any) -> str:
        return f"{self.thread_title(place, '')} · {_('Chainrule')}"

    def item_title(self, item: Item) -> str:
        title = super().item_title(item)
        return title if item[0].is_opening else f"{title} #{item[0].number}"

    def item_guid(self, item: Item) -> str:
        guid = super().item_guid(item)
        return guid if item[0].is_opening else f"{guid}/{item[0].number}"
