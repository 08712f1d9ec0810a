"""Rate limits for accounts. Those for sign-in and email fail closed."""

from django.http import HttpRequest

from community.accounts import handles, selectors
from community.common.network import client_network
from community.common.ratelimit import Limit

SIGN_IN = Limit("sign-in", "30/minute", "200/hour", fails_closed=True)
SIGN_UP = Limit("sign-up", "20/hour", "60/day", fails_closed=True)
WRONG_PASSWORD = Limit("wrong-password", "5/5 minutes", "50/day", fails_closed=True)
# Higher than the daily limit per network, so a single stranger cannot block the account's owner.
WRONG_PASSWORD_ACCOUNT = Limit("wrong-password-account", "100/hour", "300/day", fails_closed=True)
WRONG_PASSWORD_NETWORK = Limit("wrong-password-network", "20/minute", "200/hour", fails_closed=True)
RESET = Limit("reset", "20/hour", fails_closed=True)
RESET_LINK = Limit("reset-link", "20/minute", fails_closed=True)
PASSWORD = Limit("password", "5/minute", "30/hour", fails_closed=True)
EMAIL = Limit("email", "10/10 minutes", fails_closed=True)
MAIL = Limit("mail", "3/10 minutes", "10/day", fails_closed=True)
PREFERENCES = Limit("preferences", "60/minute")
PROFILE = Limit("profile", "30/10 minutes")
KEEPING = Limit("keep-form", "10/hour", "40/day")


def count_password_attempt(request: HttpRequest, login: str) -> None:
    """Count a password attempt before checking it. Raises TooManyRequests.

    An account has one counter for all logins that name it, and one per network; unknown logins are counted the same
    way.
    """
    network = client_network(request)
    WRONG_PASSWORD_NETWORK.hit_key(f"net:{network}")
    for account in _accounts(login):
        WRONG_PASSWORD.hit_key(f"{account}:net:{network}")
        WRONG_PASSWORD_ACCOUNT.hit_key(account)


def reset_password_attempts(request: HttpRequest, login: str) -> None:
    """Reset this network's counter for the account after a correct password; other counters remain."""
    for account in _accounts(login):
        WRONG_PASSWORD.clear(f"{account}:net:{client_network(request)}")


def count_email(address: str) -> None:
    """Count an email that anyone can trigger to an address. Raises TooManyRequests."""
    MAIL.hit_key(f"to:{address.strip().lower()}")


def _accounts(login: str) -> list[str]:
    people = selectors.people_signing_in(login)
    return [f"user:{person.pk}" for person in people] or [f"login:{handles.fold(login)}"]
