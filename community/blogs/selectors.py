"""Page-sized reads of articles and notes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import FETCH_RAISE, QuerySet
from django.http import HttpRequest

from community.blogs.models import Article
from community.common.errors import NotFound
from community.common.pagination import Page, cursors_of, keyset_page, sifted_page
from community.content import topics
from community.content.discussion import fill_bodies
from community.content.drawing import drawer
from community.content.embeds import draw_sparks
from community.content.last_posters import find_last_posters
from community.content.listings import parts_of_period
from community.content.models import Kind, Post, Role, Thread
from community.content.periods import period_of
from community.content.querysets import Reader, ThreadQuerySet
from community.content.selectors import ThreadPages
from community.content.sifting import sift_list
from community.content.thread_lists import mark_last_visit, shared_list, sift_unread
from community.content.unread import NEWEST_POST, UNREAD, find_unread, unread_parts

ARTICLES_A_PAGE = 15
NOTES_A_PAGE = 15
ROW_BYTES = 16 * 1024
LATEST = "latest"
ORDERS: dict[str, tuple[str, ...]] = {
    "new": ("-published_at", "-id"),
    LATEST: NEWEST_POST,
    "top": ("-score", "-id"),
}


article_thread_for = ThreadPages(
    "article",
    lambda: Thread.objects.filter(kind=Kind.ARTICLE).select_related("article__cover", "article__part"),
).get
note_for = ThreadPages("note", lambda: Thread.objects.filter(kind=Kind.NOTE)).get


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
    if order == UNREAD:
        return _unread(request, _article_rows(), Kind.ARTICLE, ARTICLES_A_PAGE)
    topics.shows_kind(Kind.ARTICLE)
    if order == "top":
        topics.shows_scores(Kind.ARTICLE)
    period = period_of(request, order)
    read = partial(_read_articles, order, period)
    page = shared_list(request, ("articles", order, period), read, lambda page: ROW_BYTES * len(page))
    _mark_last_visit(request, page, order)
    return page


def _read_articles(order: str, period: str, after: str | None, before: str | None) -> Page[Thread]:
    rows, parts = _article_rows(), _parts(Kind.ARTICLE, period)
    page = keyset_page(rows, order=ORDERS[order], size=ARTICLES_A_PAGE, after=after, before=before, parts=parts)
    if order == LATEST:
        find_last_posters(page.items)
    topics.shows_rows(page.items)
    return page


def _article_rows() -> ThreadQuerySet:
    return Thread.objects.public().for_rows().select_related("article__cover").fetch_mode(FETCH_RAISE)


def _note_rows() -> ThreadQuerySet:
    return Thread.objects.public().for_lists().fetch_mode(FETCH_RAISE)


def _unread(request: HttpRequest, rows: ThreadQuerySet, kind: Kind, size: int) -> Page[Thread]:
    """Return a page of what a member has not read, without that of people whom they do not meet."""
    read = partial(_read_unread, request, rows, kind, size)
    page = sifted_page(read, sift_unread(request), **cursors_of(request))
    draw_sparks(page.items, request.user)
    return page


def _read_unread(
    request: HttpRequest, rows: ThreadQuerySet, kind: Kind, size: int, after: str | None, before: str | None
) -> Page[Thread]:
    parts = unread_parts(request.user, kind=kind)
    page = keyset_page(rows, order=NEWEST_POST, size=size, after=after, before=before, parts=parts)
    if kind == Kind.ARTICLE:
        find_last_posters(page.items)  # before those are taken out whom the reader does not meet
    return page.copied(request)


def notes(request: HttpRequest, order: str) -> Page[Thread]:
    """Return published notes, each with its `opening` post and filled embeds."""
    if order == UNREAD:
        page = _unread(request, _note_rows(), Kind.NOTE, NOTES_A_PAGE)
        _open(page.items, request.user)
        return page
    topics.shows_kind(Kind.NOTE)
    topics.shows_scores(Kind.NOTE)
    read = partial(_read_notes, request, order)
    page = sifted_page(read, sift_list(request), **cursors_of(request))
    _open(page.items, request.user)
    find_unread(page.items, request.user)
    _mark_last_visit(request, page, order)
    return page


def _read_notes(request: HttpRequest, order: str, after: str | None, before: str | None) -> Page[Thread]:
    parts = _parts(Kind.NOTE, period_of(request, order))
    page = keyset_page(_note_rows(), order=ORDERS[order], size=NOTES_A_PAGE, after=after, before=before, parts=parts)
    return page.copied(request)


def _mark_last_visit(request: HttpRequest, page: Page[Thread], order: str) -> None:
    if order != "top":
        moments = [thread.last_post_at if order == LATEST else thread.published_at for thread in page]
        mark_last_visit(request, page, moments)


def _parts(kind: Kind, period: str) -> Sequence[QuerySet]:
    return parts_of_period(period, kind=kind) if period else [Thread.objects.public().filter(kind=kind)]


def _open(threads: Sequence[Any], reader: Reader) -> None:
    rows = Post.objects.filter(thread__in=[thread.pk for thread in threads], role=Role.OPENING)
    openings = {post.thread_id: post for post in rows.defer("source", "text").fetch_mode(FETCH_RAISE)}
    for thread in threads:
        topics.shows_thread(thread)  # for the votes on its opening post
        thread.opening = openings[thread.pk]
        thread.opening.thread, thread.opening.author = thread, thread.author
    posts = [thread.opening for thread in threads]
    fill_bodies(posts, reader)
    drawn = drawer(reader, posts)
    for thread in threads:
        thread.shown = drawn.inputs(thread.opening)
