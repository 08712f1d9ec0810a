"""Rejection of input that no form sends and no database can store, before any view runs."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from community.common.errors import BadRequest, TooLarge
from community.common.middleware.refusals import answer
from community.common.text import is_storable


class UnreadableAddress(BadRequest):
    """The URL contains a NUL byte or invalid UTF-8."""

    default = _("This address contains a character that cannot be read. Please check how it was copied.")


class ReadableInput(MiddlewareMixin):
    """Return 413 for a body over the limit, and 400 for a URL with a NUL or a lone surrogate.

    Form fields are validated by the forms; `Refusals` handles what remains.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if getattr(request, "is_too_large", False):
            return answer(request, TooLarge())
        if is_storable(request.path_info) and all(is_storable(text) for text in _query_texts(request)):
            return None
        return answer(request, UnreadableAddress())


def _query_texts(request: HttpRequest):
    for key, values in request.GET.lists():
        yield key
        yield from values
