"""The home feed: posts of followed people, tags, categories and threads, and one's own; each thread once.

It is filled when something is written (`put`, by a job), so that reading it costs the same for whoever follows two
people or two thousand. Comments on other posts are excluded; a followed category includes its descendants. Strictly by
time, that of a post or of its acceptance, so the last key of a page begins the next and nothing is repeated or skipped
while new posts arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import FETCH_RAISE, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from community.accounts.columns import shown_columns
from community.accounts.models import User
from community.common.pagination import first_keys
from community.common.subqueries import looked_up, not_looked_up
from community.content import listings
from community.content.models import Category, Kind, Post, Role, Tag, Thread
from community.mutes.selectors import met_by
from community.social import brought
from community.social.brought import SHOWN
from community.social.models import TARGETS, FeedEntry, Follow

NEWEST = ("-created_at", "-pk")
NEWEST_EVENTS = ("-at", "-pk")
COLUMNS = ("pk", "reader", "thread", "post", "created_at")
NEWEST_THREADS = ("-published_at", "-pk")
FROM_EACH = 50  # posts that a new follow brings
MOST_TARGETS = 20  # follows that bring more than one post when a feed is filled anew
MOST_FILLED = 500  # posts that are put into a feed at once
MOST_WRITTEN = 1_000  # rows in one statement
MOST_KEPT = 1_000  # threads in a feed, and a few more until it is trimmed
TRIMMED_EVERY = 50  # posts that a feed gets
# As brought.EVENT_AT.
EVENT_AT = """
CASE WHEN thread.solved_post_id = post.id AND thread.solved_at > post.created_at THEN thread.solved_at
ELSE post.created_at END
"""
PUT = """
INSERT INTO social_feedentry (reader_id, thread_id, post_id, created_at)
SELECT person.id, post.thread_id, post.id, {event_at}
FROM accounts_user AS person, content_post AS post JOIN content_thread AS thread ON thread.id = post.thread_id
WHERE post.id = %s AND post.hidden_at IS NULL AND post.deleted_at IS NULL AND person.id IN ({readers})
AND NOT EXISTS (
    SELECT 1 FROM mutes_mute AS mute WHERE mute.person_id = person.id AND mute.other_id IN (post.author_id, %s)
)
AND NOT EXISTS (
    SELECT 1 FROM mutes_mute AS mute JOIN accounts_user AS blocker ON blocker.id = mute.person_id
    WHERE mute.is_block AND mute.other_id = person.id AND mute.person_id IN (post.author_id, %s)
    AND NOT blocker.is_staff AND NOT person.is_staff
)
ON CONFLICT (reader_id, thread_id) DO UPDATE SET post_id = excluded.post_id, created_at = excluded.created_at
WHERE (excluded.created_at, excluded.post_id) > (social_feedentry.created_at, social_feedentry.post_id)
"""
# A delivery may be faster: what it has put forward since the entries were read stays.
MOVE = """
INSERT INTO social_feedentry (reader_id, thread_id, post_id, created_at)
SELECT %s, post.thread_id, post.id, {event_at}
FROM content_post AS post JOIN content_thread AS thread ON thread.id = post.thread_id WHERE post.id IN ({posts})
ON CONFLICT (reader_id, thread_id) DO UPDATE SET post_id = excluded.post_id, created_at = excluded.created_at
WHERE (excluded.created_at, excluded.post_id) > (social_feedentry.created_at, social_feedentry.post_id)
OR social_feedentry.post_id IN ({before})
"""


def entries_of(reader: User) -> QuerySet[FeedEntry]:
    """Return a person's feed, as `keyset_page` reads it by NEWEST_EVENTS; what is not public any more is skipped.

    So is a thread that they muted, whatever brings it, and what a person whom they muted has written, or begun.
    """
    muted = Follow.objects.muted().filter(follower=reader, thread=OuterRef("thread"))
    shown = FeedEntry.objects.filter(looked_up(_shown_to(reader)), not_looked_up(muted), reader=reader)
    return shown.annotate(at=F("created_at"))


def _shown_to(reader: User) -> QuerySet[Post]:
    """Return the post of an entry, if its reader sees it."""
    return Post.objects.public().filter(met_by(reader, "author", "thread__author"), pk=OuterRef("post"))


def home_feed(reader: User) -> QuerySet[Post]:
    """Return the posts of a person's whole feed, newest first."""
    return events_of(reader).filter(pk__in=entries_of(reader).values("post")).order_by(*NEWEST_EVENTS)


def events_of(reader: User) -> QuerySet[Post]:
    """Return posts as a person's feed has them, each with `at`: when what the feed shows of it happened."""
    entries = FeedEntry.objects.filter(reader=reader, thread=OuterRef("thread"), post=OuterRef("pk"))
    return posts_of_feeds().annotate(at=Subquery(entries.values("created_at")[:1]))


