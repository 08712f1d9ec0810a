from __future__ import annotations

from community.content.models import Post, Thread


def locked_post(pk: int, thread_id: int) -> Post:
    """Lock a post's thread, then the post, before changing counters or tags; all code locks in this order."""
    Thread.objects.select_for_update().get(pk=thread_id)
    return Post.objects.select_for_update(of=("self",)).select_related("thread", "author").get(pk=pk)
