"""What a visitor's page depends on in the request: the address, and what the reader has chosen."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from community.common.middleware.preferences import (
    LOSS_FORM_COOKIE,
    LOSS_FORMS,
    THEME_COOKIE,
    THEMES,
    TIME_ZONE_COOKIE,
    VECTORS,
    VECTORS_COOKIE,
    known,
)

PREFERENCES = frozenset({THEME_COOKIE, TIME_ZONE_COOKIE, VECTORS_COOKIE, LOSS_FORM_COOKIE})
ACCOUNT_COOKIE = "account"
"""The mark of `accounts.kept_forms`, which stays after signing out and which no page shows."""
READ_BY_NO_PAGE = frozenset({settings.CSRF_COOKIE_NAME, ACCOUNT_COOKIE})
MAX_LENGTH = 2000
"""Longer addresses and cookies are answered without the cache."""
MAX_HOST_LENGTH = 300
"""A name has 253 characters at most, but a port may have any number of zeros."""


def choices(cookies: Mapping[str, str], accept_language: str) -> tuple[str, ...] | None:
    """Return language, theme, time zone and the forms of formulas; None for a reader with any other cookie.

    An unknown cookie may be a session, a message, or the key to a visitor's own runs. Browsers still send the cookie of
    forms of earlier releases, which no shared page reads.
    """
    cookies = {name: text for name, text in cookies.items() if name not in READ_BY_NO_PAGE}
    if any(name not in PREFERENCES and name != settings.LANGUAGE_COOKIE_NAME for name in cookies):
        return None
    if any(len(text) > 100 for text in cookies.values()) or len(accept_language) > 500:
        return None
    return (
        language(cookies.get(settings.LANGUAGE_COOKIE_NAME, ""), accept_language),
        known(cookies.get(THEME_COOKIE, ""), THEMES) or "auto",
        time_zone(cookies.get(TIME_ZONE_COOKIE, "")),
        known(cookies.get(VECTORS_COOKIE, ""), VECTORS),
        known(cookies.get(LOSS_FORM_COOKIE, ""), LOSS_FORMS),
    )


@lru_cache(maxsize=1000)
def language(cookie: str, accept_language: str) -> str:
    asked = SimpleNamespace(
        COOKIES={settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {},
        META={"HTTP_ACCEPT_LANGUAGE": accept_language},
        path_info="/",
    )
    return translation.get_language_from_request(cast(HttpRequest, asked))


@lru_cache(maxsize=1000)
def time_zone(name: str) -> str:
    try:
        return zoneinfo.ZoneInfo(name).key if name else ""
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ""
