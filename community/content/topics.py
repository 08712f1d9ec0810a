"""What kept pages of threads depend on: see `community.common.changes`.

A change of a thread, or of anything in it, is logged under the thread, its category, its tags, its kind, and the people
who wrote it. Votes are logged under the thread and these people only, and those on an opening post also under its row
and as scores: which rows a list has depends on these only if it is sorted by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Model

from community.common import page_cache
from community.common.changes import Topic, watch
from community.content.models import (
    Category,
    Event,
    Kind,
    Post,
    PostLink,
    Revision,
    Role,
    Tag,
    TagListing,
    Thread,
    TopListing,
)

CATEGORY_COUNTS = "category_counts"
PUBLICITY = "content_publicity"
POST_PUBLICITY = "content_post_publicity"
TAG_COUNTS = "tag_counts"
LATEST = "latest"  # which threads are the latest; with a day or month, the threads with their last post in it
OPENINGS = "openings"  # texts of opening posts, by kind
PINS = "pins"
ROW = "row"  # of a thread in a list: all but the votes on its replies
SCORES = "scores"  # of threads, by kind
TITLES = "titles"  # everything of a thread but what posts and votes change, by kind

# Columns that most lists do not show, and that change far more often than the others.
SCORE = ("score",)
VOTES = ("score", "up_count", "down_count", "rank", "agree_count")
COUNTS = ("score", "last_post_at", "last_number", "post_count", "answer_count")
IN_PUBLIC = ("published_at", "hidden_at", "deleted_at")
MOST_DAYS = 1_200


def register() -> None:
    own = [Topic(ROW, "id"), Topic("in_category", "category_id", unless=SCORE)]
    own += [Topic("of_kind", "kind", unless=SCORE), Topic("person", "author_id"), _tags("id", unless=SCORE)]
    lists = [
        Topic(LATEST, unless=_all_but(Thread, "last_post_at", "pinned_at", *IN_PUBLIC)),
        Topic(LATEST, "last_post_at", by_day=True),
        Topic(PINS, only=("pinned_at",), unless=_all_but(Thread, "pinned_at", *IN_PUBLIC)),
        Topic(SCORES, "kind", unless=_all_but(Thread, *SCORE)),
        Topic(TITLES, "kind", unless=COUNTS),
    ]
    solver: dict[str, Any] = {"through": Post._meta.db_table, "by": "id", "key": "solved_post_id"}
    solved = Topic("person", "author_id", **solver, unless=_all_but(Thread, "solved_post_id", *IN_PUBLIC))
    watch(Thread, topics=[Topic("thread", "id"), *own, solved, *lists])
    watch(Thread, label=PUBLICITY, columns=IN_PUBLIC, inserts=False)
    texts = _of_kind(OPENINGS, only=("role", Role.OPENING.value), unless=VOTES)
    watch(Post, topics=[*inside_thread(unless=VOTES), Topic("person", "author_id"), texts])
    watch(Post, label=POST_PUBLICITY, columns=("hidden_at", "deleted_at"), inserts=False)
    watch(Thread.tags.through, topics=[*inside_thread(), Topic("with_tag", "tag_id"), _of_kind(TITLES)])
    of_tag = Topic("with_tag", "tag_id", unless=SCORE)
    watch(TagListing, topics=[of_tag, _of_kind(SCORES, unless=_all_but(TagListing, *SCORE))])
    best = [Topic("in_category", "category_id", unless=SCORE), Topic("of_kind", "kind", unless=SCORE)]
    watch(TopListing, topics=[*best, Topic(SCORES, "kind", unless=_all_but(TopListing, *SCORE))])
    watch(Event, topics=inside_thread())
    of_post: dict[str, Any] = {"through": Post._meta.db_table, "by": "id"}
    watch(Revision, topics=[Topic("thread", "thread_id", **of_post, key="post_id")], inserts=False)  # with its post
    watch(PostLink, topics=[Topic("thread", "thread_id", **of_post, key="target_id"), Topic("spec", "embed")])
    named = ("slug", "name", "name_zh", "description", "description_zh")
    watch(Category, columns=(*named, "parent_id", "tone", "position"))
    watch(Category, label=CATEGORY_COUNTS, columns=("thread_count",))
    watch(Tag, columns=(*named, "about_html", "about_zh_html", "parent_id", "synonym_of_id"))
    watch(Tag, label=TAG_COUNTS, columns=("thread_count",))


def inside_thread(key: str = "thread_id", unless: tuple[str, ...] = ()) -> list[Topic]:
    """Return the topics of a row that belongs to a thread; under its own and its author's each change is logged."""
    of_thread: dict[str, Any] = {"through": Thread._meta.db_table, "by": "id", "key": key}
    names = {"in_category": "category_id", "of_kind": "kind"}
    lists = [Topic(name, column, **of_thread, unless=unless) for name, column in names.items()] + [_tags(key, unless)]
    return [Topic("thread", key), Topic(ROW, key, unless=unless), Topic("person", "author_id", **of_thread), *lists]


