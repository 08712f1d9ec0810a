from __future__ import annotations

from community.common.errors import Invalid, NotAllowed


class OwnPost(NotAllowed):
    """A person votes on his own post."""


class NothingToFollow(Invalid):
    """Following oneself, or a thing of a kind that cannot be followed."""
