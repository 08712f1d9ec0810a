"""Effects of a saved post in its transaction: mentions, embeds, the index and the notification job.

A job is a row, so it is committed with the post or not at all, and no worker sees it earlier.
"""

from __future__ import annotations

from community.accounts.models import User
from community.content import embeds, indexing, policies, tasks
from community.content.bodies import Body
from community.content.models import Mention, Post


def after_write(post: Post, body: Body) -> None:
    save_derived(post, body)
    announce(post)


def after_edit(post: Post, body: Body) -> None:
    """Apply the effects of an edit; only newly named people are notified."""
    save_derived(post, body)
    if _is_public(post):
        tasks.announce_edit.enqueue(post_id=post.pk)


def announce(post: Post) -> None:
    if _is_public(post):
        tasks.announce_post.enqueue(post_id=post.pk)


def _is_public(post: Post) -> bool:
    return policies.is_public(post.thread) and post.is_visible


def save_derived(post: Post, body: Body) -> None:
    """Save what is derived from the text. A job retries a post whose rendering failed."""
    if not body.is_final:
        tasks.render_again.enqueue(post_id=post.pk)
    _replace_mentions(post, body.mentions)
    embeds.attach(post, body.specs)
    indexing.update(post)


def _replace_mentions(post: Post, handles: tuple[str, ...]) -> None:
    users = User.objects.filter(handle_key__in=handles, is_active=True).values_list("pk", flat=True) if handles else ()
    wanted = set(users)
    post.mentions.exclude(user__in=wanted).delete()
    Mention.objects.bulk_create([Mention(post=post, user_id=pk) for pk in sorted(wanted)], ignore_conflicts=True)