def _of_kind(name: str, *, only: tuple[str, ...] = (), unless: tuple[str, ...] = ()) -> Topic:
    """Return a topic with the kind of the thread that a row belongs to."""
    return Topic(name, "kind", through=Thread._meta.db_table, by="id", key="thread_id", only=only, unless=unless)


def _all_but(model: type[Model], *columns: str) -> tuple[str, ...]:
    found = (field.column for field in model._meta.concrete_fields)
    return tuple(name for name in found if name and name not in columns)


def _tags(key: str, unless: tuple[str, ...] = ()) -> Topic:
    through = Thread.tags.through._meta.db_table
    return Topic("with_tag", "tag_id", through=through, by="thread_id", key=key, unless=unless)


def shows_thread(thread: Thread) -> None:
    shows_threads_with([thread.pk])


def shows_threads_with(keys: Iterable[int]) -> None:
    page_cache.depends_on(*(f"thread:{key}" for key in keys))


def shows_categories(keys: Iterable[int]) -> None:
    page_cache.depends_on(*(f"in_category:{key}" for key in keys))


def shows_kind(kind: str) -> None:
    page_cache.depends_on(f"of_kind:{kind}")


def shows_tags(keys: Iterable[int]) -> None:
    page_cache.depends_on(*(f"with_tag:{key}" for key in keys))


def shows_person(pk: int) -> None:
    page_cache.depends_on(f"person:{pk}")


def shows_publicity() -> None:
    """Say that a page counts or shows something of posts elsewhere, until such a post or its thread is withdrawn."""
    page_cache.depends_on(PUBLICITY, POST_PUBLICITY)


def shows_publicity_alone() -> None:
    """Say that of posts and threads the page reads only whether they are public, as for a run that stands in one."""
    page_cache.depends_on(PUBLICITY, POST_PUBLICITY, covering=(Thread._meta.db_table, Post._meta.db_table))


def shows_category_counts() -> None:
    page_cache.depends_on(CATEGORY_COUNTS)


def shows_tag_counts() -> None:
    page_cache.depends_on(TAG_COUNTS)


def shows_scores(*kinds: str) -> None:
    """Say that a list of a kind, of categories or of tags shows votes on threads or is sorted by them.

    They are not logged under the topics of these. `kinds` are those of the threads; all by default.
    """
    page_cache.depends_on(*(f"{SCORES}:{kind}" for kind in kinds or Kind.values))


def shows_openings(*kinds: str) -> None:
    """Say that a page shows texts of opening posts and titles of threads of these kinds, and nothing of replies."""
    page_cache.depends_on(*(f"{name}:{kind}" for name in (OPENINGS, TITLES) for kind in kinds))


def shows_rows(threads: Iterable[Thread]) -> None:
    """Say that a page shows rows of these, with the votes on them."""
    page_cache.depends_on(*(f"{ROW}:{thread.pk}" for thread in threads))


def shows_first_by(order: str) -> None:
    """Say that a page shows the first of all threads in an order: LATEST, TITLES or SCORES."""
    sorted_by = {LATEST: [LATEST], TITLES: _of_all_kinds(TITLES), SCORES: _of_all_kinds(TITLES, SCORES)}
    page_cache.depends_on(*sorted_by[order])


def shows_latest_between(first: datetime, last: datetime) -> None:
    """Say that a page shows all threads with their last post between two moments, except pinned ones.

    It is the same page when one of the others gets a reply and becomes the latest of all.
    """
    page_cache.depends_on(PINS, *_between(first, last))


def _of_all_kinds(*names: str) -> list[str]:
    return [f"{name}:{kind}" for name in names for kind in Kind.values]


def _between(first: datetime, last: datetime) -> Iterator[str]:
    """Yield the days between two moments, with whole months as such, or the topic of all threads for years."""
    day, end = (moment.astimezone(UTC).date() for moment in (first, last))
    if (end - day).days > MOST_DAYS:
        yield LATEST
        return
    while day <= end:
        next_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        is_whole_month = day.day == 1 and next_month - timedelta(days=1) <= end
        yield f"{LATEST}:{day.isoformat()[: 7 if is_whole_month else 10]}"
        day = next_month if is_whole_month else day + timedelta(days=1)
