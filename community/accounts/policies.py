"""What a person may do because of the state of the account."""

from community.accounts.errors import EmailUnconfirmed


def can_write(user) -> bool:
    """Tell whether a person may post: signed in, active, and reachable (or an account of the site itself)."""
    return user.is_authenticated and user.is_active and user.has_confirmed_email


def refuse_unconfirmed(user) -> None:
    """Raise EmailUnconfirmed for a person who is signed in and has not confirmed an address."""
    if user.is_authenticated and not can_write(user):
        raise EmailUnconfirmed
