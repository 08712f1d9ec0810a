"""What the index knows of a thread's posts besides their texts: tags, state and date. Written when a thread changes."""

from __future__ import annotations

from community.common.walk import batches
from community.search import services

from . import indexing
from .models import Post, Role

AT_ONCE = 20
OPENINGS = 200


def thread_changed(thread_id: int) -> None:
    """Index a thread's first posts again, in the transaction that changes it; the others by a job."""
    from . import tasks

    keys = list(Post.objects.filter(thread=thread_id).order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    services.rewrite(kind=indexing.KIND, keys=keys[:AT_ONCE])
    if len(keys) > AT_ONCE:
        tasks.reindex_thread.enqueue(thread_id=thread_id, after=keys[AT_ONCE - 1])


def reindex(thread_id: int, after: int) -> None:
    """Index a thread's posts after this one again, in batches. Idempotent."""
    for keys in batches(Post.objects.filter(thread=thread_id, pk__gt=after)):
        services.rewrite(kind=indexing.KIND, keys=keys)


def reindex_tag(tag_id: int, after: int) -> None:
    """Index the openings of a tag's threads after this one again, in batches: the tag has other names. Idempotent."""
    from . import tasks

    openings = Post.objects.filter(role=Role.OPENING, thread__tags=tag_id, pk__gt=after).order_by("pk")
    keys = list(openings.values_list("pk", flat=True)[:OPENINGS])
    services.rewrite(kind=indexing.KIND, keys=keys)
    if len(keys) == OPENINGS:
        tasks.reindex_tag.enqueue(tag_id=tag_id, after=keys[-1])
