"""Effects of a saved post in its transaction: derived rows and the jobs that notify people or retry its rendering.

A job is a row, so it is committed with the post or not at all, and no worker sees it earlier.
"""

from __future__ import annotations

from community.content import policies, tasks
from community.content.bodies import Body
from community.content.derived import save_derived
from community.content.models import Post


def after_write(post: Post, body: Body) -> None:
    _save(post, body)
    announce(post)


def after_edit(post: Post, body: Body) -> None:
    """Apply the effects of an edit; only newly named people are notified."""
    _save(post, body)
    if _is_public(post):
        tasks.announce_edit.enqueue(post_id=post.pk)


def announce(post: Post) -> None:
    if _is_public(post):
        tasks.announce_post.enqueue(post_id=post.pk)


def _is_public(post: Post) -> bool:
    return policies.is_public(post.thread) and post.is_visible


def _save(post: Post, body: Body) -> None:
    """Save what is derived from the text. A job retries a post whose rendering failed."""
    if not body.is_final:
        tasks.render_again.enqueue(post_id=post.pk)
    save_derived(post, body)
