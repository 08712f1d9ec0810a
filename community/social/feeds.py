"""Feeds: one function per feed, each over posts visible to its reader, newest first, paged by (created_at, id)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from community.accounts.models import User
from community.content.models import Category, Kind, Post, Role, Thread
from community.social.models import Follow


def home_feed(user: User) -> QuerySet[Post]:
    """Return posts of followed people, tags, categories and threads, and one's own; each thread once.

    Comments on other posts are excluded; a followed category includes its descendants. Strictly by time, so the last
    key of a page begins the next and nothing is repeated or skipped while new posts arrive.
    """
    shown = Post.objects.public().filter(_wanted(user), ~Q(role=Role.COMMENT) | _on_opening())
    later = shown.filter(thread=OuterRef("thread"), number__gt=OuterRef("number"))
    return (
        shown.filter(~Exists(later))
        .select_related("thread__category", "thread__author", "author")
        .order_by("-created_at", "-pk")
    )


def _on_opening() -> Q:
    """Match replies in threads without answers."""
    return Q(parent=None) & ~Q(thread__kind=Kind.QUESTION)


def _wanted(user: User) -> Q:
    follows = Follow.objects.filter(follower=user)
    people = follows.filter(person__isnull=False).values("person")
    categories = Category.objects.keys_within(
        *follows.filter(category__isnull=False).values_list("category", flat=True)
    )
    by_tag = Q(
        thread__in=Thread.tags.through.objects.filter(tag__in=follows.filter(tag__isnull=False).values("tag")).values(
            "thread"
        )
    )
    return (
        Q(author=user)
        | Q(author__in=people)
        | Q(role=Role.OPENING) & (by_tag | Q(thread__category__in=categories))
        | Q(thread__in=follows.filter(thread__isnull=False).values("thread"))
    )
