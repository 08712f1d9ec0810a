"""API error responses: {"error": {"code", "message", "fields", "problems"}}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from bpsandbox.api import SandboxError
from community.api.errors import InvalidToken, NotJson
from community.common.errors import BadRequest, DomainError, Invalid, NotFound, SignInNeeded


def install(api: NinjaAPI) -> None:
    def handle(kind: type[Exception], refusal: Callable[[Any], DomainError]) -> None:
        api.add_exception_handler(kind, lambda request, error: respond(api, request, refusal(error)))

    handle(DomainError, lambda error: error)
    handle(SandboxError, _sandbox)
    handle(ValidationError, _invalid)
    handle(AuthenticationError, lambda error: InvalidToken())
    handle(Http404, lambda error: NotFound())
    handle(HttpError, _http)


def respond(api: NinjaAPI, request: HttpRequest, error: DomainError) -> HttpResponse:
    response = api.create_response(request, error.as_dict(), status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    if error.status == SignInNeeded.status:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    return response


def _sandbox(error: SandboxError) -> DomainError:
    """Convert a sandbox error, which has the same attributes."""
    refusal = DomainError(error.message, fields=error.fields, problems=error.problems, retry_after=error.retry_after)
    refusal.status, refusal.code = error.status, error.code  # type: ignore[misc]
    return refusal


def _http(error: HttpError) -> DomainError:
    if isinstance(error.__cause__, DomainError):  # raised by our code while ninja parsed the body
        return error.__cause__
    return NotJson() if error.status_code == BadRequest.status else BadRequest(str(error))


def _invalid(error: ValidationError) -> Invalid:
    fields: dict[str, list[str]] = {}
    for fault in error.errors:
        fields.setdefault(_field(fault), []).append(_sentence(fault))
    return Invalid(fields=fields)


def _field(fault: dict[str, Any]) -> str:
    """Return the field name without its location in the request ("body", the parameter's name)."""
    names = [str(part) for part in fault["loc"] if part not in ("body", "query", "path", "payload", "filters")]
    return ".".join(names) or "body"


def _sentence(fault: dict[str, Any]) -> str:
    if fault["type"] == "missing":
        return _("This field is required.")
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] in ("extra_forbidden",):
        return _("Unknown field.")
    return str(fault["msg"])
