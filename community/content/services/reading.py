"""Read positions: moved by reading and writing, and kept up to date with their threads by jobs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone

from community.common.subqueries import looked_up
from community.content import audience
from community.content.models import LONG_READ, TAG_COLUMNS, Post, ReadPosition, Thread
from community.content.unread import reached
from community.notifications.models import Notification
from community.notifications.services import mark_seen

if TYPE_CHECKING:
    from community.accounts.models import User

BATCH = 1_000
MOST_SECONDS = 60  # in one report
# A statement of its own: two devices that read at once move the position forward, whichever is the first.
READ = f"""
INSERT INTO content_readposition
    (reader_id, thread_id, number, read_at, newest, last_post_at, kind, category_id, {", ".join(TAG_COLUMNS)})
SELECT %s, thread.id, CASE WHEN %s < thread.last_number THEN %s ELSE thread.last_number END, %s,
    COALESCE((SELECT post.number FROM content_post AS post
        WHERE post.thread_id = thread.id AND post.hidden_at IS NULL AND post.deleted_at IS NULL
        ORDER BY post.number DESC LIMIT 1), 0),
    thread.last_post_at, thread.kind, thread.category_id, {", ".join(f"tags.{name}" for name in TAG_COLUMNS)}
FROM content_thread AS thread CROSS JOIN (
    SELECT {", ".join(f"MAX(CASE WHEN place = {n} THEN tag_id END) AS {name}" for n, name in enumerate(TAG_COLUMNS, 1))}
    FROM (SELECT tag_id, ROW_NUMBER() OVER (ORDER BY tag_id) AS place
        FROM content_thread_tags WHERE thread_id = %s) AS filed
) AS tags
WHERE thread.id = %s
ON CONFLICT (reader_id, thread_id) DO UPDATE SET number = excluded.number, read_at = excluded.read_at
WHERE excluded.number > content_readposition.number
"""


def register() -> None:
    audience.register(audience.Delivery(lambda post: refresh(post.thread_id), refresh))


def mark_read(*, reader: User, thread_id: int, number: int) -> None:
    """Move a reader's position in a thread to the post `number`, never back and never beyond the newest one."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(READ, [reader.pk, number, number, now, thread_id, thread_id])


def mark_written(post: Post) -> None:
    """Count a post and what it replies to as read by its author, up to what others wrote and the author has not read.

    Where an author has no position yet, it begins with their post.
    """
    author, thread, last = post.author, post.thread_id, post.number
    seen = [post.reply_to.number] if post.reply_to else []
    mark_read(reader=author, thread_id=thread, number=reached(thread, author, seen=seen, last=last, begin=last))


def read_posts(*, reader: User, thread: Thread, numbers: Collection[int], first: int = 1) -> None:
    """Move a reader's position past the posts with these numbers, which they have read, up to the first that is unread.

    Who has no position begins with the `first` post of their page. Notification lines that are about nothing else are
    marked as read.
    """
    number = reached(thread.pk, reader, seen=numbers, last=thread.last_number, begin=first - 1)
    mark_read(reader=reader, thread_id=thread.pk, number=number)
    mark_seen(reader=reader, seen=_about(thread.pk, Q(number__lte=number) | Q(number__in=numbers)))


def mark_told(post: Post) -> None:
    """Mark what people are told of a new post as read for those who had read the post before they were told.

    Called after the notices are committed: who reads the post later marks them on the way.
    """
    told = Notification.objects.unread().filter(recipient=OuterRef("reader"), key=f"post:{post.pk}")
    read = ReadPosition.objects.filter(Exists(told), thread=post.thread_id, number__gte=post.number)
    for position in read.select_related("reader"):
        mark_seen(reader=position.reader, seen=_about(post.thread_id, Q(number__lte=position.number)))


def _about(thread_id: int, posts: Q) -> Q:
    """Return a condition on notices: they are about these posts of a thread."""
    return Q(subject=thread_id, target_kind="post") & looked_up(Post.objects.filter(posts, pk=OuterRef("target_id")))


