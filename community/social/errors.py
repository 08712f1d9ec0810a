from __future__ import annotations

from community.common.errors import Invalid, NotAllowed


class OwnPost(NotAllowed):
    """A person votes on his own post."""


class UnconfirmedAddress(NotAllowed):
    """An act that needs a confirmed e-mail address."""


class NothingToFollow(Invalid):
    """Following oneself, or a thing of a kind that cannot be followed."""