@cache
def posts_of_feeds() -> QuerySet[Post]:
    """Return all posts with what a feed shows of them and of their threads, never read as a whole. Built once."""
    of_post = ("number", "role", "html", "excerpt", "language", "score", "created_at")
    of_thread = ("kind", "title", "title_html", "slug", "language", "lead_embed", "solved_post", "post_count")
    of_category = ("slug", "parent", "name", "name_zh", "tone")
    shown = [f"thread__{name}" for name in (*of_thread, "answer_count", "score")]
    shown += [f"thread__category__{name}" for name in of_category]
    rows = Post.objects.select_related("thread__category", "author").only(*of_post, *shown, *shown_columns("author"))
    return rows.fetch_mode(FETCH_RAISE)


def is_shown(post: Post) -> bool:
    """Return whether feeds show a post, as SHOWN says."""
    return post.role != Role.COMMENT or (post.parent_id is None and post.thread.kind != Kind.QUESTION)


@transaction.atomic
def put(post: Post, readers: Sequence[int]) -> None:
    """Put a post into these people's feeds unless the thread is there with a newer one, in one statement.

    Not into those of people who do not meet its author or the thread's. Does nothing if the post has been removed
    meanwhile: the job of that may be over.
    """
    if not _is_locked(post.thread_id):
        return
    with connection.cursor() as cursor:
        began = post.thread.author_id
        statement = PUT.format(event_at=EVENT_AT, readers=", ".join(["%s"] * len(readers)))
        cursor.execute(statement, [post.pk, *readers, began, began])
    trim([reader for reader in readers if (reader + post.pk) % TRIMMED_EVERY == 0])


def trim(readers: Sequence[int]) -> None:
    """Delete what is beyond the newest MOST_KEPT threads of these feeds, or as much of it as one statement may."""
    if not readers:
        return
    place = Window(RowNumber(), partition_by="reader", order_by=("-created_at", "-post"))
    ranked = FeedEntry.objects.filter(reader__in=readers).annotate(place=place)
    keys = ranked.filter(place__gt=MOST_KEPT).values_list("pk", flat=True)[:MOST_WRITTEN]
    FeedEntry.objects.filter(pk__in=list(keys)).delete()


@transaction.atomic
def fill(reader: User, **target: Any) -> None:
    """Bring the newest posts of one followed person, tag, category or thread into a feed."""
    _write(reader, _posts_of(**target).values_list("pk", flat=True))


@transaction.atomic
def fill_anew(reader: User) -> None:
    """Fill a feed from all that its reader follows: with some posts of the latest follows, one of each other person."""
    follows = Follow.objects.followed().filter(follower=reader)
    newest = _posts_of(person=OuterRef("person")).values("pk")[:1]
    people = follows.filter(person__isnull=False).annotate(newest=Subquery(newest))
    keys = [*people.values_list("newest", flat=True), *_posts_of(person=reader).values_list("pk", flat=True)]
    for row in follows.select_related(*TARGETS).order_by("-pk")[:MOST_TARGETS]:
        keys += _posts_of(**{row.target_kind: getattr(row, row.target_kind)}).values_list("pk", flat=True)
    _write(reader, keys)


def threads_of(reader: User, among: Collection[int]) -> set[int]:
    """Return which of these threads are in a feed."""
    return set(FeedEntry.objects.filter(reader=reader, thread__in=among).values_list("thread", flat=True))


def lacks_anything(reader: User) -> bool:
    """Return whether follows bring a post to an empty feed that its reader sees. Reads only, at most three times."""
    follows = Follow.objects.followed().filter(follower=reader)
    muted = Follow.objects.muted().filter(follower=reader, thread=OuterRef("thread"))
    posts = Post.objects.public().filter(SHOWN, not_looked_up(muted), met_by(reader, "author", "thread__author"))
    openings = posts.filter(role=Role.OPENING)
    followed = set(follows.filter(category__isnull=False).values_list("category", flat=True))
    within = Category.objects.keys_within(*followed)
    return follows.filter(
        looked_up(posts.filter(author=OuterRef("person")))
        | looked_up(posts.filter(thread=OuterRef("thread")))
        | looked_up(openings.filter(thread__tags=OuterRef("tag")))
        | Q(Exists(openings.filter(thread__category__in=within)), category__isnull=False)
    ).exists()


def withdraw(reader: User) -> None:
    """Show threads whose post nothing brings any more at one that something does, or take them out of the feed."""
    wanted = Post.objects.filter(_wanted(reader), met_by(reader, "author", "thread__author"), pk=OuterRef("post"))
    entries = FeedEntry.objects.filter(~Exists(wanted), reader=reader).values_list("thread", "pk", "post")
    seen = {thread: (pk, post) for thread, pk, post in entries}
    found = {thread: post for (_reader, thread), (_at, post) in brought.newest([reader.pk], list(seen)).items()}
    posts = [post for _pk, post in seen.values()]
    gone = [pk for thread, (pk, _post) in seen.items() if thread not in found]
    FeedEntry.objects.filter(pk__in=gone, post__in=posts).delete()
    _move(reader, found.values(), instead_of=posts)


