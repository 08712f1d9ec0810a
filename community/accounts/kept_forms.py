"""What was sent after the session had ended: kept in the new one, and shown to be sent again after signing in.

A form goes through here if its view has `sign_in_first(form=…)`. Long texts, which have drafts, go back into their
editor: `content.kept_forms`. What is kept is dropped if somebody else signs in: a cookie has a mark of the account that
was signed in last, from which nobody can tell which one it was.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from community.accounts.rates import KEEPING
from community.common.errors import SignInNeeded
from community.common.network import client_network
from community.common.page_cache.keys import ACCOUNT_COOKIE as COOKIE
from community.common.redirects import is_internal, safe_next

SESSION_KEY, OWNER_KEY = "kept_post", "kept_by"
LONGEST = 20_000
KEPT_SECONDS = 24 * 3600
NEVER_KEPT = ("csrfmiddlewaretoken", "submission")
WITHOUT_FIELDS = ("next",)
_KEYS = [SESSION_KEY]


class Kept(NamedTuple):
    """A form as it was sent to an address: names and values, in order."""

    address: str
    fields: list[tuple[str, str]]


def sign_in_first(
    view: Callable[..., Any] | None = None, *, form: type[forms.Form] | None = None
) -> Callable[..., Any]:
    """Have visitors sign in first. What they sent with this form is kept; a button leads back to where it was."""
    if view is None:
        return partial(sign_in_first, form=form)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request, form)
        if request.method == "POST" and SESSION_KEY in request.session:
            _drop_sent(request)
        return view(request, *args, **kwargs)

    guarded.kept_form = form  # type: ignore[attr-defined]
    return guarded


def ask_to_sign_in(request: HttpRequest, form: type[forms.Form] | None) -> HttpResponse:
    """Redirect to the sign-in page, and from there to what was kept, or else back to the page.

    Raises TooManyRequests or SignInNeeded, whose pages show the text.
    """
    if request.method in ("GET", "HEAD"):
        return to_sign_in(request.get_full_path())
    if form is None and request.content_type == "multipart/form-data":  # a picture, which is not read
        return to_sign_in(_page_before(request))
    fields = [(name, value.replace("\r\n", "\n")) for name, values in request.POST.lists() for value in values]
    fields = [(name, value) for name, value in fields if name not in NEVER_KEPT]
    if not _shows_something(form, dict(fields)):
        return to_sign_in(safe_next(request, _page_before(request)))
    put(request, SESSION_KEY, {"address": request.get_full_path(), "fields": fields}, _size(fields), LONGEST)
    messages.info(request, _("What you entered is kept: you can send it once you have signed in."))
    return to_sign_in(reverse("accounts:kept-form"))


def to_sign_in(address: str) -> HttpResponse:
    return redirect_to_login(address)


def put(request: HttpRequest, key: str, value: Any, size: int, longest: int, writer: str = "") -> None:
    """Store something in a one-day session, for its writer or else who was signed in last in this browser, if any was.

    `writer`: the key of the account that the form was made for, where it says so.

    Anyone can send a form, so each network can store a few. Raises TooManyRequests, SignInNeeded.
    """
    if size > longest:
        raise SignInNeeded(
            _("Please sign in first. Your text is too long to be stored in the meantime, so copy it from here.")
        )
    KEEPING.hit_key(f"net:{client_network(request)}")
    owner = _mark(int(writer)) if writer.isdecimal() and len(writer) < 19 else request.COOKIES.get(COOKIE, "")
    if request.session.get(OWNER_KEY, owner) != owner:
        for other in _KEYS:
            request.session.pop(other, None)
    request.session[key], request.session[OWNER_KEY] = value, owner
    request.session.set_expiry(KEPT_SECONDS)


def kept_form(request: HttpRequest) -> Kept | None:
    """Return the form that is kept; None without one."""
    found = request.session.get(SESSION_KEY)
    return Kept(found["address"], [(name, value) for name, value in found["fields"]]) if found else None


def drop(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def filled(kept: Kept) -> tuple[forms.Form, list[tuple[str, str]]]:
    """Return a form of what people can see in the one that was sent, and all its other fields."""
    values = dict(kept.fields)
    fields = shown_fields(_form_at(kept.address), values)
    shown = type("KeptForm", (forms.Form,), {name: copy.deepcopy(field) for name, field in fields.items()})
    return shown(initial=values), [(name, value) for name, value in kept.fields if name not in fields]


def shown_fields(form: type[forms.Form] | None, values: Mapping[str, str]) -> dict[str, forms.Field]:
    """Return the fields of a form that people see in it again."""
    fields = form.base_fields if form is not None else {}
    return {name: field for name, field in fields.items() if _is_shown(name, field, values)}


def register() -> None:
    user_logged_in.connect(_hand_over, dispatch_uid="kept-posts")


def keep_under(key: str) -> None:
    """Have something else that is stored with `put` handed over to who signs in."""
    if key not in _KEYS:
        _KEYS.append(key)


def is_kept_for(request: HttpRequest, person_key: int) -> bool:
    """Return whether what the session keeps is of this account, or of a browser in which none was signed in."""
    owner = request.session.get(OWNER_KEY, "")
    return not owner or constant_time_compare(owner, _mark(person_key))


def remember_account(request: HttpRequest, response: HttpResponseBase, *, shown_to: int | None) -> None:
    """Remember in the browser whose forms are open in it: after signing in, and on pages that find another mark.

    `shown_to`: the account that this page is for, if it is a page of one.
    """
    key = getattr(request, "signed_in_as", None)
    if key is None and shown_to is not None and request.COOKIES.get(COOKIE) != _mark(shown_to):
        key = shown_to
    if key is not None:
        response.set_cookie(
            COOKIE,
            _mark(key),
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _hand_over(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Keep what was sent only for who sent it, and restore the standard session lifetime."""
    if request is None:
        return
    request.signed_in_as = user.pk  # type: ignore[attr-defined]
    found = [key for key in _KEYS if key in request.session]
    if not found:
        return
    request.session.set_expiry(None)
    if is_kept_for(request, user.pk):
        return
    for key in found:
        del request.session[key]
    text = _("What was sent before you signed in was discarded: another account was signed in when it was written.")
    messages.warning(request, text, fail_silently=True)


