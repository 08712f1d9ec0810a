from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid, NotAllowed


class OwnPost(NotAllowed):
    """People cannot vote on their own posts."""


class HasNote(Conflict):
    """A bookmark with a note is removed where the note is seen."""

    default = _("This bookmark has a note, which would be lost. Open the note to remove both.")


class NothingToFollow(Invalid):
    """The target is oneself or cannot be followed."""
