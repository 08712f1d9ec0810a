"""The text of somebody whose session ended while he wrote: kept in the new session, shown again after signing in."""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

SESSION_KEY = "kept_form"
LONGEST = 210_000
NEVER_KEPT = ("csrfmiddlewaretoken", "submission")


def sign_in_first(view):
    """Send visitors to the sign-in page and bring them back here; what they sent with a form is in the form again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            _keep(request)
        return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")

    return guarded


def kept_fields(request: HttpRequest, draft_key: str) -> dict[str, str]:
    """The fields that were kept of this box, once."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept.get("draft_key") != draft_key:
        return {}
    del request.session[SESSION_KEY]
    return kept


def _keep(request: HttpRequest) -> None:
    fields = {name: str(value) for name, value in request.POST.items() if name not in NEVER_KEPT}
    if fields.get("draft_key") and fields.get("source", "").strip() and sum(map(len, fields.values())) <= LONGEST:
        request.session[SESSION_KEY] = fields
