"""Threads about the same as another, by the words of its title. They are no part of its page: a script adds them.

Which they are is searched once in an hour for all readers; who may see them is looked up each time.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache

from community.content.models import Kind, Post, Thread
from community.content.querysets import Reader
from community.mutes.selectors import met_by
from community.rendering.plain import excerpt
from community.search.alike import alike

MOST = 5
CANDIDATES = 16  # of which a reader may not see some
LEAST = 0.3
KEPT_SECONDS = 3_600
KINDS = (Kind.QUESTION, Kind.DISCUSSION, Kind.ARTICLE, Kind.NOTE)


def related_threads(thread: Thread, reader: Reader) -> list[Thread]:
    """Return other public threads by people whom the reader meets, the most alike first."""
    words = _words_of(thread)
    name = f"related:{thread.pk}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    keys = cache.get_or_set(name, lambda: _keys_like(words), KEPT_SECONDS)
    if not keys:
        return []
    rows = Post.objects.public().filter(met_by(reader, "author"), pk__in=keys).exclude(thread=thread)
    found = {post.pk: post for post in rows.select_related("thread").only("excerpt", "thread")}
    return [_named(found[key]) for key in keys if key in found][:MOST]


def _keys_like(words: str) -> list[int]:
    return [each.object_id for each in alike(words, KINDS, CANDIDATES, least=LEAST)]


def _words_of(thread: Thread) -> str:
    """Return the title; of an untitled note the first words."""
    if thread.title:
        return thread.title
    return Post.objects.filter(thread=thread, role="opening").values_list("excerpt", flat=True).first() or ""


def _named(post: Post) -> Thread:
    """Return the thread of an opening post; an untitled note is called by its first words."""
    thread = post.thread
    thread.title = thread.title or excerpt(post.excerpt, 80)
    return thread
