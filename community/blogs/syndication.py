"""Full-text Atom and RSS feeds of the site, a category, a tag or a person. `thread_feeds` has the others.

Feed readers have none of our styles and most lack MathML: `feed_html` makes formulas readable as text, replaces runs
with a picture and text, and makes every URL absolute.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import format_html
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.blogs.models import Part, Series
from community.common import page_cache
from community.common.drawn import kept
from community.common.encodings import gzipped
from community.common.errors import NotFound
from community.common.invisible import NOT_IN_XML
from community.common.page_cache import shared_page, shared_part
from community.common.pagination import first_keys
from community.common.templatetags.ui import html_lang
from community.common.text import one_line
from community.content import embeds, listings, topics
from community.content.models import Category, Kind, Post, Role, Tag, Thread
from community.content.slugs import tag_slug
from community.content.tag_tree import Place as TagPlace
from community.content.tag_tree import place_of
from community.rendering import feed_html
from community.rendering.headlines import headline
from community.rendering.readable import readable_words

ITEMS = 30
NEWEST = ("-published_at", "-id")

type Item = tuple[Post, str]


class Dated(SyndicationFeed):
    """Feed that does not claim to be of now when it is empty: its bytes change only with its items."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else datetime.fromtimestamp(0, tz=UTC)


class Atom(Dated, Atom1Feed):
    """Atom feed with the full text as `content` and its language."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        content, item["description"] = item["description"], None
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", content, {"type": "html", "xml:lang": item["language"]})


class Rss(Dated, Rss201rev2Feed):
    """RSS feed with the full text as description and the author's name."""

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": "http://purl.org/dc/elements/1.1/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        name, item["author_name"] = item["author_name"], None
        super().add_item_elements(handler, item)
        handler.addQuickElement("dc:creator", name)
        handler.addQuickElement("dc:language", item["language"])


FORMATS = {"atom": Atom, "rss": Rss}


