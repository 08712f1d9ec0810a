"""Page-sized reads of articles and notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import FETCH_RAISE
from django.http import HttpRequest

from community.blogs.models import Article
from community.common.errors import NotFound
from community.common.pagination import Page, keyset_page
from community.content.discussion import fill_bodies
from community.content.embeds import draw_sparks
from community.content.models import Kind, Post, Role, Thread
from community.content.querysets import Reader
from community.content.selectors import thread_for

ARTICLES_A_PAGE = 15
NOTES_A_PAGE = 15
ORDERS: dict[str, tuple[str, ...]] = {"new": ("-published_at", "-id"), "top": ("-score", "-id")}


def article_thread_for(reader: Reader, pk: int) -> Thread:
    """The thread of an article this reader sees, with everything its page says of it. Raises NotFound."""
    return thread_for(reader, pk, Thread.objects.filter(kind=Kind.ARTICLE).select_related("article__cover"))


def note_for(reader: Reader, pk: int) -> Thread:
    return thread_for(reader, pk, Thread.objects.filter(kind=Kind.NOTE))


def article_of(thread: Thread) -> Article:
    """What belongs to an article besides its text; a blank one for a thread that came without."""
    return getattr(thread, "article", None) or Article(thread=thread)


def own_article(writer: Reader, pk: int) -> Article:
    """An article this person sees, for what is done with it. Raises NotFound."""
    seen = Thread.objects.visible_to(writer).filter(kind=Kind.ARTICLE)
    article = Article.objects.select_related("thread__author", "cover").filter(thread__in=seen, pk=pk).first()
    if article is None:
        raise NotFound
    return article


def article_by_token(token: str) -> Article:
    """The article whose preview link this is, unless it was taken away. Raises NotFound."""
    rows = Article.objects.select_related("thread__author", "cover")
    article = rows.filter(preview_token=token, thread__hidden_at=None, thread__deleted_at=None).first()
    if article is None:
        raise NotFound
    return article


def articles(request: HttpRequest, order: str) -> Page[Thread]:
    """Published articles with the first words of those without a summary, their cover, or the curve they lead with."""
    rows = Thread.objects.public().filter(kind=Kind.ARTICLE).for_lists().select_related("article__cover")
    rows = rows.fetch_mode(FETCH_RAISE)
    page = keyset_page(rows, order=ORDERS[order], size=ARTICLES_A_PAGE, request=request)
    draw_sparks(page.items, request.user)
    return page


def notes(request: HttpRequest, order: str) -> Page[Thread]:
    """Published notes, each with its `opening` post, embeds filled."""
    rows = Thread.objects.public().filter(kind=Kind.NOTE).for_lists().fetch_mode(FETCH_RAISE)
    page = keyset_page(rows, order=ORDERS[order], size=NOTES_A_PAGE, request=request)
    _open(page.items, request.user)
    return page


def _open(threads: Sequence[Any], reader: Reader) -> None:
    rows = Post.objects.filter(thread__in=[thread.pk for thread in threads], role=Role.OPENING)
    openings = {post.thread_id: post for post in rows.defer("source", "text").fetch_mode(FETCH_RAISE)}
    for thread in threads:
        thread.opening = openings[thread.pk]
        thread.opening.thread, thread.opening.author = thread, thread.author
    fill_bodies([thread.opening for thread in threads], reader)
