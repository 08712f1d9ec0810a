"""Text of a form whose session expired, kept in the new session and restored after signing in.

Anyone can send such a form, so each network can store a few, each for a day and up to the longest article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.accounts import kept_forms as accounts
from community.accounts.kept_forms import NEVER_KEPT, to_sign_in
from community.common.errors import Conflict
from community.content.texts import SOURCE_LENGTH

SESSION_KEY = "kept_form"
LONGEST = max(SOURCE_LENGTH.values()) + 10_000
LONG_TEXTS = ("source", "about", "about_zh")
WRITER = "written_by"
"""The field of an editor with the account that its page was made for."""


class OtherAccount(Conflict):
    """A page of one account was still open when another one had signed in."""

    default = gettext_lazy(
        "This page was made for another account than the one you are signed in with now, so nothing was saved or sent. "
        "Copy your text, or sign in to that account again."
    )


def sign_in_keeping_text(
    view: Callable[..., Any] | None = None,
    *,
    back: str = "",
    form: type[forms.Form] | None = None,
    is_open: bool = False,
) -> Callable[..., Any]:
    """Have visitors sign in first; submitted text is restored to its editor.

    A page that `is_open` can be written on before: they sign in when they send it.

    `back` names the route to return to, with the view's `pk`, where the view's own address can only be posted to.
    `form`: one without a draft, kept as `accounts.kept_forms` keeps all of these.
    """
    if view is None:
        return partial(sign_in_keeping_text, back=back, form=form, is_open=is_open)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            refuse_other_writer(request, request.POST.get(WRITER, ""))
        if is_open and not request.user.is_authenticated and _is_only_shown(request):
            return view(request, *args, **kwargs)
        is_short = request.method == "POST" and not has_words(request.POST) and (form is not None or not back)
        if request.user.is_authenticated or is_short:
            return shorter(request, *args, **kwargs)
        if request.method == "POST":
            fields = {name: _text(value) for name, value in request.POST.items() if name not in NEVER_KEPT}
            keep(request, fields)
        return to_sign_in(resolve_url(back, kwargs["pk"]) if back else request.get_full_path())

    shorter = accounts.sign_in_first(view, form=form)
    guarded.kept_form = form  # type: ignore[attr-defined]
    return guarded


def refuse_other_writer(request: HttpRequest, writer: str) -> None:
    """Raise OtherAccount if an editor was made for another account than this one."""
    if request.user.is_authenticated and writer not in ("", str(request.user.pk)):
        raise OtherAccount


def kept_fields(request: HttpRequest, draft_key: str) -> dict[str, str]:
    """Return and delete the fields kept for this form or for an alternative version of it."""
    with taking(request, draft_key) as kept:
        return kept


@contextmanager
def taking(request: HttpRequest, draft_key: str) -> Iterator[dict[str, str]]:
    """Yield the same fields, and delete them unless what is done with them fails."""
    kept = request.session.get(SESSION_KEY)
    if not kept or kept.get("draft_key", "").partition("~")[0] != draft_key.partition("~")[0]:
        yield {}
        return
    yield kept
    del request.session[SESSION_KEY]


def register() -> None:
    accounts.keep_under(SESSION_KEY)


def keep(request: HttpRequest, fields: dict[str, str]) -> None:
    """Store a form in a one-day session. Raises TooManyRequests or SignInNeeded, whose pages show the text."""
    if not has_words(fields):
        return
    size = sum(len(name) + len(value) for name, value in fields.items())
    accounts.put(request, SESSION_KEY, fields, size, LONGEST, writer=fields.get(WRITER, ""))
    messages.info(request, _("Your text is kept: it is back in its box once you have signed in."))


def _is_only_shown(request: HttpRequest) -> bool:
    """Return whether a page with an editor is only drawn, for the first time or as the buttons without script do."""
    return request.method in ("GET", "HEAD") or not {"preview", "template"}.isdisjoint(request.POST)


def has_words(fields: Mapping[str, str]) -> bool:
    """Return whether this is the form of an editor with something in it."""
    return bool(fields.get("draft_key")) and any(fields.get(name, "").strip() for name in LONG_TEXTS)


def _text(value: object) -> str:
    return str(value).replace("\r\n", "\n")