@transaction.atomic
def read_for(*, reader: User, thread_id: int, seconds: int) -> None:
    """Add to the time that a reader has spent in a thread, a minute at most; LONG_READ is acted on."""
    position = ReadPosition.objects.filter(reader=reader, thread=thread_id)
    more = min(max(seconds, 0), MOST_SECONDS)
    if not more or not position.filter(seconds__lt=LONG_READ).update(seconds=F("seconds") + more):
        return
    if position.filter(seconds__gte=LONG_READ).exists():
        audience.read_long(reader, thread_id)


def read_text(*, reader: User, thread_id: int, percent: int) -> None:
    """Note how much of the text that a thread begins with a reader has seen, never less. Its author is no reader."""
    positions = ReadPosition.objects.filter(reader=reader, thread=thread_id, text_read__lt=percent)
    positions.exclude(thread__author=reader).update(text_read=percent)


@transaction.atomic
def mark_all_read(
    *,
    reader: User,
    kind: str = "",
    categories: Sequence[int] = (),
    tags: Sequence[int] = (),
    until: datetime | None = None,
) -> int:
    """Mark everything as read, or threads of a kind, categories or tags. Returns how many threads were unread.

    `until` is when the reader's page was made: threads with a later post stay unread.
    """
    wanted = {"reader": reader, "last_post_at__lte": until or timezone.now()}
    wanted |= {"kind": kind} if kind else {}
    wanted |= {"category__in": categories} if categories else {}
    tagged = Q(*((f"{column}__in", tags) for column in TAG_COLUMNS), _connector=Q.OR) if tags else Q()
    rows = _in_order(ReadPosition.objects.unread().filter(tagged, **wanted))
    return ReadPosition.objects.unread().filter(pk__in=rows).update(number=F("newest"), read_at=timezone.now())


def refresh(thread_id: int) -> None:
    """Copy what lists of unread threads sort and filter by to the positions of all readers of a thread, in batches."""
    while _refresh_some(thread_id) == BATCH:
        pass


def drifted() -> list[int]:
    """Return the keys of threads of which a position has other copies than `refresh` would write."""
    shown = _shown().filter(thread=OuterRef("thread")).values("number")[:1]
    as_filed = Q(category=F("thread__category")) | Q(category=None, thread__category=None)
    same = Q(last_post_at=F("thread__last_post_at"), newest=Coalesce(Subquery(shown), 0)) & as_filed
    for place, column in enumerate(TAG_COLUMNS):
        tag = _tags().filter(thread=OuterRef("thread")).values("tag")[place : place + 1]
        same &= Q(Exact(Coalesce(column, 0), Coalesce(Subquery(tag), 0)))
    return sorted(ReadPosition.objects.exclude(same).values_list("thread", flat=True).distinct())


@transaction.atomic
def _refresh_some(thread_id: int) -> int:
    """Update up to BATCH positions; return how many. The thread is locked, so no other job copies older values."""
    thread = Thread.objects.filter(pk=thread_id)
    columns = thread.select_for_update(no_key=True).values("last_post_at", "category").first()
    if columns is None:
        return 0
    newest = _shown().filter(thread=thread_id).values_list("number", flat=True).first() or 0
    tags = [*_tags().filter(thread=thread_id).values_list("tag", flat=True), *[None] * len(TAG_COLUMNS)]
    copied = {**columns, "newest": newest, **dict(zip(TAG_COLUMNS, tags, strict=False))}
    rows = _in_order(ReadPosition.objects.filter(thread=thread_id).exclude(**copied))
    return ReadPosition.objects.filter(pk__in=rows[:BATCH]).update(**copied)


def _shown() -> QuerySet[Post]:
    """Return posts as they are counted in a thread, the newest first."""
    return Post.objects.filter(hidden_at=None, deleted_at=None).order_by("-number")


def _tags() -> QuerySet:
    """Return the tags of threads in the order in which positions have them."""
    return Thread.tags.through.objects.order_by("tag")


def _in_order(positions: QuerySet[ReadPosition]) -> QuerySet:
    """Lock positions by key: whoever locks those of a thread and whoever locks those of a reader do so in one order."""
    return positions.order_by("pk").select_for_update().values("pk")
