"""Django's error handlers, in the format the client accepts."""

import sys
from http import HTTPStatus

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.translation import gettext_lazy as _

from community.common.errors import BadRequest, DomainError, NoRoom, NotAllowed, NotFound, TooLarge, Unavailable
from community.common.fragments import wants_fragment
from community.common.middleware.refusals import answer, wants_json
from community.common.outages import is_database_away, is_disk_full
from community.common.refused_form import read_refused_form

logger = structlog.get_logger(__name__)

AWAY_SECONDS = 10


class UnknownOrigin(NotAllowed):
    """The request does not come from one of our pages, as far as the browser says."""

    default = _("Your browser does not say that this form is ours. Please reload the page and send it again.")


class ServerMistake(DomainError):
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    default = _("Something went wrong on our side. Please try again in a minute.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, TooLarge() if isinstance(exception, RequestDataTooBig) else BadRequest())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NotFound())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return 403 with the message of PermissionDenied, if it has one."""
    return answer(request, NotAllowed(str(exception) or None))


def server_error(request: HttpRequest) -> HttpResponse:
    """Return 500 or 503; must not use the request's user, session or database."""
    error = _mistake(sys.exc_info()[1])
    response = JsonResponse(error.as_dict()) if wants_json(request) else HttpResponse(_page_without_request(error))
    response.status_code = error.status
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    return response


def _mistake(cause: BaseException | None) -> DomainError:
    if cause is not None and is_disk_full(cause):
        return NoRoom()
    return Unavailable(retry_after=AWAY_SECONDS) if is_database_away(cause) else ServerMistake()


def _page_without_request(error: DomainError) -> str:
    shown = None if isinstance(error, ServerMistake) else error
    try:
        return loader.get_template("500.html").render({"error": shown})
    except TemplateDoesNotExist:
        return str(error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    logger.info("form of unknown origin", reason=reason, path=request.path)
    error = UnknownOrigin()
    if wants_json(request) or wants_fragment(request):
        return answer(request, error)
    context = {"message": str(error), "kept": read_refused_form(request, may_send=False)}
    return HttpResponse(loader.render_to_string("403_csrf.html", context, request), status=error.status)
