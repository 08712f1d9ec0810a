"""Whole posts for feed readers, as Atom and RSS: of the site, a category, a tag, a person.

Readers know neither our styles nor, most of them, MathML: `feed_html` leaves every formula readable as text, runs become
their picture, and every address is absolute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community.accounts.handles import fold
from community.accounts.models import User
from community.common.text import one_line
from community.content import embeds
from community.content.models import Category, Post, Role, Tag
from community.content.slugs import tag_slug
from community.rendering import feed_html

ITEMS = 30
LOCAL_ADDRESS = re.compile(r'(\s(?:href|src)=")(/[^"]*)"')


class Atom(Atom1Feed):
    """Atom with the text as `content`, which says that it is whole."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        content, item["description"] = item["description"], None
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", content, {"type": "html"})


class Rss(Rss201rev2Feed):
    """RSS with the whole text as its description, and its author by name."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": "http://purl.org/dc/elements/1.1/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("dc:creator", item["author_name"])


FORMATS = {"atom": Atom, "rss": Rss}


class PostFeed(Feed):
    """The newest openings of one place. Subclasses say which place."""

    def __call__(self, request: HttpRequest, *args: Any, format: str, **kwargs: Any):
        feed = type(self)()
        feed.request = request
        feed.feed_type = FORMATS[format]
        return super(PostFeed, feed).__call__(request, *args, **kwargs)

    def posts(self, place: Any) -> Iterable[Post]:
        return Post.objects.public().filter(role=Role.OPENING)

    def items(self, place: Any) -> list[tuple[Post, str]]:
        rows = list(self.posts(place).select_related("thread", "author").order_by("-created_at", "-pk")[:ITEMS])
        htmls = embeds.for_feed([row.html for row in rows], AnonymousUser())
        return [(row, self._readable(html)) for row, html in zip(rows, htmls, strict=True)]

    def _readable(self, html: str) -> str:
        base = self.request.build_absolute_uri("/").rstrip("/")
        return LOCAL_ADDRESS.sub(rf'\1{base}\2"', feed_html(html))

    def title(self, place: Any) -> str:
        return _("Chainrule")

    def description(self, place: Any) -> str:
        return _("A community for backpropagation, where posts train networks and show every gradient.")

    def link(self, place: Any) -> str:
        return place.get_absolute_url() if place is not None else reverse("pages:home")

    def feed_extra_kwargs(self, place: Any) -> dict[str, Any]:
        return {"language": get_language()}

    def item_title(self, item: tuple[Post, str]) -> str:
        post = item[0]
        return one_line(post.thread.title or post.excerpt[:80])

    def item_description(self, item: tuple[Post, str]) -> str:
        return item[1]

    def item_link(self, item: tuple[Post, str]) -> str:
        return item[0].get_absolute_url()

    def item_author_name(self, item: tuple[Post, str]) -> str:
        return item[0].author.visible_name

    def item_author_link(self, item: tuple[Post, str]) -> str:
        return self.request.build_absolute_uri(item[0].author.get_absolute_url())

    def item_pubdate(self, item: tuple[Post, str]) -> datetime:
        return item[0].created_at

    def item_updateddate(self, item: tuple[Post, str]) -> datetime:
        return item[0].edited_at or item[0].created_at


class SiteFeed(PostFeed):
    def get_object(self, request: HttpRequest) -> None:
        return None


class CategoryFeed(PostFeed):
    def get_object(self, request: HttpRequest, slug: str) -> Category:
        return get_object_or_404(Category, slug=slug)

    def posts(self, place: Category) -> Iterable[Post]:
        return super().posts(place).filter(thread__category__in=place.shelves())

    def title(self, place: Category) -> str:
        return f"{place.label} · {_('Chainrule')}"

    def description(self, place: Category) -> str:
        return place.summary or place.label


class TagFeed(PostFeed):
    def get_object(self, request: HttpRequest, slug: str) -> Tag:
        return get_object_or_404(Tag, slug=tag_slug(slug))

    def posts(self, place: Tag) -> Iterable[Post]:
        return super().posts(place).filter(thread__tags=place)

    def title(self, place: Tag) -> str:
        return f"{place.name} · {_('Chainrule')}"


class PersonFeed(PostFeed):
    def get_object(self, request: HttpRequest, handle: str) -> User:
        return get_object_or_404(User, handle_key=fold(handle), is_active=True)

    def posts(self, place: User) -> Iterable[Post]:
        return super().posts(place).filter(author=place)

    def title(self, place: User) -> str:
        return f"{place.visible_name} · {_('Chainrule')}"
