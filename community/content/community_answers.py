"""Who edits a post directly: its author and moderators, and of a community answer any established member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from community.accounts.policies import refuse_unconfirmed
from community.common.errors import DomainError, NotAllowed
from community.mutes.errors import refuse_apart

from . import established, policies
from .errors import CannotEdit, ThreadClosedToEdits, TooNewToEdit

if TYPE_CHECKING:
    from community.accounts.models import User

    from .models import Post


def refuse(person: User, post: Post) -> None:
    """Raise NotAllowed if a person cannot edit a post. No query unless it is a community answer of somebody else.

    Of a community answer also EmailUnconfirmed, ThreadClosedToEdits, CannotEdit, TooNewToEdit. `thread` must be loaded.
    """
    if policies.can_edit(person, post):
        return
    if not post.is_community or not post.is_visible or not policies.is_public(post.thread):
        raise NotAllowed(_("You cannot edit this post."))
    if post.thread.is_locked:
        raise ThreadClosedToEdits
    refuse_unconfirmed(person)
    refuse_apart(person, {post.author_id, post.thread.author_id}, CannotEdit)
    if not established.is_established(person):
        raise TooNewToEdit(TooNewToEdit.default.format(days=established.DAYS))


def refusal(person: User, post: Post) -> DomainError | None:
    """Return what `refuse` raises."""
    try:
        refuse(person, post)
    except DomainError as error:
        return error
    return None
