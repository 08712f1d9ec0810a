"""What waits at the posts of a thread, for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Exists, QuerySet, Value

from community.accounts.models import User
from community.content import policies as content
from community.content.models import Post
from community.content.querysets import Reader
from community.mutes.selectors import met_by
from community.review.models import Proposal, SuggestedEdit


class PostReview(NamedTuple):
    """What waits at a post for one reader: how many suggestions they can decide on, and the one that they made.

    `url` is of the first to decide on, `own_url` of their own.
    """

    waiting: int = 0
    url: str = ""
    own_url: str = ""


NOTHING = PostReview()


def of_thread(thread: Value, author: Value, reader: Value) -> dict[str, Exists]:
    """Return a column for whether anything waits in a thread: only then its posts are looked up."""
    return {
        "has_suggestions": Exists(SuggestedEdit.objects.open().filter(thread=thread)),
        "has_proposals": Exists(Proposal.objects.open().filter(thread=thread)),
    }


def reader_state(reader: Reader, posts: Sequence[Post]) -> dict[int, PostReview]:
    found = dict.fromkeys((post.pk for post in posts), NOTHING)
    asked = [post for post in posts if getattr(post.thread, "has_suggestions", False)]
    if not asked or not reader.is_authenticated:
        return found
    editable = {post.pk for post in asked if content.can_edit(reader, post) and post.is_visible}
    for row in _waiting(reader).filter(post__in=[post.pk for post in asked]).order_by("-pk").defer("source"):
        at = found[row.post_id]
        if row.author_id == reader.pk:
            found[row.post_id] = at._replace(own_url=row.get_absolute_url())
        elif row.post_id in editable:
            found[row.post_id] = at._replace(waiting=at.waiting + 1, url=row.get_absolute_url())
    return found


def _waiting(reader: User) -> QuerySet[SuggestedEdit]:
    """Return open suggestions that a reader sees, for who is no moderator of people that they meet."""
    rows = SuggestedEdit.objects.open().visible_to(reader)
    return rows if reader.is_staff else rows.filter(met_by(reader, "author"))
