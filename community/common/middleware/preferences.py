"""Language, theme and time zone: from the account, then the cookie, then the browser."""

import zoneinfo
from collections.abc import Container
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
TIME_ZONE_COOKIE = "time_zone"
VECTORS_COOKIE = "vectors"
VECTORS = ("columns", "rows")
LOSS_FORM_COOKIE = "loss_form"
LOSS_FORMS = ("mean", "sum", "half")


def known(value: str, values: Container[object]) -> str:
    """Return a value that pages know, or nothing."""
    return value if value in values else ""


class Preferences(MiddlewareMixin):
    """Activate the preferences of the request as `request.LANGUAGE_CODE`, `request.theme` and the current time zone."""

    def process_request(self, request: HttpRequest) -> None:
        user = request.user if request.user.is_authenticated else None
        translation.activate(_language(request, user))
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
        request.theme = _theme(request, user)  # type: ignore[attr-defined]
        _activate_time_zone(_chosen(user, "time_zone") or request.COOKIES.get(TIME_ZONE_COOKIE, ""))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        response.headers.setdefault("Content-Language", language)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def _chosen(user: Any, name: str) -> str:
    return getattr(user, name, "") if user is not None else ""


def _language(request: HttpRequest, user: Any) -> str:
    chosen = _chosen(user, "language")
    if chosen in dict(settings.LANGUAGES):
        return chosen
    return translation.get_language_from_request(request)


def _theme(request: HttpRequest, user: Any) -> str:
    theme = _chosen(user, "theme") or request.COOKIES.get(THEME_COOKIE, "")
    return known(theme, THEMES) or "auto"


def _activate_time_zone(name: str) -> None:
    try:
        timezone.activate(zoneinfo.ZoneInfo(name) if name else timezone.get_default_timezone())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        timezone.deactivate()
