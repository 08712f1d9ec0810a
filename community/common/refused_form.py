"""The words of a form that was refused as a whole: the page of the refusal shows them, to copy or to send again."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError

WORDS = ("display_name", "title", "summary", "source", "tags", "bio", "config", "reason", "note")
NEVER = ("csrfmiddlewaretoken", "password", "oldpassword", "password1", "password2")
LONGEST = 1_500_000


@dataclass(frozen=True)
class Kept:
    """`words` are shown in boxes, `rest` goes along when the form `may_send` itself once more to `address`."""

    words: list[tuple[str, str]]
    rest: list[tuple[str, str]]
    may_send: bool
    address: str


def kept_words(request: HttpRequest, *, may_send: bool) -> Kept | None:
    """Return what a person typed, None when it was nothing. Only a form that bore its token may be sent again."""
    if request.method != "POST":
        return None
    sent = [(name, value) for name, values in _boxes(request).lists() for value in values]
    words = [(name, value) for name, value in sent if name in WORDS and value.strip()]
    if not words or sum(len(value) for _name, value in sent) > LONGEST:
        return None
    rest = [(name, value) for name, value in sent if name not in WORDS and name not in NEVER]
    return Kept(words, rest, may_send and not request.FILES, request.get_full_path())


def _boxes(request: HttpRequest) -> QueryDict:
    try:
        return request.POST
    except (SuspiciousOperation, MultiPartParserError, RawPostDataException, UnreadablePostError):
        return QueryDict()