@shared_page()
class PostFeed(Feed):
    """Base feed of the newest opening posts of one place; subclasses define the place.

    One that `is_shared` is kept for members too: those of a few places, which many read. There are as many others as
    there are threads and people.
    """

    is_shared = False
    item_guid_is_permalink = False
    request: HttpRequest

    def __call__(self, request: HttpRequest, *args: Any, format: str, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        feed = type(self)()
        feed.request = request
        feed_type: Any = FORMATS[format]
        feed.feed_type = feed_type
        content = partial(feed.content, *args, **kwargs)
        if self.is_shared:  # nothing else of the request is in a feed, nor its reader
            name = ("feed", request.build_absolute_uri(request.path), get_language())
            packed = shared_part(name, lambda: gzipped(content()), len)
            content = partial(gzip.decompress, packed)
        return _unless_known(request, HttpResponse(content(), content_type=feed_type.content_type))

    def content(self, *args: Any, **kwargs: Any) -> bytes:
        return super().__call__(self.request, *args, **kwargs).content

    def parts(self, place: Any) -> Sequence[QuerySet]:
        """Return the public threads of the place, as `keyset_page` reads them."""
        return [Thread.objects.public()]

    def posts(self, place: Any) -> QuerySet[Post]:
        """Return the posts of the feed, newest first: the opening posts of its newest threads."""
        newest = first_keys(Thread, self.parts(place), NEWEST, ITEMS)
        return Post.objects.public().filter(thread__in=newest, role=Role.OPENING).order_by("-created_at", "-pk")

    def items(self, place: Any) -> list[Item]:
        rows = self.posts(place).select_related("thread__article__cover", "author").prefetch_related("thread__tags")
        posts = list(rows.defer("source")[:ITEMS])
        htmls = embeds.for_feed([_lead(post) + post.html for post in posts], AnonymousUser())
        return [(post, self._readable(post, html)) for post, html in zip(posts, htmls, strict=True)]

    def _readable(self, post: Post, html: str) -> str:
        return kept(_for_readers, html, self.request.build_absolute_uri(post.get_absolute_url()))

    def title(self, place: Any) -> str:
        return _("Chainrule")

    def description(self, place: Any) -> str:
        return _("A community for backpropagation, where posts train networks and show every gradient.")

    def link(self, place: Any) -> str:
        return reverse("pages:home") if place is None else place.get_absolute_url()

    def feed_guid(self, place: Any) -> str:
        return self.request.build_absolute_uri(self.request.path)

    def item_title(self, item: Item) -> str:
        return self.thread_title(item[0].thread, item[0].text)

    def thread_title(self, thread: Thread, text: str) -> str:
        """Return a thread's title, or the first words of `text` if untitled."""
        return one_line(_clean(readable_words(thread.title or headline(text)))) or thread.get_kind_display()

    def item_description(self, item: Item) -> str:
        return item[1]

    def item_link(self, item: Item) -> str:
        return item[0].get_absolute_url()

    def item_guid(self, item: Item) -> str:
        """Return an identifier that survives title and URL changes."""
        thread = item[0].thread
        host = self.request.get_host().partition(":")[0]
        return f"tag:{host},{thread.created_at:%Y-%m-%d}:/threads/{thread.pk}"

    def item_author_name(self, item: Item) -> str:
        return one_line(_clean(item[0].author.visible_name))

    def item_author_link(self, item: Item) -> str:
        return self.request.build_absolute_uri(item[0].author.get_absolute_url())

    def item_categories(self, item: Item) -> list[str]:
        return [_clean(tag.label) for tag in item[0].thread.tags.all()]

    def item_pubdate(self, item: Item) -> datetime:
        return item[0].created_at

    def item_updateddate(self, item: Item) -> datetime:
        post = item[0]
        return max(post.edited_at or post.created_at, post.created_at)

    def item_extra_kwargs(self, item: Item) -> dict[str, Any]:
        return {"language": html_lang(item[0].language)}


class SiteFeed(PostFeed):
    is_shared = True

    def get_object(self, request: HttpRequest) -> None:
        return None

    def parts(self, place: Any) -> Sequence[QuerySet]:
        topics.shows_openings(*Kind.values)
        return super().parts(place)


class CategoryFeed(PostFeed):
    is_shared = True

    def get_object(self, request: HttpRequest, slug: str) -> Category:
        return found(Category.objects.filter(slug=slug).first())

    def parts(self, place: Category) -> Sequence[QuerySet]:
        within = Category.objects.keys_within(place.pk)
        topics.shows_categories(within)
        return listings.parts_of_category(within)

    def title(self, place: Category) -> str:
        return f"{place.label} · {_('Chainrule')}"

    def description(self, place: Category) -> str:
        return place.summary or place.label


class TagFeed(PostFeed):
    def get_object(self, request: HttpRequest, slug: str) -> TagPlace:
        """Return the tag; a synonym's feed is that of its tag."""
        tag = found(Tag.objects.meant_by(tag_slug(slug)))
        place = place_of(tag)
        return found(place if place.is_used else None)

    def parts(self, place: TagPlace) -> Sequence[QuerySet]:
        topics.shows_tags(place.keys)
        return listings.parts_of_tags(place.keys)

    def title(self, place: TagPlace) -> str:
        return f"{_clean(place.tag.label)} · {_('Chainrule')}"


class PersonFeed(PostFeed):
    def get_object(self, request: HttpRequest, handle: str) -> User:
        return found(User.objects.by_handle_or_none(handle))

    def parts(self, place: User) -> Sequence[QuerySet]:
        topics.shows_person(place.pk)
        return [Thread.objects.public().filter(author=place)]

    def title(self, place: User) -> str:
        return f"{one_line(_clean(place.visible_name))} · {_('Chainrule')}"


class SeriesFeed(PostFeed):
    def get_object(self, request: HttpRequest, pk: int) -> Series:
        """Return a series with public articles, unless its owner's account is closed."""
        page_cache.depends_on(f"series:{pk}")
        series = found(Series.objects.select_related("owner").filter(pk=pk).first())
        topics.shows_person(series.owner_id)
        return found(series if series.owner.is_active and self.parts(series)[0].exists() else None)

    def parts(self, place: Series) -> Sequence[QuerySet]:
        within = Part.objects.filter(series=place).values("article")  # which has the key of its thread
        return [Thread.objects.public().filter(pk__in=within)]

    def title(self, place: Series) -> str:
        return f"{_clean(place.title)} · {one_line(_clean(place.owner.visible_name))}"

    def description(self, place: Series) -> str:
        return _clean(place.about) or super().description(place)


def found[Place](place: Place | None) -> Place:
    if place is None:
        raise NotFound
    return place


def _lead(post: Post) -> str:
    """Return what precedes an article's text: cover and summary."""
    article = getattr(post.thread, "article", None)
    if article is None or not post.is_opening:
        return ""
    parts = []
    if article.cover:
        parts.append(
            format_html('<p><img src="{}" alt="{}"></p>', article.cover.get_absolute_url(), article.cover.name)
        )
    if article.summary:
        parts.append(format_html("<p><em>{}</em></p>", readable_words(article.summary)))
    return "".join(parts)


def _for_readers(html: str, base: str) -> str:
    return _clean(feed_html(html, base=base))


def _clean(text: str) -> str:
    """Remove characters that XML cannot contain."""
    return NOT_IN_XML.sub("", text)


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return 304 if the client already has this version.

    By its ETag alone: a date of the newest post says nothing of older ones, which may have been edited or hidden since.
    """
    etag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    response["ETag"] = etag
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return get_conditional_response(request, etag=etag, response=response) or response
