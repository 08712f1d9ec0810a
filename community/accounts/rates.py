"""How often the doors may be tried. All of them stay shut while the counters cannot be reached."""

from community.accounts import handles
from community.common.network import client_network
from community.common.ratelimit import Limit

SIGN_IN = Limit("sign-in", "30/minute", "200/hour", fails_closed=True)
SIGN_UP = Limit("sign-up", "20/hour", "60/day", fails_closed=True)
WRONG_PASSWORD = Limit("wrong-password", "5/5 minutes", "50/day", fails_closed=True)
WRONG_PASSWORD_NETWORK = Limit("wrong-password-network", "20/minute", "200/hour", fails_closed=True)
RESET = Limit("reset", "20/hour", fails_closed=True)
RESET_LINK = Limit("reset-link", "20/minute", fails_closed=True)
PASSWORD = Limit("password", "5/minute", "30/hour", fails_closed=True)
EMAIL = Limit("email", "10/10 minutes", fails_closed=True)
MAIL = Limit("mail", "3/10 minutes", "10/day", fails_closed=True)
PREFERENCES = Limit("preferences", "60/minute")
PROFILE = Limit("profile", "30/10 minutes")


def count_password_try(request, login: str) -> None:
    """Count a try before the password is looked at. Raises TooManyRequests."""
    WRONG_PASSWORD_NETWORK.hit_key(f"net:{client_network(request)}")
    WRONG_PASSWORD.hit_key(_login_key(login))


def forget_password_tries(login: str) -> None:
    """The password was right: the tries for this login start anew, those of the network do not."""
    WRONG_PASSWORD.clear(_login_key(login))


def count_mail(address: str) -> None:
    """Count a mail that anybody can make us send to an address. Raises TooManyRequests."""
    MAIL.hit_key(f"to:{address.strip().lower()}")


def _login_key(login: str) -> str:
    return f"login:{handles.fold(login)}"