def _drop_sent(request: HttpRequest) -> None:
    """Forget the kept form once it has been sent."""
    kept = kept_form(request)
    if kept is not None and kept.address == request.get_full_path():
        drop(request)


def _page_before(request: HttpRequest) -> str:
    """Return the path of the page that had the button; the front page if it is not said."""
    found = urlsplit(request.headers.get("Referer", ""))
    address = f"{found.path}?{found.query}" if found.query else found.path
    return address if found.netloc == request.get_host() and is_internal(address, request) else "/"


def _form_at(address: str) -> type[forms.Form] | None:
    try:
        return getattr(resolve(urlsplit(address).path).func, "kept_form", None)
    except Resolver404:  # of the release before
        return None


def _shows_something(form: type[forms.Form] | None, values: Mapping[str, str]) -> bool:
    """Return whether people would see what they sent. Nothing is sent again of which nobody saw what it does.

    A name that the form does not have is a button of its page, such as one that deletes.
    """
    if form is None or not values.keys() <= {*form.base_fields, *WITHOUT_FIELDS}:
        return False
    return any(values.get(name, "").strip() for name in shown_fields(form, values))


def _is_shown(name: str, field: forms.Field, values: Mapping[str, str]) -> bool:
    """Return whether a field is shown: one with a label. Boxes always, as one that is not ticked is not sent."""
    if field.widget.is_hidden or field.label is None or isinstance(field, forms.FileField):
        return False
    if isinstance(field, forms.BooleanField):
        return True
    return name in values and not (isinstance(field, forms.ChoiceField) and not field.choices)


def _size(fields: list[tuple[str, str]]) -> int:
    return sum(len(name) + len(value) for name, value in fields)


def _mark(key: int) -> str:
    return salted_hmac("community.accounts.kept_forms", str(key), algorithm="sha256").hexdigest()[:32]
