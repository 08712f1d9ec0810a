from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Conflict, Invalid, NotAllowed


class OwnPost(NotAllowed):
    """People cannot vote on their own posts."""


class HasNote(Conflict):
    """A bookmark with a note or a reminder is removed where these are seen."""

    default = _("This bookmark has a note or a reminder, which would be lost. Remove it on the page of its note.")


class NothingToFollow(Invalid):
    """The target is oneself or cannot be followed."""
