"""*Mentioned in*: the posts that link to a post, the same for everybody until `drawing` takes out whom a reader muted.

Only public posts are named, to their authors and to moderators too: nothing hidden can be found here. The keys
of the newest that link to a post come with it; one query finds what is shown of those of a whole page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import FETCH_RAISE, OuterRef, QuerySet
from django.utils.safestring import SafeString

from community.accounts.columns import shown_columns
from community.common import page_cache
from community.common.subqueries import KeysOf, keys_in
from community.content import policies
from community.content.models import Post, PostLink, Thread
from community.content.querysets import Reader
from community.content.unread import Unread, find_unread

CANDIDATES = 12  # of which some may not be public any more, before their job is done
MOST = 8
OF_THREAD = ("kind", "slug", "title_html", "language", "author", "published_at", "hidden_at", "deleted_at")
BYTES = 1_000


class MentionIn(NamedTuple):
    """A public post that links to another. `authors` are those of the post and of its thread.

    `unread` is how many posts of its thread the reader has not read, `unread_url` the address of the first.
    """

    url: str
    title_html: SafeString
    language: str
    number: int
    name: str
    authors: tuple[int, ...]
    thread: int
    kind: str
    slug: str
    unread: int = 0
    unread_url: str = ""


def linked_from() -> KeysOf:
    """Return a column of posts: the keys of the newest posts that link to them, for `find_mentions`."""
    return KeysOf(PostLink.objects.filter(target=OuterRef("pk")).order_by("-post"), "post", CANDIDATES)


def posts_linking_to(embed: str) -> list[int]:
    """Return the keys of the newest posts that link to a run."""
    rows = PostLink.objects.filter(embed=embed).order_by("-post").values_list("post", flat=True)
    return list(rows[:CANDIDATES])


def find_mentions(posts: Iterable[Post]) -> None:
    """Set `mentioned_in` on posts that were read with `linked_from`, in one query, or none if nothing links to them."""
    keys = {post: keys_in(post.linked_from) for post in posts}
    wanted = {key for found in keys.values() for key in found}
    linking = {post.pk: post for post in _rows().filter(pk__in=wanted)} if wanted else {}
    page_cache.depends_on(*(f"thread:{post.thread_id}" for post in linking.values()))
    for post, found in keys.items():
        public = [linking[key] for key in sorted(found, reverse=True) if key in linking and _is_public(linking[key])]
        post.mentioned_in = tuple(map(_mention, public[:MOST]))


def _rows() -> QuerySet[Post]:
    columns = ("number", "role", "author_id", "hidden_at", "deleted_at", *(f"thread__{name}" for name in OF_THREAD))
    rows = Post.objects.select_related("thread", "author")
    return rows.only(*columns, *shown_columns("author")).fetch_mode(FETCH_RAISE)


def _is_public(post: Post) -> bool:
    return post.is_visible and policies.is_public(post.thread)


def _mention(post: Post) -> MentionIn:
    thread = post.thread
    return MentionIn(
        url=post.get_absolute_url(),
        title_html=SafeString(thread.title_html),
        language=thread.language,
        number=0 if post.is_opening else post.number,
        name=post.author.visible_name,
        authors=(post.author_id, thread.author_id),
        thread=thread.pk,
        kind=thread.kind,
        slug=thread.slug,
    )


def unread_of(mentions: Iterable[MentionIn], reader: Reader) -> dict[int, Unread]:
    """Return what a reader has not read of the threads of these, by key, in one query; none for a visitor."""
    threads = {each.thread: Thread(pk=each.thread, kind=each.kind, slug=each.slug) for each in mentions}
    find_unread(list(threads.values()), reader)
    return {key: thread.unread for key, thread in threads.items() if thread.unread}
