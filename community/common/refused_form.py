"""Text of a form that was rejected as a whole, shown on the error page to be copied or resent."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError

WORDS = ("display_name", "title", "summary", "source", "tags", "bio", "config", "reason", "note",
         "links", "query", "name", "new_name", "new_title", "about", "about_zh", "handle", "address")  # fmt: skip
NEVER = ("csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2")
LONGEST = 1_500_000


@dataclass(frozen=True)
class RefusedForm:
    """`words` are shown in text boxes, `rest` is resubmitted with them to `address` if `may_send`."""

    words: list[tuple[str, str]]
    rest: list[tuple[str, str]]
    may_send: bool
    address: str


def read_refused_form(request: HttpRequest, *, may_send: bool) -> RefusedForm | None:
    """Return the text a person entered, or None. Only a form that is known to be ours can be resent."""
    if request.method != "POST":
        return None
    sent = [(name, value) for name, values in _boxes(request).lists() for value in values]
    words = [(name, value) for name, value in sent if name in WORDS and value.strip()]
    if not words or sum(len(value) for _name, value in sent) > LONGEST:
        return None
    rest = [(name, value) for name, value in sent if name not in WORDS and name not in NEVER]
    return RefusedForm(words, rest, may_send and not request.FILES, request.get_full_path())


def _boxes(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except (SuspiciousOperation, MultiPartParserError, RawPostDataException, UnreadablePostError):
        return QueryDict()
