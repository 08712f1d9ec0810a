"""A reader's follows, votes and bookmarks, each in one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from community.accounts.models import User
from community.content.models import Post
from community.content.querysets import Reader
from community.social.models import Bookmark, Follow, Reaction


def votes_by(user: Reader, post_ids: Iterable[int]) -> dict[int, int]:
    if not user.is_authenticated:
        return {}
    return dict(Reaction.objects.filter(user=user, post__in=list(post_ids)).values_list("post_id", "value"))


def bookmarked_by(user: Reader, post_ids: Iterable[int]) -> set[int]:
    if not user.is_authenticated:
        return set()
    return set(Bookmark.objects.filter(user=user, post__in=list(post_ids)).values_list("post_id", flat=True))


def reader_state(user: Reader, posts: Iterable[Post]) -> dict[str, Any]:
    """Return the reader's votes and bookmarks for a page of posts."""
    ids = [post.pk for post in posts]
    return {"votes": votes_by(user, ids), "bookmarked": bookmarked_by(user, ids)}


def with_follows(threads: QuerySet, user: Reader) -> QuerySet:
    """Annotate each thread with whether this person follows it and its author."""
    follows = Follow.objects.filter(follower=user.pk if user.is_authenticated else 0)
    return threads.annotate(
        follows_author=Exists(follows.filter(person=OuterRef("author"))),
        is_followed=Exists(follows.filter(thread=OuterRef("pk"))),
    )


def is_following(user: Reader, **target: Any) -> bool:
    return user.is_authenticated and Follow.objects.filter(follower=user, **target).exists()


def follow_counts(person: Reader) -> tuple[int, int]:
    """Return how many people follow this person, and how many they follow."""
    followed, following = Q(person=person), Q(follower=person, person__isnull=False)
    counts = Follow.objects.filter(followed | following).aggregate(
        followers=Count("pk", filter=followed), following=Count("pk", filter=following)
    )
    return counts["followers"], counts["following"]


def bookmarks_of(user: User):
    """Return bookmarks of posts still visible to this person, ordered for keyset pagination."""
    visible = Post.objects.visible_to(user).values("pk")
    return (
        Bookmark.objects.filter(user=user, post__in=visible)
        .select_related("post__thread", "post__author")
        .order_by("-created_at", "-pk")
    )
