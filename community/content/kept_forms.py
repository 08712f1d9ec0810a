"""Text of a form whose session expired, kept in the new session and restored after signing in.

Anyone can send such a form, so each network can store a few, each for a day and up to the longest article.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from community.common.errors import SignInNeeded
from community.common.network import client_network
from community.content.rates import KEEPING
from community.content.texts import SOURCE_LENGTH

SESSION_KEY = "kept_form"
LONGEST = max(SOURCE_LENGTH.values()) + 10_000
KEPT_SECONDS = 24 * 3600
LONG_TEXTS = ("source", "about", "about_zh")
NEVER_KEPT = ("csrfmiddlewaretoken", "submission")


def sign_in_first(view: Callable[..., Any] | None = None, *, back: str = "") -> Callable[..., Any]:
    """Redirect visitors to the sign-in page and back; submitted text is restored to the form.

    `back` names the route to return to, with the view's `pk`, where the view's own address can only be posted to.
    """
    if view is None:
        return partial(sign_in_first, back=back)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            fields = {name: _text(value) for name, value in request.POST.items() if name not in NEVER_KEPT}
            keep(request, fields)
        address = resolve_url(back, kwargs["pk"]) if back else request.get_full_path()
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': address})}")

    return guarded


def kept_fields(request: HttpRequest, draft_key: str) -> dict[str, str]:
    """Return and delete the fields kept for this form or for an alternative version of it."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept.get("draft_key", "").partition("~")[0] != draft_key.partition("~")[0]:
        return {}
    del request.session[SESSION_KEY]
    return kept


def register() -> None:
    user_logged_in.connect(_restore_session_length, dispatch_uid="kept-forms")


def keep(request: HttpRequest, fields: dict[str, str]) -> None:
    """Store a form in a one-day session. Raises TooManyRequests or SignInNeeded, whose pages show the text."""
    if not fields.get("draft_key") or not any(fields.get(name, "").strip() for name in LONG_TEXTS):
        return
    if sum(len(name) + len(value) for name, value in fields.items()) > LONGEST:
        raise SignInNeeded(
            _("Please sign in first. Your text is too long to be stored in the meantime, so copy it from here.")
        )
    KEEPING.hit_key(f"net:{client_network(request)}")
    request.session[SESSION_KEY] = fields
    request.session.set_expiry(KEPT_SECONDS)
    messages.info(request, _("Your text is kept: it is back in its box once you have signed in."))


def _text(value: object) -> str:
    return str(value).replace("\r\n", "\n")


def _restore_session_length(request: HttpRequest, **kwargs: Any) -> None:
    """Restore the standard session lifetime after signing in."""
    if SESSION_KEY in request.session:
        request.session.set_expiry(None)
