"""A reader's follows, votes and bookmarks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db.models import FETCH_RAISE, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import In

from community.accounts.columns import unshown_columns
from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.common.pagination import Page, PreparedList
from community.common.prepared import Prepared, place, place_of_key
from community.common.subqueries import CountUpTo, looked_up, not_looked_up
from community.content.models import Category, Post, Tag, Thread
from community.content.querysets import Reader
from community.mutes.selectors import NOTHING, hidden_among, standings
from community.notifications.verbs import mutable_verbs
from community.social.models import Agreement, Bookmark, Follow, PostMute, Reaction

UP, DOWN = 1, -1
BOOKMARKED, AGREED, MUTED = 0, 2, 3  # in place of a vote
MARK = "mark"
"""The verb of marks on an answer."""
NEWEST_BOOKMARKS = ("-created_at", "-pk")
BOOKMARKS_A_PAGE = 20

type CompleteBookmarks = Callable[[Sequence[Bookmark], User], None]

_completions: list[CompleteBookmarks] = []


class PostState(NamedTuple):
    """What a reader has done with one post; `voted` is 1, 0 or -1, `muted` whether they hear of no replies to it."""

    voted: int
    bookmarked: bool
    agreed: bool
    muted: bool


def reader_state(user: Reader, posts: Sequence[Post]) -> dict[int, PostState]:
    """Return the reader's votes, bookmarks and agreements for a page of posts."""
    ids = [post.pk for post in posts]
    acts = _acts(user, ids) if user.is_authenticated and ids else set()
    return {
        pk: PostState(
            ((pk, UP) in acts) - ((pk, DOWN) in acts), *((pk, act) in acts for act in (BOOKMARKED, AGREED, MUTED))
        )
        for pk in ids
    }


