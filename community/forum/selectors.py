"""Reads for the forum's actions."""

from __future__ import annotations

from community.common.errors import NotFound
from community.content.models import Post, Thread
from community.content.querysets import Reader

from . import policies


def answer_for(reader: Reader, pk: int) -> Post:
    """Return an answer that this reader sees, or saw before it was removed and could accept. Raises NotFound."""
    posts = Post.objects.select_related("author", "thread__author")
    answer = posts.filter(pk=pk, thread__in=Thread.objects.visible_to(reader)).first()
    if answer is None or not (policies.can_accept(reader, answer.thread) or _is_seen(reader, answer)):
        raise NotFound
    return answer


def _is_seen(reader: Reader, post: Post) -> bool:
    return Post.objects.visible_to(reader).filter(pk=post.pk).exists()
