"""Pages of a thread's posts, for every page that shows a thread.

A *branch* is a top-level post (an answer to a question; a comment on anything else) with its comments. Branches are
paged by keyset; a page costs the same at post 10 and at post 10,000. In the flat view every post is a branch, in the
order in which they were written; the best posts of a long thread are one page.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db.models import FETCH_RAISE, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Abs, RowNumber
from django.utils import timezone

from community.accounts.columns import shown_columns
from community.common import page_cache
from community.common.errors import NotFound
from community.common.pagination import Page, PreparedList, keyset_page, make_cursor
from community.common.prepared import Prepared, place, place_of_key
from community.common.subqueries import looked_up

from . import embeds, mentioned_in, policies, topics
from .models import Kind, Post, Role, Thread
from .querysets import Reader, seen_in

VISITOR = AnonymousUser()
OPENING = 1  # the number of the first post of every thread
FLAT, BEST = "flat", "best"  # views of a thread; "" is the nested one
BRANCHES_A_PAGE = 20
LONG = 2 * BRANCHES_A_PAGE
BEST_POSTS = 12
COMMENTS_A_BRANCH = 5
COMMENTS_A_PAGE = 50
LEAD_IN = 3
POST_BYTES = 4 * 1024
HEADING_BYTES = 1024
SHOWN = (
    *("thread", "number", "role", "parent", "html", "excerpt", "headings", "render_notice", "language", "score"),
    *("up_count", "down_count", "rank", "agree_count", "mark_count", "version"),
    *("is_first", "created_at", "edited_at", "community_at", "hidden_at", "deleted_at", "deleted_by"),
    *shown_columns("author"),
)
OF_ABOVE = ("number", "excerpt", "language", "hidden_at", "deleted_at")

ORDERS: dict[str, tuple[str, ...]] = {
    "best": ("-rank", "number"),
    "oldest": ("number",),
    "newest": ("-number",),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A top-level post with the comments shown; `earlier` and `later` count the omitted ones around them.

    A post not visible to this reader leaves a placeholder for the comments under it.
    """

    post: Post
    comments: list[Post] = field(default_factory=list)
    earlier: int = 0
    later: int = 0
    is_gone: bool = False

    @property
    def comment_count(self) -> int:
        return self.earlier + len(self.comments) + self.later

    def copied(self, thread: Thread) -> Branch:
        post, *comments = (copy(each) for each in (self.post, *self.comments))
        _set_thread([post, *comments], thread)
        return replace(self, post=post, comments=comments)


@dataclass(frozen=True, slots=True)
class Discussion:
    """One page of a view of a thread. `opening` is complete on the first page only, where `accepted` comes first."""

    thread: Thread
    opening: Branch
    accepted: Branch | None
    branches: list[Branch]
    order: str
    is_first: bool
    next_query: str
    previous_query: str
    marked: int | None = None
    view: str = ""

    def posts(self) -> Iterator[Post]:
        """All posts shown with their text."""
        for branch in (self.opening, self.accepted, *self.branches):
            if branch is not None and (branch.post is not self.opening.post or self.is_first):
                if not branch.is_gone:
                    yield branch.post
                yield from branch.comments

    def copied(self, thread: Thread) -> Discussion:
        """Return a copy for one reader, whose thread was loaded with what it is to them."""
        opening, *branches = (branch.copied(thread) for branch in (self.opening, *self.branches))
        accepted = self.accepted and self.accepted.copied(thread)
        return replace(self, thread=thread, opening=opening, accepted=accepted, branches=branches)

    def weight(self) -> int:
        """Return about how many bytes it takes."""
        branches = [branch for branch in (self.opening, self.accepted, *self.branches) if branch is not None]
        posts = [post for branch in branches for post in (branch.post, *branch.comments)]
        return sum(map(_weight, posts))


def _weight(post: Post) -> int:
    mentions = mentioned_in.BYTES * len(post.mentioned_in)
    return POST_BYTES + sys.getsizeof(post.html) + HEADING_BYTES * len(post.headings) + mentions


def default_order(thread: Thread, view: str = "") -> str:
    return "best" if thread.kind == Kind.QUESTION and not view else "oldest"


def orders_of(thread: Thread, view: str = "") -> list[str]:
    """Return the sort orders of a view of a thread. The best posts have one, and comments are not sorted by votes."""
    if view == BEST:
        return ["oldest"]
    return [name for name in ORDERS if name != "best" or (thread.kind == Kind.QUESTION and not view)]