def _acts(user: User, post_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Return what a person did with these posts, in one query: keys, each with UP, DOWN, BOOKMARKED, AGREED or
    MUTED.
    """
    return set(_acts_among(len(post_ids)).run(user=user.pk, **{f"post{n}": pk for n, pk in enumerate(post_ids)}))


@lru_cache(maxsize=200)
def _acts_among(count: int) -> Prepared:
    among = In(F("post_id"), [place(f"post{n}") for n in range(count)])
    votes = Reaction.objects.filter(among, user=place("user")).values_list("post_id", "value")
    bookmarks = Bookmark.objects.filter(among, user=place("user")).values_list("post_id", Value(BOOKMARKED))
    agreements = Agreement.objects.filter(among, user=place("user")).values_list("post_id", Value(AGREED))
    mutes = PostMute.objects.filter(among, person=place("user")).values_list("post_id", Value(MUTED))
    return Prepared(lambda: votes.union(bookmarks, agreements, mutes, all=True))


def levels_of(thread: Value, author: Value, reader: Value) -> dict[str, Subquery]:
    """Return the levels that a reader has for a thread and for its author; null where none was chosen."""
    levels = Follow.objects.filter(follower=reader).values("level")
    return {
        "level_of_author": Subquery(levels.filter(person=author)),
        "level": Subquery(levels.filter(thread=thread)),
    }


def level_of(user: Reader, kind: str, key: int) -> int | None:
    """Return the level that a person has for a target of a kind; None if they have chosen none, and for a visitor."""
    if not user.is_authenticated:
        return None
    rows = _level_of(kind).run(reader=user.pk, target=key)
    return rows[0][0] if rows else None


@cache
def _level_of(kind: str) -> Prepared:
    rows = Follow.objects.filter(**{"follower": place("reader"), kind: place("target")})
    return Prepared(lambda: rows.values_list("level"))


def unmuted(reader: User) -> Q:
    """Match notifications of what a reader has not muted, be they sent before or meanwhile.

    That is what is in no muted thread, replies to no muted post, and marks none.
    """
    threads = Follow.objects.muted().filter(follower=reader, thread=OuterRef("subject"))
    own = PostMute.objects.filter(person=reader)
    replied_to = own.filter(Q(post=OuterRef("parent")) | Q(post=OuterRef("reply_to")))
    replies = Post.objects.filter(looked_up(replied_to), pk=OuterRef("target_id"))
    is_heard = ~Q(target_kind="post") | not_looked_up(replies)
    is_mark_heard = ~Q(verb=MARK) | not_looked_up(own.filter(post=OuterRef("target_id")))
    return not_looked_up(threads) & is_heard & is_mark_heard


def muted_replies_to(post: Post) -> Q:
    """Match notifications of replies to a post and of its marks."""
    replies = Post.objects.filter(Q(parent=post.pk) | Q(reply_to=post.pk)).values("pk")
    of_replies = Q(verb__in=mutable_verbs(), target_kind="post", target_id__in=replies)
    return of_replies | Q(verb=MARK, target_kind="post", target_id=post.pk)


def who_muted_replies(post: Post) -> set[int]:
    """Return who wants to hear of nothing that replies to the posts which this one replies to."""
    around = {post.parent_id, post.reply_to_id} - {None}
    return set(PostMute.objects.filter(post__in=around).values_list("person", flat=True)) if around else set()


def has_muted(post: Post) -> bool:
    """Return whether the author of a post wants to hear of no replies to it."""
    return PostMute.objects.filter(post=post, person=post.author_id).exists()


def muted_posts_of(reader: User) -> QuerySet[PostMute]:
    """Return a person's muted posts, for pages by key, each with `is_seen`: whether they still see it."""
    rows = PostMute.objects.filter(person=reader).select_related("post__thread")
    seen = Post.objects.visible_to(reader).filter(pk=OuterRef("post"))
    return rows.annotate(is_seen=looked_up(seen)).defer("post__source", "post__text", "post__html")


def follow_counts(person: User | OuterRef) -> dict[str, CountUpTo]:
    """Return columns for how many people follow a person, and how many they follow."""
    return {
        "follower_count": CountUpTo(Follow.objects.followed().filter(person=person)),
        "following_count": CountUpTo(Follow.objects.followed().filter(follower=person, person__isnull=False)),
    }


def levels_by(reader: User, kind: str = "") -> QuerySet[Follow]:
    """Return what a person has chosen a level for, of one kind of target or of all, for pages by key, newest first."""
    rows = Follow.objects.filter(follower=reader)
    return rows.filter(**{f"{kind}__isnull": False}) if kind else rows


def find_targets(follows: Sequence[Follow], reader: User) -> None:
    """Set `target` on each follow, in a query a kind; None if the reader can't see it any more, or does not meet the
    author of the thread.

    They are found by key: joined to a page that is in order by key, PostgreSQL reads all people.
    """
    sources = {
        "person": User.objects.filter(is_active=True),
        "tag": Tag.objects.all(),
        "category": Category.objects.all(),
        "thread": Thread.objects.visible_to(reader).select_related("author"),
    }
    wanted: dict[str, set[int]] = defaultdict(set)
    for follow in follows:
        wanted[follow.target_kind].add(follow.target_key)
    found: dict[str, dict[int, Any]] = {kind: sources[kind].in_bulk(list(keys)) for kind, keys in wanted.items()}
    threads = found.get("thread", {})
    hidden = hidden_among(reader, {thread.author_id for thread in threads.values()})
    found["thread"] = {key: thread for key, thread in threads.items() if thread.author_id not in hidden}
    for follow in follows:
        follow.target = found[follow.target_kind].get(follow.target_key)


def followers_of(person: User) -> QuerySet[Follow]:
    return Follow.objects.followed().filter(person=person)


def people_followed_by(person: User) -> QuerySet[Follow]:
    return Follow.objects.followed().filter(follower=person, person__isnull=False)


def people_at(follows: Sequence[Follow], end: str, reader: Reader) -> list[User]:
    """Return the people at one end of these follows, `follower` or `person`, in their order.

    Closed accounts are left out, and who is hidden from the reader.
    """
    keys = [getattr(follow, f"{end}_id") for follow in follows]
    people = User.objects.filter(is_active=True).in_bulk(keys)
    hidden = hidden_among(reader, people)
    return [people[key] for key in keys if key in people and key not in hidden]


def with_levels(people: Sequence[User], reader: Reader) -> list[tuple[User, int | None]]:
    """Return each of these people with the level that the reader has chosen for them, in one query or none."""
    levels: dict[int | None, int] = {}
    if reader is not None and reader.is_authenticated and people:
        own = Follow.objects.filter(follower=reader, person__in=people)
        levels = dict(own.values_list("person", "level"))
    return [(person, levels.get(person.pk)) for person in people]


def bookmarks_page(request: MemberRequest) -> Page[Bookmark]:
    """Return a page of the reader's bookmarks of posts that they still see."""
    return _bookmarks(is_staff=request.user.is_staff).keyset_page(request=request, reader=request.user.pk)


@cache
def _bookmarks(*, is_staff: bool) -> PreparedList[Bookmark]:
    reader = User(pk=place_of_key("reader"), is_staff=is_staff)
    visible = Post.objects.visible_to(reader).filter(pk=OuterRef("post_id"))
    rows = Bookmark.objects.filter(looked_up(visible), user=reader).select_related("post__thread", "post__author")
    unshown = ("post__source", "post__text", "post__headings", *unshown_columns("post__author"))
    return PreparedList(rows.defer(*unshown).fetch_mode(FETCH_RAISE), order=NEWEST_BOOKMARKS, size=BOOKMARKS_A_PAGE)


def complete_bookmarks(complete: CompleteBookmarks) -> None:
    """Register what a higher app sets on a page of a person's bookmarks."""
    if complete not in _completions:
        _completions.append(complete)


def complete(bookmarks: Sequence[Bookmark], reader: User) -> None:
    """Set on each of a person's bookmarks what their page shows besides."""
    find_standings(bookmarks, reader)
    for each in _completions:
        each(bookmarks, reader)


def find_standings(bookmarks: Sequence[Bookmark], reader: Reader) -> None:
    """Set on each bookmark what is between its owner and the author of the post, in one query or none."""
    found = standings(reader, {bookmark.post.author_id for bookmark in bookmarks})
    for bookmark in bookmarks:
        bookmark.standing = found.get(bookmark.post.author_id, NOTHING)
