"""Ownership of runs: a member's, or a visitor's by a secret in their cookie."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "runs"
SALT = "community.experiments.visitors"
KEPT_SECONDS = 2 * 24 * 3600


def identities(request: HttpRequest) -> dict[str, Any]:
    """Return the two names by which the sandbox identifies people."""
    user = request.user if request.user.is_authenticated else None
    return {"user": user, "owner_key": "" if user else owner_key(request)}


def owner_key(request: HttpRequest) -> str:
    """Return the visitor's secret; empty if they have none."""
    return request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT_SECONDS) or ""


def known_visitor(request: HttpRequest) -> str:
    """Return a name of the visitor for a limit, which is not their secret; empty without a cookie."""
    key = owner_key(request)
    return sha256(key.encode()).hexdigest()[:32] if key else ""


def visitor(request: HttpRequest) -> str:
    """Return the same, and a new name each time without a cookie."""
    return known_visitor(request) or new_key()


def new_key() -> str:
    return secrets.token_urlsafe(24)


def set_cookie(response: HttpResponse, key: str) -> None:
    """Set the visitor's secret cookie, for as long as their runs are kept."""
    response.set_signed_cookie(
        COOKIE,
        key,
        salt=SALT,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