def is_long(thread: Thread) -> bool:
    """Return whether a thread has more posts than two pages of branches, answers and comments alike."""
    return thread.reply_count > LONG


def views_of(thread: Thread) -> list[str]:
    """Return the views of a thread; only of a long one the best posts are fewer than all."""
    return ["", FLAT, BEST] if is_long(thread) else ["", FLAT]


def query_of(thread: Thread, view: str, order: str) -> dict[str, str]:
    """Return the parameters of a view of a thread in an order, without defaults."""
    wanted = {"view": view, "order": "" if order == default_order(thread, view) else order}
    return {name: value for name, value in wanted.items() if value}


def discussion(
    thread: Thread,
    reader: Reader,
    *,
    view: str = "",
    order: str = "",
    after: str | None = None,
    before: str | None = None,
    number: int | None = None,
) -> Discussion:
    """Load one page: the first, that of a cursor, or the one with post `number`, which is marked.

    A post is marked in its place, never among the best. Raises NotFound for a post not visible to this reader,
    BrokenCursor for an invalid cursor.
    """
    topics.shows_thread(thread)
    view = view if view in views_of(thread) and (view != BEST or number is None) else ""
    order = order if order in orders_of(thread, view) else default_order(thread, view)
    asked = (view, order, after, before, number)
    found = _shared(thread, reader, *asked) or _read(thread, reader, *asked)
    fill_bodies(found.posts(), reader)
    return found


def _shared(thread: Thread, reader: Reader, *asked: Any) -> Discussion | None:
    """Return the page that everybody sees who did not write what is hidden or deleted in the thread."""
    if not page_cache.keeps_parts() or policies.is_staff(reader) or not policies.is_public(thread):
        return None
    if reader.is_authenticated and reader.pk in _authors_of_gone(thread):
        return None
    found = page_cache.shared_part(
        ("discussion", thread.pk, *asked), lambda: _read(thread, VISITOR, *asked), Discussion.weight
    )
    return found.copied(thread)


def _authors_of_gone(thread: Thread) -> frozenset[int]:
    """Return who wrote the hidden and the deleted posts of a thread."""
    gone = Post.objects.filter(Q(hidden_at__isnull=False) | Q(deleted_at__isnull=False), thread=thread)
    authors = gone.values_list("author", flat=True)
    return page_cache.shared_part(("authors of gone", thread.pk), lambda: frozenset(authors), sys.getsizeof)


def _read(
    thread: Thread, reader: Reader, view: str, order: str, after: str | None, before: str | None, number: int | None
) -> Discussion:
    if view == BEST:
        return _best(thread, reader)
    marked = _find(thread, reader, number) if number is not None else None
    if marked is not None:
        after, before = _page_of(marked, thread, reader, view, order), None
    page = _flat_page(thread, reader, order, after, before) if view else _page(thread, reader, order, after, before)
    page = replace(page, query=urlencode(query_of(thread, view, order)))
    return _assembled(thread, reader, page, view, order, marked)


def _best(thread: Thread, reader: Reader) -> Discussion:
    """Return the best of the posts that have votes and the accepted answer, in the order in which they were written."""
    voted = Post.objects.filter(thread=thread, score__gt=0, hidden_at=None, deleted_at=None).exclude(role=Role.OPENING)
    best = Q(pk__in=voted.order_by("-rank", "number").values("pk")[:BEST_POSTS])
    solved = Q(pk=thread.solved_post_id, hidden_at=None, deleted_at=None)
    posts = _alone().filter(best | solved if thread.solved_post_id else best).order_by("number")
    return _assembled(thread, reader, Page(list(posts), None, None), BEST, "oldest", None)


def _flat_page(thread: Thread, reader: Reader, order: str, after: str | None, before: str | None) -> Page[Post]:
    parts = [_part(thread, reader, FLAT)]
    return keyset_page(_alone(), order=ORDERS[order], size=BRANCHES_A_PAGE, after=after, before=before, parts=parts)


def _page(thread: Thread, reader: Reader, order: str, after: str | None, before: str | None) -> Page[Post]:
    if reader is VISITOR and policies.is_public(thread):
        rows = _public_page(thread.kind, thread.solved_post_id is not None, order)
        return rows.keyset_page(after=after, before=before, thread=thread.pk, solved=thread.solved_post_id or 0)
    parts = [_branches(thread, reader)]
    return keyset_page(_tops(), order=ORDERS[order], size=BRANCHES_A_PAGE, after=after, before=before, parts=parts)


