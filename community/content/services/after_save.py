"""Effects of a saved post in its transaction: derived rows and the jobs that notify people or retry its rendering.

A job is a row, so it is committed with the post or not at all, and no worker sees it earlier.
"""

from __future__ import annotations

from community.content import linking, news, policies, tasks
from community.content.bodies import Body
from community.content.derived import save_derived
from community.content.models import Post, PostLink, Thread

from .reading import mark_written


def after_write(post: Post, body: Body) -> None:
    _save(post, body, is_new=True)
    announce(post)


def after_edit(post: Post, body: Body) -> None:
    """Apply the effects of an edit; only newly named people are notified."""
    _save(post, body, is_new=False)
    if not linking.may_link(post.html):
        PostLink.objects.filter(post=post).delete()
    if _is_public(post):
        find_links(post)
        tasks.announce_version.enqueue(post_id=post.pk, version=post.version)


def announce(post: Post) -> None:
    if _is_public(post):
        mark_written(post)
        news.tell_of(post.thread_id)
        tasks.announce_post.enqueue(post_id=post.pk)
        find_links(post)


def find_links(post: Post) -> None:
    """Have a job find what a post links to: after it was saved, published, hidden or shown again."""
    if linking.may_link(post.html):
        tasks.find_links.enqueue(post_id=post.pk)


def redeliver(thread: Thread) -> None:
    """Let feeds and open pages follow a change of a thread: of which posts are public, its tags or its category."""
    news.tell_of(thread.pk)
    if not thread.is_draft:
        tasks.redeliver_thread.enqueue(thread_id=thread.pk)


def _is_public(post: Post) -> bool:
    return policies.is_public(post.thread) and post.is_visible


def _save(post: Post, body: Body, *, is_new: bool) -> None:
    """Save what is derived from the text. A job retries a post whose rendering failed."""
    if not body.is_final:
        tasks.render_again.enqueue(post_id=post.pk)
    save_derived(post, body, is_new=is_new)
