"""Sections of digests: new articles and answered questions, as a person's follows bring them into the feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.content.models import Kind, Post, Role
from community.notifications.mail.sections import Item, Section, register
from community.rendering.plain import excerpt
from community.social.feeds import entries_of
from community.social.models import FeedEntry
from community.social.muted_subjects import without_muted

MOST = 8
EXCERPT_LENGTH = 160


def connect() -> None:
    register(Section(_("New articles"), new_articles), place=1)
    register(Section(_("Answered questions"), answered_questions), place=2)


def new_articles(reader: User, since: datetime) -> Sequence[Item]:
    """Return articles by others that were published since, the newest first."""
    of_article = Q(thread__kind=Kind.ARTICLE, thread__published_at__gt=since)
    entries = _newest(reader, since, of_article, author="thread__author")
    threads = [entry.thread_id for entry in entries]
    openings = Post.objects.public().filter(thread__in=threads, role=Role.OPENING)
    opening_of = {post.thread_id: post for post in openings.select_related("thread", "author")}
    return [_item(opening_of[key]) for key in threads if key in opening_of]


def answered_questions(reader: User, since: datetime) -> Sequence[Item]:
    """Return others' questions that somebody else has answered since, or solved, each where the feed has it."""
    of_answer = Q(thread__kind=Kind.QUESTION, post__role=Role.ANSWER) & ~Q(thread__author=reader)
    return [_item(entry.post) for entry in _newest(reader, since, of_answer, author="post__author")]


def _newest(reader: User, since: datetime, wanted: Q, *, author: str) -> list[FeedEntry]:
    """Return what is wanted by others, as lines of digests: nothing by a closed account."""
    by_others = Q(**{f"{author}__is_active": True}) & ~Q(**{author: reader})
    rows = entries_of(reader).filter(wanted, by_others, without_muted(reader), created_at__gt=since)
    return list(rows.select_related("post__thread", "post__author").order_by("-created_at", "-pk")[:MOST])


def _item(post: Post) -> Item:
    return Item(
        url=post.get_absolute_url(),
        title=post.thread.title_html or escape(str(post.thread)),
        by=post.author.visible_name,
        excerpt=excerpt(post.excerpt, EXCERPT_LENGTH),
        language=post.language,
    )