@transaction.atomic
def refresh(thread_id: int, readers: Sequence[int]) -> None:
    """Show a thread in these people's feeds at the newest post that their follows bring, or no longer.

    While the thread is not public its entries stay: reading skips them, and they are right when it is public again and
    this is done again.
    """
    if _is_locked(thread_id):
        _show(readers, [thread_id])


def _is_locked(thread_id: int) -> bool:
    """Lock a public thread, so that none of its posts is removed or restored, and one job at a time writes its entries.

    Two that wrote the entries of the same readers in different orders would be in a deadlock.
    """
    return bool(Thread.objects.public().select_for_update(no_key=True).filter(pk=thread_id).values_list("pk"))


def concerned(thread_id: int) -> list[int]:
    """Return the keys of everyone who has a thread in their feed, or should have, in order."""
    shown = FeedEntry.objects.filter(thread=thread_id).values_list("reader", flat=True)
    return sorted(brought.audience(thread_id).union(shown))


def _show(readers: Sequence[int], threads: Sequence[int]) -> None:
    """Write for each of these readers and threads where it is shown."""
    wanted = brought.newest(readers, threads)
    entries = FeedEntry.objects.filter(reader__in=readers, thread__in=threads)
    known = {(reader, thread): (pk, (at, post)) for pk, reader, thread, post, at in entries.values_list(*COLUMNS)}
    gone = [pk for key, (pk, _place) in known.items() if key not in wanted]
    FeedEntry.objects.filter(pk__in=gone).delete()
    moved = {key: place for key, place in wanted.items() if key not in known or known[key][1] != place}
    _save(FeedEntry(reader_id=key[0], thread_id=key[1], created_at=at, post_id=pk) for key, (at, pk) in moved.items())


def _write(reader: User, keys: Iterable[int | None]) -> None:
    """Put the newest of these posts of each thread into a feed, unless it shows the thread with a newer one."""
    met = met_by(reader, "author", "thread__author")
    posts = Post.objects.public().filter(SHOWN, met, pk__in=[key for key in keys if key is not None])
    latest = list(posts.only("thread_id").annotate(at=brought.EVENT_AT).order_by(*NEWEST_EVENTS)[:MOST_FILLED])
    newest = {post.thread_id: post for post in reversed(latest)}
    unseen = FeedEntry.objects.filter(not_looked_up(_shown_to(reader)), reader=reader, thread__in=newest)
    _move(reader, [post.pk for post in newest.values()], instead_of=unseen.values_list("post", flat=True))


def _move(reader: User, posts: Iterable[int], *, instead_of: Iterable[int]) -> None:
    """Put posts, one of a thread, into a feed: where nothing newer is, and in place of these posts."""
    keys, before = list(posts), [0, *instead_of]
    if not keys:
        return
    posts_before = {name: ", ".join(["%s"] * len(each)) for name, each in (("posts", keys), ("before", before))}
    with connection.cursor() as cursor:
        cursor.execute(MOVE.format(event_at=EVENT_AT, **posts_before), [reader.pk, *keys, *before])


def _save(entries: Iterable[FeedEntry]) -> None:
    FeedEntry.objects.bulk_create(
        entries,
        batch_size=MOST_WRITTEN,
        update_conflicts=True,
        unique_fields=["reader", "thread"],
        update_fields=["post", "created_at"],
    )


def _posts_of(
    *, person: Any = None, tag: Tag | None = None, category: Category | None = None, thread: Thread | None = None
) -> QuerySet[Post]:
    """Return the newest posts that following one of these brings."""
    if person is not None:
        own = Post.objects.filter(SHOWN, author=person, hidden_at=None, deleted_at=None)
        return own.order_by(*NEWEST)[:FROM_EACH]
    if thread is not None:
        solved = [thread.solved_post_id] if thread.solved_post_id else []
        newest = Post.objects.public().filter(SHOWN, thread=thread).order_by("-number")[:1]
        return Post.objects.filter(Q(pk__in=newest.values("pk")) | Q(pk__in=solved))
    within = Category.objects.keys_within(category.pk) if category else ()
    parts = listings.parts_of_category(within) if category else listings.parts_of_tags([tag.pk] if tag else [])
    return Post.objects.filter(role=Role.OPENING, thread__in=first_keys(Thread, parts, NEWEST_THREADS, FROM_EACH))


def _wanted(reader: User) -> Q:
    """Match posts that a person's follows bring."""
    follows = Follow.objects.followed().filter(follower=reader)
    categories = Category.objects.keys_within(
        *follows.filter(category__isnull=False).values_list("category", flat=True)
    )
    tagged = Thread.tags.through.objects.filter(tag__in=follows.filter(tag__isnull=False).values("tag"))
    return (
        Q(author=reader)
        | Q(author__in=follows.filter(person__isnull=False).values("person"))
        | Q(thread__in=follows.filter(thread__isnull=False).values("thread"))
        | Q(role=Role.OPENING) & (Q(thread__in=tagged.values("thread")) | Q(thread__category__in=categories))
    )
