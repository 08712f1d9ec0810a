from __future__ import annotations

from community.common.errors import Invalid, NotAllowed


class OwnPost(NotAllowed):
    """People cannot vote on their own posts."""


class NothingToFollow(Invalid):
    """The target is oneself or cannot be followed."""