@cache
def _public_page(kind: str, is_solved: bool, order: str) -> PreparedList[Post]:
    parts = [_branches(_any_thread(kind, is_solved), VISITOR)]
    return PreparedList(_tops(), order=ORDERS[order], size=BRANCHES_A_PAGE, parts=parts)


def _any_thread(kind: str, is_solved: bool) -> Thread:
    """Return a public thread with places for its key and that of the accepted answer."""
    solved = place_of_key("solved") if is_solved else None
    return Thread(pk=place_of_key("thread"), kind=kind, solved_post_id=solved, published_at=timezone.now())


def requested_number(text: str) -> int | None:
    """Return the post number from a query string; None if invalid."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def comments_page(post: Post, reader: Reader, *, after: str | None, before: str | None) -> Page[Post]:
    """Return a page of the comments under one post."""
    rows = _shown(Post.objects.filter(seen_in(post.thread, reader), parent=post), "reply_to")
    page = keyset_page(rows, order=("number",), size=COMMENTS_A_PAGE, after=after, before=before)
    _set_thread(page.items, post.thread)
    mentioned_in.find_mentions(page.items)
    fill_bodies(page.items, reader)
    return page


def fill_bodies(posts: Iterable[Post], reader: Reader, *, is_shared: bool = False) -> None:
    """Set `shown_html` on each post, with embeds filled for this reader: one query per kind of embed.

    `is_shared`: see `embeds.fill`.
    """
    posts = list(posts)
    filled = embeds.fill([post.html for post in posts], reader, [post.pk for post in posts], is_shared=is_shared)
    for post, html in zip(posts, filled, strict=True):
        post.shown_html = html


def _shown(posts: QuerySet, *above: str) -> QuerySet:
    """Load what is shown of posts, and of those which they refer to by these columns."""
    columns = [f"{name}__{column}" for name in above for column in (*OF_ABOVE, *shown_columns("author"))]
    posts = posts.annotate(linked_from=mentioned_in.linked_from())
    related = posts.select_related("author", *(f"{name}__author" for name in above))
    return related.only(*SHOWN, *above, *columns).fetch_mode(FETCH_RAISE)


@cache
def _alone() -> QuerySet:
    """Return all posts as those that are shown one by one, never read as a whole. Built once."""
    return _shown(Post.objects.all(), "reply_to", "parent")


@cache
def _tops() -> QuerySet:
    """Return all posts as those that have comments under them are shown, never read as a whole. Built once."""
    return _shown(Post.objects.annotate(has_comments=Exists(Post.objects.filter(parent=OuterRef("pk")))))


def _part(thread: Thread, reader: Reader, view: str) -> QuerySet:
    """Return the posts of which a view has pages."""
    if view == FLAT:
        return Post.objects.filter(seen_in(thread, reader), thread=thread).exclude(role=Role.OPENING)
    return _branches(thread, reader)


def _branches(thread: Thread, reader: Reader) -> QuerySet:
    """Return the top-level posts except the accepted one, which is shown separately.

    A deleted post is kept while this reader sees something under it.
    """
    rows, seen = branches_of(thread), seen_in(thread, reader)
    if seen:
        gone = Q(hidden_at__isnull=False) | Q(deleted_at__isnull=False)
        rows = rows.filter(seen | gone & looked_up(Post.objects.filter(seen, parent=OuterRef("pk"))))
    return rows if thread.solved_post_id is None else rows.exclude(pk=thread.solved_post_id)


def branches_of(thread: Thread) -> QuerySet[Post]:
    """Return the top-level posts below the opening one, in any state."""
    role = Role.ANSWER if thread.kind == Kind.QUESTION else Role.COMMENT
    return Post.objects.filter(thread=thread, role=role, parent=None)


def _find(thread: Thread, reader: Reader, number: int) -> Post:
    rows = (
        Post.objects.visible_in(thread, reader)
        .select_related("parent")
        .only("number", "role", "rank", "parent__number", "parent__role", "parent__rank")
    )
    post = rows.filter(number=number).first()
    if post is None:
        raise NotFound
    return post


def _page_of(post: Post, thread: Thread, reader: Reader, view: str, order: str) -> str | None:
    """Return the cursor of a page that has this post, a few branches before it; None for the first page."""
    branch = post if view else post.parent or post
    if branch.is_opening or (branch.pk == thread.solved_post_id and not view):
        return None
    keys, parts = Post.objects.only("rank", "number"), [_part(thread, reader, view)]
    before = make_cursor(branch, ORDERS[order])
    earlier = keyset_page(keys, order=ORDERS[order], size=BRANCHES_A_PAGE, before=before, parts=parts)
    if len(earlier) < BRANCHES_A_PAGE:
        return None
    return make_cursor(earlier.items[-1 - LEAD_IN], ORDERS[order])


def _assembled(
    thread: Thread, reader: Reader, page: Page[Post], view: str, order: str, marked: Post | None
) -> Discussion:
    is_first = page.previous_cursor is None
    fixed = _fixed_posts(thread)
    posts = [*fixed.values(), *page.items]
    _set_thread(posts, thread)
    comments = {} if view else _comments(posts if is_first else page.items, thread, reader, marked)
    opening = next(post for post in fixed.values() if post.is_opening)
    accepted = fixed.get(thread.solved_post_id or 0) if is_first and not view else None
    found = Discussion(
        thread=thread,
        opening=comments.get(opening.pk) or Branch(opening),
        accepted=_branch(accepted, comments) if accepted else None,
        branches=[replace(_branch(post, comments), is_gone=_is_gone(post, reader)) for post in page.items],
        order=order,
        is_first=is_first,
        next_query=page.next_query,
        previous_query=page.previous_query,
        marked=marked.number if marked else None,
        view=view,
    )
    mentioned_in.find_mentions(found.posts())
    return found


def _branch(post: Post, comments: dict[int, Branch]) -> Branch:
    return comments.get(post.pk) or Branch(post)


def _is_gone(post: Post, reader: Reader) -> bool:
    return not (post.is_visible or policies.is_own(reader, post) or policies.is_staff(reader))


def _fixed_posts(thread: Thread) -> dict[int, Post]:
    """Return the opening post and the accepted answer. Everyone who sees the thread sees its opening post."""
    rows = _fixed(thread.solved_post_id is not None).run(thread=thread.pk, solved=thread.solved_post_id)
    return {post.pk: post for post in rows}


@cache
def _fixed(is_solved: bool) -> Prepared:
    # As the first of its thread: PostgreSQL expects thousands with the number 1 in a thread of ten thousand.
    first = Post.objects.filter(thread=place("thread")).order_by("number").values("pk")[:1]
    opening, solved = Q(pk=Subquery(first)), Q(pk=place("solved"), hidden_at=None, deleted_at=None)
    return Prepared(lambda: _tops().filter(opening | solved if is_solved else opening).order_by("number"))


def _comments(posts: Sequence[Post], thread: Thread, reader: Reader, marked: Post | None) -> dict[int, Branch]:
    """Return the first comments under each post that has any, in one query; around the marked comment, the nearest."""
    near = Case(When(parent=marked.parent_id, then=Value(marked.number)), default=Value(0)) if marked else Value(0)
    parents = [post.pk for post in posts if getattr(post, "has_comments", True)]
    if not parents:
        return {}
    rows = Post.objects.filter(seen_in(thread, reader), parent__in=parents)
    rows = _shown(rows, "reply_to").annotate(
        nearness=Window(RowNumber(), partition_by=F("parent"), order_by=[Abs(F("number") - near), F("number")]),
        place=Window(RowNumber(), partition_by=F("parent"), order_by=F("number").asc()),
        siblings=Window(Count("pk"), partition_by=F("parent")),
    )
    shown: dict[int, list[Post]] = defaultdict(list)
    for comment in rows.filter(nearness__lte=COMMENTS_A_BRANCH).order_by("number"):
        shown[comment.parent_id].append(comment)
    _set_thread([comment for comments in shown.values() for comment in comments], thread)
    by_id = {post.pk: post for post in posts}
    return {pk: _with_comments(by_id[pk], comments) for pk, comments in shown.items()}


def _with_comments(post: Post, comments: list[Any]) -> Branch:
    return Branch(post, comments, earlier=comments[0].place - 1, later=comments[0].siblings - comments[-1].place)


def _set_thread(posts: Iterable[Post], thread: Thread) -> None:
    """Set the loaded thread on each post."""
    for post in posts:
        post.thread = thread
