"""Permissions that depend on the state of the account."""

from community.accounts.errors import EmailUnconfirmed


def can_write(user) -> bool:
    """Return whether a person can post: signed in, active, and with a confirmed address or a system account."""
    return user.is_authenticated and user.is_active and user.has_confirmed_email


def refuse_unconfirmed(user) -> None:
    """Raise EmailUnconfirmed for a signed-in person without a confirmed address."""
    if user.is_authenticated and not can_write(user):
        raise EmailUnconfirmed
