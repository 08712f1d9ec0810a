"""What kept pages of threads depend on: see `community.common.changes`.

A change of a thread, or of anything in it, is logged under the thread, its category, its tags, its kind, and the people
who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable

from community.common import page_cache
from community.common.changes import Topic, watch
from community.content.models import Category, Event, Post, PostLink, Tag, TagListing, Thread, TopListing

CATEGORY_COUNTS = "category_counts"
PUBLICITY = "content_publicity"
POST_PUBLICITY = "content_post_publicity"
TAG_COUNTS = "tag_counts"


def register() -> None:
    own = [Topic("thread", "id"), Topic("category", "category_id"), Topic("kind", "kind"), Topic("person", "author_id")]
    watch(Thread, topics=[*own, _tags("id")])
    watch(Thread, label=PUBLICITY, columns=("published_at", "hidden_at", "deleted_at"), inserts=False)
    watch(Post, topics=[*inside_thread(), Topic("person", "author_id")])
    watch(Post, label=POST_PUBLICITY, columns=("hidden_at", "deleted_at"), inserts=False)
    watch(Thread.tags.through, topics=[*inside_thread(), Topic("tag", "tag_id")])
    watch(TagListing, topics=[Topic("tag", "tag_id")])
    watch(TopListing, topics=[Topic("category", "category_id"), Topic("kind", "kind")])
    watch(Event, topics=inside_thread())
    of_target = Topic("thread", "thread_id", through=Post._meta.db_table, by="id", key="target_id")
    watch(PostLink, topics=[of_target, Topic("spec", "embed")])
    named = ("slug", "name", "name_zh", "description", "description_zh")
    watch(Category, columns=(*named, "parent_id", "tone", "position"))
    watch(Category, label=CATEGORY_COUNTS, columns=("thread_count",))
    watch(Tag, columns=(*named, "about_html", "about_zh_html", "parent_id", "synonym_of_id"))
    watch(Tag, label=TAG_COUNTS, columns=("thread_count",))


def inside_thread(key: str = "thread_id") -> list[Topic]:
    """Return the topics of a row that belongs to a thread."""
    of_thread = {"through": Thread._meta.db_table, "by": "id", "key": key}
    names = {"category": "category_id", "kind": "kind", "person": "author_id"}
    return [Topic("thread", key), *(Topic(name, column, **of_thread) for name, column in names.items()), _tags(key)]


def _tags(key: str) -> Topic:
    return Topic("tag", "tag_id", through=Thread.tags.through._meta.db_table, by="thread_id", key=key)


def shows_thread(thread: Thread) -> None:
    page_cache.depends_on(f"thread:{thread.pk}")


def shows_categories(keys: Iterable[int]) -> None:
    page_cache.depends_on(*(f"category:{key}" for key in keys))


def shows_kind(kind: str) -> None:
    page_cache.depends_on(f"kind:{kind}")


def shows_tags(keys: Iterable[int]) -> None:
    page_cache.depends_on(*(f"tag:{key}" for key in keys))


def shows_person(pk: int) -> None:
    page_cache.depends_on(f"person:{pk}")


def shows_publicity() -> None:
    """Say that a page counts or shows something of posts elsewhere, until such a post or its thread is withdrawn."""
    page_cache.depends_on(PUBLICITY, POST_PUBLICITY)


def shows_category_counts() -> None:
    page_cache.depends_on(CATEGORY_COUNTS)


def shows_tag_counts() -> None:
    page_cache.depends_on(TAG_COUNTS)
