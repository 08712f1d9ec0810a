"""Pages of a thread's posts, for every page that shows a thread.

A *branch* is a top-level post (an answer to a question; a comment on anything else) with its comments. Branches are
paged by keyset; a page costs the same at post 10 and at post 10,000.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import FETCH_RAISE, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Abs, RowNumber

from community.common.errors import NotFound
from community.common.pagination import Page, keyset_page, make_cursor

from . import embeds, policies
from .models import Kind, Post, Role, Thread
from .querysets import Reader

BRANCHES_A_PAGE = 20
COMMENTS_A_BRANCH = 5
COMMENTS_A_PAGE = 50
LEAD_IN = 3

ORDERS: dict[str, tuple[str, ...]] = {
    "score": ("-score", "number"),
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


@dataclass(frozen=True, slots=True)
class Discussion:
    """One page of a thread. `opening` is complete on the first page only, where `accepted` comes first."""

    thread: Thread
    opening: Branch
    accepted: Branch | None
    branches: list[Branch]
    order: str
    is_first: bool
    next_query: str
    previous_query: str
    marked: int | None = None

    def posts(self) -> Iterator[Post]:
        """All posts shown with their text."""
        for branch in (self.opening, self.accepted, *self.branches):
            if branch is not None and (branch.post is not self.opening.post or self.is_first):
                if not branch.is_gone:
                    yield branch.post
                yield from branch.comments


def default_order(thread: Thread) -> str:
    return "score" if thread.kind == Kind.QUESTION else "oldest"


def orders_of(thread: Thread) -> list[str]:
    """Return a thread's sort orders; comments are not sorted by score."""
    return [name for name in ORDERS if name != "score" or thread.kind == Kind.QUESTION]


def discussion(
    thread: Thread,
    reader: Reader,
    *,
    order: str = "",
    after: str | None = None,
    before: str | None = None,
    number: int | None = None,
) -> Discussion:
    """Load one page: the first, that of a cursor, or the one with post `number`, which is marked.

    Raises NotFound for a post not visible to this reader, BrokenCursor for an invalid cursor.
    """
    order = order if order in ORDERS else default_order(thread)
    marked = _find(thread, reader, number) if number is not None else None
    if marked is not None:
        after, before = _page_of(marked, thread, reader, order), None
    rows = _shown(_branches(thread, reader))
    page = keyset_page(rows, order=ORDERS[order], size=BRANCHES_A_PAGE, after=after, before=before)
    page = replace(page, query="" if order == default_order(thread) else urlencode({"order": order}))
    return _assembled(thread, reader, page, order, marked)


def requested_number(text: str) -> int | None:
    """Return the post number from a query string; None if invalid."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def comments_page(post: Post, reader: Reader, *, after: str | None, before: str | None) -> Page[Post]:
    """Return a page of the comments under one post."""
    rows = _shown(Post.objects.visible_to(reader).filter(thread=post.thread_id, parent=post))
    page = keyset_page(rows, order=("number",), size=COMMENTS_A_PAGE, after=after, before=before)
    _set_thread(page.items, post.thread)
    fill_bodies(page.items, reader)
    return page


def fill_bodies(posts: Iterable[Post], reader: Reader) -> None:
    """Set `shown_html` on each post, with embeds filled for this reader: one query per kind of embed."""
    posts = list(posts)
    filled = embeds.fill([post.html for post in posts], reader, [post.pk for post in posts])
    for post, html in zip(posts, filled, strict=True):
        post.shown_html = html


def _shown(posts: QuerySet) -> QuerySet:
    return posts.select_related("author").defer("source", "text").fetch_mode(FETCH_RAISE)


def _branches(thread: Thread, reader: Reader) -> QuerySet:
    """Return the top-level posts except the accepted one, which is shown separately.

    A deleted post is kept while this reader sees something under it.
    """
    role = Role.ANSWER if thread.kind == Kind.QUESTION else Role.COMMENT
    seen = Post.objects.visible_to(reader)
    gone = Post.objects.filter(Q(hidden_at__isnull=False) | Q(deleted_at__isnull=False))
    rows = seen | gone.filter(Exists(seen.filter(parent=OuterRef("pk"))))
    rows = rows.filter(thread=thread, role=role, parent=None)
    return rows if thread.solved_post_id is None else rows.exclude(pk=thread.solved_post_id)


def _find(thread: Thread, reader: Reader, number: int) -> Post:
    rows = (
        Post.objects.visible_to(reader)
        .select_related("parent")
        .defer("source", "text", "html", "parent__source", "parent__text", "parent__html")
    )
    post = rows.filter(thread=thread, number=number).first()
    if post is None:
        raise NotFound
    return post


def _page_of(post: Post, thread: Thread, reader: Reader, order: str) -> str | None:
    """Return the cursor of a page that has this post, a few branches before it; None for the first page."""
    branch = post.parent or post
    if branch.is_opening or branch.pk == thread.solved_post_id:
        return None
    keys = _branches(thread, reader).only("score", "number")
    earlier = keyset_page(keys, order=ORDERS[order], size=BRANCHES_A_PAGE, before=make_cursor(branch, ORDERS[order]))
    if len(earlier) < BRANCHES_A_PAGE:
        return None
    return make_cursor(earlier.items[-1 - LEAD_IN], ORDERS[order])


def _assembled(thread: Thread, reader: Reader, page: Page[Post], order: str, marked: Post | None) -> Discussion:
    is_first = page.previous_cursor is None
    fixed = _fixed_posts(thread, reader)
    posts = [*fixed.values(), *page.items]
    _set_thread(posts, thread)
    comments = _comments(posts if is_first else page.items, thread, reader, marked)
    opening = next(post for post in fixed.values() if post.is_opening)
    accepted = fixed.get(thread.solved_post_id or 0) if is_first else None
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
    )
    fill_bodies(found.posts(), reader)
    return found


def _branch(post: Post, comments: dict[int, Branch]) -> Branch:
    return comments.get(post.pk) or Branch(post)


def _is_gone(post: Post, reader: Reader) -> bool:
    return not (post.is_visible or policies.is_own(reader, post) or policies.is_staff(reader))


def _fixed_posts(thread: Thread, reader: Reader) -> dict[int, Post]:
    """Return the opening post and the accepted answer. Everyone who sees the thread sees its opening post."""
    rows = Post.objects.filter(Q(role=Role.OPENING) | Q(pk=thread.solved_post_id, hidden_at=None, deleted_at=None))
    return {post.pk: post for post in _shown(rows.filter(thread=thread)).order_by("number")}


def _comments(posts: Sequence[Post], thread: Thread, reader: Reader, marked: Post | None) -> dict[int, Branch]:
    """Return the first comments under each post in one query; around the marked comment, the nearest ones."""
    near = Case(When(parent=marked.parent_id, then=Value(marked.number)), default=Value(0)) if marked else Value(0)
    rows = Post.objects.visible_to(reader).filter(thread=thread, parent__in=[post.pk for post in posts])
    rows = _shown(rows).annotate(
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
