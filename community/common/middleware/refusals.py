"""Conversion of DomainError to a page, a fragment or JSON, so that views catch none."""

from http import HTTPStatus

import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import select_template
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from community.common.errors import DomainError, Invalid, MethodNotAllowed, NoRoom
from community.common.fragments import wants_fragment
from community.common.outages import is_disk_full
from community.common.refused_form import read_refused_form

logger = structlog.get_logger(__name__)
FOR_PROGRAMS = ("/api/", "/oembed")


class UnstorableText(Invalid):
    """Text with a NUL byte or a lone surrogate reached the database driver."""

    default = _("The text contains a character that cannot be stored. Please remove it and try again.")


class Refusals(MiddlewareMixin):
    """Innermost middleware: only the view is below it.

    It is synchronous on purpose: the whole chain then runs in one thread with one switch to the view, whereas an
    asynchronous middleware around synchronous ones would switch at each of them.
    """

    async_capable = False

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        refusal = answer(request, MethodNotAllowed())
        refusal["Allow"] = response["Allow"]
        return refusal

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return answer(request, exception)
        if _is_unstorable(exception):
            return answer(request, UnstorableText())
        if is_disk_full(exception):
            logger.error("no room on the disk", error=str(exception))
            return answer(request, NoRoom())
        return None


def answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return the error in the format the client accepts."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(error.as_dict(), status=error.status)
    elif wants_fragment(request):
        response = _fragment(request, error)
    else:
        response = _page(request, error)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    return response


def wants_json(request: HttpRequest) -> bool:
    """Return whether the client is a program: the API, or a client that prefers JSON to HTML."""
    if request.path_info.startswith(FOR_PROGRAMS):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render the first template that exists of `errors/<code>.html`, `<status>.html` and `errors/refused.html`."""
    names = (f"errors/{error.code}.html", f"{error.status}.html", "errors/refused.html")
    context = {
        "error": error,
        "message": str(error),
        "status": error.status,
        "title": _status_words(error.status),
        "kept": read_refused_form(request, may_send=error.retry_after is not None or error.status == 503),
    }
    return HttpResponse(select_template(names).render(context, request), status=error.status)


def _fragment(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Render the notice alone, which a script shows on the current page."""
    return render(request, "errors/fragment.html", {"message": str(error)}, status=error.status)


def _status_words(status: int) -> str:
    return HTTPStatus(status).phrase


def _is_unstorable(exception: Exception) -> bool:
    """Return whether the driver's message reports a NUL or a lone surrogate in a string."""
    if isinstance(exception, UnicodeEncodeError):
        return exception.reason == "surrogates not allowed"
    return isinstance(exception, ValueError | DataError) and "NUL" in str(exception)
