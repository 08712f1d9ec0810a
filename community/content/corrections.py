"""Corrections: what authors change in the first minutes, before anybody has reacted, is no version of its own.

The text before is kept, so that suggestions, forms and notifications that began with it are still understood. Only
moderators are shown it, and the post is not called edited.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from community.content.models import Post

if TYPE_CHECKING:
    from community.accounts.models import User

GRACE = timedelta(minutes=5)
"""How long after it was posted, or after its last version that is shown."""

type Reaction = Callable[[Post], bool]
_reactions: list[Reaction] = []


def register_reaction(has_some: Reaction) -> None:
    """Have an app above say whether somebody has reacted to a post, which is then not changed without a trace."""
    if has_some not in _reactions:
        _reactions.append(has_some)


def is_correction(post: Post, editor: User, reason: str) -> bool:
    """Return whether an edit of a post, whose thread is locked, is one. An edit with a reason is to be seen."""
    if reason or post.author_id != editor.pk or post.thread.is_draft or post.is_community:
        return False
    if timezone.now() - (post.edited_at or post.created_at) >= GRACE:
        return False
    return _is_by_its_author(post) and not _has_reactions(post)


def _is_by_its_author(post: Post) -> bool:
    """Return whether the newest version is by the author: one by a moderator or of a suggestion stays as it is."""
    newest = post.revisions.order_by("-number").values_list("editor", flat=True).first()
    return newest in (None, post.author_id)


def _has_reactions(post: Post) -> bool:
    thread = post.thread
    if post.up_count or post.down_count or post.agree_count or post.mark_count:
        return True
    if thread.solved_post_id == post.pk or thread.is_held:
        return True
    later = Post.objects.filter(thread=thread, number__gt=post.number).exclude(author=post.author_id)
    return later.exists() or any(has_some(post) for has_some in _reactions)
