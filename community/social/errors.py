from __future__ import annotations

from community.common.errors import DomainError


class OwnPost(DomainError):
    """A person votes on his own post."""


class UnconfirmedAddress(DomainError):
    """An act that needs a confirmed e-mail address."""


class NothingToFollow(DomainError):
    """Following oneself, or a thing of a kind that cannot be followed."""
