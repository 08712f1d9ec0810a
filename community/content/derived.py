"""Rows derived from the text of a post: mentions, embeds and its entry in the search index."""

from __future__ import annotations

from community.accounts.models import User
from community.content import embeds, indexing
from community.content.bodies import Body
from community.content.models import Mention, Post


def save_derived(post: Post, body: Body, *, is_new: bool = False) -> None:
    """Save what is derived from the text, in the transaction that saves the post. A new one has nothing to replace."""
    if body.mentions or not is_new:
        _replace_mentions(post, body.mentions, is_new=is_new)
    if body.specs or not is_new:
        embeds.attach(post, body.specs)
    indexing.update(post)


def _replace_mentions(post: Post, handles: tuple[str, ...], *, is_new: bool) -> None:
    users = User.objects.filter(handle_key__in=handles, is_active=True).values_list("pk", flat=True) if handles else ()
    wanted = set(users)
    if not is_new:
        post.mentions.exclude(user__in=wanted).delete()
    Mention.objects.bulk_create([Mention(post=post, user_id=pk) for pk in sorted(wanted)], ignore_conflicts=True)
