"""Authentication of a request with the person that was read together with its session."""

from django.contrib.auth import middleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from community.accounts import kept_forms, session_store, visits
from community.common.fragments import HEADER as FRAGMENT


class Authentication(middleware.AuthenticationMiddleware):
    """Django's authentication, whose checks of the backend and of the session's hash all apply.

    It also notes who opens pages. What scripts ask for is none: a page that is left open is no visit.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))  # type: ignore[assignment]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        person = getattr(request, "member", None)
        is_page = FRAGMENT not in request.headers and "text/html" in response.get("Content-Type", "")
        if person is not None and is_page:
            visits.note_later(person)
        is_framed = getattr(response, "xframe_options_exempt", False)  # a page of another site, and everybody's
        shown_to = person.pk if person is not None and is_page and not is_framed else None
        kept_forms.remember_account(request, response, shown_to=shown_to)
        return response


def _user(request: HttpRequest):
    with session_store.authenticating(request.session):  # type: ignore[arg-type]
        person = middleware.get_user(request)
    if person.is_authenticated:
        request.member = person  # type: ignore[attr-defined]
    return person
