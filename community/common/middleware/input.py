"""Refuse what no form of ours sends and what no database can hold, before any view sees it."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from community.common.errors import BadRequest, TooLarge
from community.common.middleware.refusals import answer
from community.common.text import is_storable


class UnreadableAddress(BadRequest):
    """A NUL byte or half a character in the address."""

    default = _("This address holds a character that cannot be read. Please check how it was copied.")


class ReadableInput(MiddlewareMixin):
    """Answer 413 for a body of which nothing was kept, and 400 for an address with a NUL or a lone surrogate in it.

    Form fields are left to the forms, which say it beside the field; see also `Refusals` for what slips through.
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
