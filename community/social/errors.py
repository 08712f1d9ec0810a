from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid, NotAllowed

if TYPE_CHECKING:
    from community.social.models import Bookmark


class OwnPost(NotAllowed):
    """People cannot vote on their own posts."""


class NotMutable(NotAllowed):
    default = _("You can mute replies to your own answers and comments. To mute a whole thread, choose its level.")


class NothingToAgreeWith(Invalid):
    default = _("A question says nothing to agree with. Vote for it if it is useful.")


class NotMarkable(NotAllowed):
    default = _("Only answers that everyone can see can be marked.")


class TooManyMarks(Conflict):
    default = _("This answer has enough marks already. Write a comment instead.")


class HasNote(Conflict):
    """A bookmark with a note or a reminder is removed where these are seen."""

    default = _("This bookmark has a note or a reminder, which would be lost. Remove it on the page of its note.")


class NoteConflict(Conflict):
    """A bookmark's note was saved elsewhere in the meantime. Contains the bookmark as it is, so that both are shown."""

    default = _(
        "This note was changed in another tab or on another device. Both versions are below; "
        "yours replaces the saved one only when you press the button again."
    )

    def __init__(self, bookmark: Bookmark) -> None:
        super().__init__()
        self.bookmark = bookmark


class NothingToFollow(Invalid):
    """The target is oneself or cannot be followed."""
