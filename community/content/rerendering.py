"""Rendering of saved posts again, by a job or a command."""

from __future__ import annotations

from django.db import transaction

from community.content import bodies, linking
from community.content.derived import save_derived
from community.content.models import Post, Thread


def render_again(*, post_id: int) -> bool:
    """Render a post again after a renderer upgrade or failure, without notifications.

    Returns whether it was updated: not if rendering fails again or the post was edited meanwhile. Idempotent.
    """
    post = Post.objects.select_related("thread", "author").filter(pk=post_id).first()
    if post is None:
        return False
    body = _rendered(post)
    if not body.is_final or not _store(post, body):
        return False
    linking.find_links(post.pk)
    return True


def is_failed(post_id: int) -> bool:
    """Return whether a post is shown as written because its rendering failed."""
    return Post.objects.filter(pk=post_id, html_version="0").exists()


def _rendered(post: Post) -> bodies.Body:
    if not post.is_opening:
        return bodies.render_preview(post.source, kind="reply", number=post.number, thread=post.thread)
    thread = post.thread
    return bodies.render_preview(post.source, kind=thread.kind, number=post.number, title=thread.title)


@transaction.atomic
def _store(post: Post, body: bodies.Body) -> bool:
    kept = Post.objects.filter(pk=post.pk, version=post.version).update(**body.columns)
    if not kept:
        return False
    for column, value in body.columns.items():
        setattr(post, column, value)
    save_derived(post, body)
    if post.is_opening:
        Thread.objects.filter(pk=post.thread_id).update(lead_embed=body.lead_embed, title_html=body.title_html)
    return True
