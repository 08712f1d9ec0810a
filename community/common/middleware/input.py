"""Refuse what no database can hold before any view sees it."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy as _

from community.common.errors import BadRequest
from community.common.middleware.refusals import answer
from community.common.text import is_storable


class UnreadableAddress(BadRequest):
    """A NUL byte or half a character in the address."""

    default = _("This address holds a character that cannot be read. Please check how it was copied.")


class ReadableInput(MiddlewareMixin):
    """Answer 400 for an address with a NUL or a lone surrogate in its path or query.

    Form fields are left to the forms, which say it beside the field; see also `Refusals` for what slips through.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if is_storable(request.path_info) and all(is_storable(text) for text in _query_texts(request)):
            return None
        return answer(request, UnreadableAddress())


def _query_texts(request: HttpRequest):
    for key, values in request.GET.lists():
        yield key
        yield from values
