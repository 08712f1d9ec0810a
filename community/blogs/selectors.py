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
    """Return the thread of an article visible to this reader, with everything its page shows. Raises NotFound."""
    return thread_for(reader, pk, Thread.objects.filter(kind=Kind.ARTICLE).select_related("article__cover"))


def note_for(reader: Reader, pk: int) -> Thread:
    return thread_for(reader, pk, Thread.objects.filter(kind=Kind.NOTE))


def article_of(thread: Thread) -> Article:
    """Return the Article of a thread, or an unsaved one if it has none."""
    return getattr(thread, "article", None) or Article(thread=thread)


def own_article(writer: Reader, pk: int) -> Article:
    """Return an article visible to this person, for changing it. Raises NotFound."""
    seen = Thread.objects.visible_to(writer).filter(kind=Kind.ARTICLE)
    article = Article.objects.select_related("thread__author", "cover").filter(thread__in=seen, pk=pk).first()
    if article is None:
        raise NotFound
    return article


def article_by_token(token: str) -> Article:
    """Return the article with this preview token. Raises NotFound."""
    rows = Article.objects.select_related("thread__author", "cover")
    article = rows.filter(preview_token=token, thread__hidden_at=None, thread__deleted_at=None).first()
    if article is None:
        raise NotFound
    return article


def articles(request: HttpRequest, order: str) -> Page[Thread]:
    """Return published articles with summary or excerpt, and cover or leading curve."""
    rows = Thread.objects.public().filter(kind=Kind.ARTICLE).for_lists().select_related("article__cover")
    rows = rows.fetch_mode(FETCH_RAISE)
    page = keyset_page(rows, order=ORDERS[order], size=ARTICLES_A_PAGE, request=request)
    draw_sparks(page.items, request.user)
    return page


def notes(request: HttpRequest, order: str) -> Page[Thread]:
    """Return published notes, each with its `opening` post and filled embeds."""
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
