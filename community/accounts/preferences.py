"""Language, theme, time zone and formula notation: stored in the account for members, in cookies for visitors."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from community.accounts.models import Language, LossForm, Theme, User, Vectors
from community.accounts.time_zones import time_zones
from community.common.middleware.preferences import (
    LOSS_FORM_COOKIE,
    THEME_COOKIE,
    TIME_ZONE_COOKIE,
    VECTORS_COOKIE,
    known,
)


class Preferences(NamedTuple):
    """Display preferences; an empty value follows the browser or the device."""

    language: str = ""
    theme: str = ""
    time_zone: str = ""
    vectors: str = ""
    loss_form: str = ""


def from_cookies(request: HttpRequest) -> Preferences:
    """Return a visitor's preferences from cookies; invalid values are ignored."""
    return Preferences(
        language=known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), Language.values),
        theme=known(request.COOKIES.get(THEME_COOKIE, ""), Theme.values),
        time_zone=known(request.COOKIES.get(TIME_ZONE_COOKIE, ""), time_zones()),
        vectors=known(request.COOKIES.get(VECTORS_COOKIE, ""), Vectors.values),
        loss_form=known(request.COOKIES.get(LOSS_FORM_COOKIE, ""), LossForm.values),
    )


def formulas(request: HttpRequest) -> tuple[str, str]:
    """Return the reader's formula notation: vector layout and loss form."""
    user = request.user
    chosen = user if user.is_authenticated else from_cookies(request)
    return chosen.vectors or Vectors.COLUMNS, chosen.loss_form or LossForm.MEAN


def browser_zone(request: HttpRequest) -> str:
    """Return the time zone that a form was sent from, as its script says; empty without one, or if it is unknown."""
    return known(request.POST.get("browser_zone", ""), time_zones())


def copy_to_account(request: HttpRequest, user: User) -> None:
    """Copy a visitor's preferences to their new account, with the language and the time zone of the browser if they
    chose none: email has no browser to ask.
    """
    chosen = from_cookies(request)
    read_in = known(get_language() or "", Language.values)
    user.language = chosen.language or ("" if read_in == settings.LANGUAGE_CODE else read_in)
    user.time_zone = chosen.time_zone or browser_zone(request)
    user.vectors, user.loss_form = chosen.vectors, chosen.loss_form
    user.theme = chosen.theme or Theme.AUTO


def set_cookies(response: HttpResponse, chosen: dict[str, str]) -> None:
    """Write preferences to cookies; an empty value deletes the cookie."""
    for name, value in chosen.items():
        if value:
            _set_cookie(response, _COOKIES[name], value)
        else:
            response.delete_cookie(_COOKIES[name])


_COOKIES = {
    "language": settings.LANGUAGE_COOKIE_NAME,
    "theme": THEME_COOKIE,
    "time_zone": TIME_ZONE_COOKIE,
    "vectors": VECTORS_COOKIE,
    "loss_form": LOSS_FORM_COOKIE,
}


def _set_cookie(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
