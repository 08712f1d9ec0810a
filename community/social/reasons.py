"""Why a thread is in somebody's list: what they follow that brings it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Value
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from community.accounts.models import User
from community.common.drawn import draw, hole
from community.content.models import Category, Post, Tag, Thread
from community.social.models import Follow

MOST_TAGS = 15  # whose questions are read for one page


class Reason(NamedTuple):
    """`kind` is one of the targets of a follow, or "week" for nothing followed. That and a thread have no name."""

    kind: str
    label: str = ""
    url: str = ""

    def draw(self) -> SafeString:
        """Return the sentence."""
        marks = {"label": hole("label"), "url": hole("url")}
        filled = {"label": conditional_escape(self.label), "url": conditional_escape(self.url)}
        return draw("social/reason.html", {"kind": self.kind, **marks}, **filled)


def followed_tags(reader: User, most: int = MOST_TAGS) -> list[Tag]:
    """Return the tags that a person follows, the newest of them."""
    rows = Follow.objects.followed().filter(follower=reader, tag__isnull=False)
    keys = list(rows.order_by("-tag").values_list("tag", flat=True)[:most])
    return list(Tag.objects.filter(pk__in=keys))


def of_posts(reader: User, posts: Sequence[Post]) -> dict[int, Reason]:
    """Return why each of these posts, with `thread` and `author` loaded, is in a reader's feed, if something brings it.

    A person whom they follow is named first, then a tag, a category, and the thread itself.
    """
    openings = [post.thread_id for post in posts if post.is_opening]
    tags: dict[int, list[int]] = defaultdict(list)
    for thread, tag in Thread.tags.through.objects.filter(thread__in=openings).values_list("thread", "tag"):
        tags[thread].append(tag)
    paths = Category.objects.paths() if any(post.is_opening and post.thread.category_id for post in posts) else {}
    wanted: dict[str, set[int]] = {
        "person": {post.author_id for post in posts},
        "thread": {post.thread_id for post in posts},
        "tag": {tag for found in tags.values() for tag in found},
        "category": {key for post in posts for key in _path(post, paths)},
    }
    followed = _followed(reader, wanted)
    named = _named(followed)
    return {post.pk: found for post in posts if (found := _reason(post, tags[post.thread_id], paths, followed, named))}


def _path(post: Post, paths: Mapping[int, list[int]]) -> Sequence[int]:
    """Return the keys of the category that brings a thread and of those around it, the nearest first."""
    return paths.get(post.thread.category_id, ()) if post.is_opening and post.thread.category_id else ()


def _followed(reader: User, wanted: Mapping[str, Iterable[int]]) -> dict[str, set[int]]:
    """Return those of these targets that a person follows, in one query of four parts, each on an index of its own."""
    own = Follow.objects.followed().filter(follower=reader).order_by()
    parts = [
        own.filter(**{f"{kind}__in": keys}).values_list(Value(kind), kind) for kind, keys in wanted.items() if keys
    ]
    found: dict[str, set[int]] = defaultdict(set)
    for kind, key in parts[0].union(*parts[1:], all=True) if parts else ():
        found[kind].add(key)
    return found


def _named(followed: Mapping[str, set[int]]) -> dict[str, dict[int, Reason]]:
    tags = Tag.objects.in_bulk(list(followed["tag"])) if followed["tag"] else {}
    categories = Category.objects.in_bulk(list(followed["category"])) if followed["category"] else {}
    return {
        "tag": {key: of_tag(tag) for key, tag in tags.items()},
        "category": {key: Reason("category", row.label, row.get_absolute_url()) for key, row in categories.items()},
    }


def of_tag(tag: Tag) -> Reason:
    return Reason("tag", tag.label, tag.get_absolute_url())


def _reason(
    post: Post,
    tags: Iterable[int],
    paths: Mapping[int, list[int]],
    followed: Mapping[str, set[int]],
    named: Mapping[str, Mapping[int, Reason]],
) -> Reason | None:
    if post.author_id in followed["person"]:
        return Reason("person", post.author.visible_name, post.author.get_absolute_url())
    for kind, keys in (("tag", tags), ("category", _path(post, paths))):
        for key in keys:
            if key in named[kind]:
                return named[kind][key]
    return Reason("thread") if post.thread_id in followed["thread"] else None
