"""Validation of texts: each check returns the normalised text or raises InvalidText with a message."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.common import invisible

from . import reasons
from .errors import InvalidText

TITLE_LENGTH = 200
TAG_LENGTH = 40
TAG_COUNT = 5
REASON_LENGTH = 200
TAGS_LENGTH = 1_000  # of the whole field, as typed
LONGEST_RAW = 20  # spaces can be removed from a line, but a line this many times too long is rejected unread
SOURCE_LENGTH = {"question": 50_000, "discussion": 50_000, "article": 100_000, "note": 5_000, "reply": 50_000}

_NEWLINES = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_TAG_EDGES = " \t-_.,;:/\\"


def title(text: str, *, required: bool = True) -> str:
    text = one_line(text, field="title", longest=TITLE_LENGTH)
    if required and invisible.is_blank(text):
        raise InvalidText(_("Please add a title."), field="title")
    if text and invisible.is_blank(text):
        raise InvalidText(_("The title contains no visible characters."), field="title")
    return text


def source(text: str, *, kind: str, field: str = "source") -> str:
    """Validate a post's source. `kind` is the thread's for an opening post, `reply` for all others."""
    refuse_too_long(text, SOURCE_LENGTH[kind], field=field)
    text = _NEWLINES.sub("\n", text)
    if invisible.is_blank(text):
        raise InvalidText(_("There is no text yet. Write something first."), field=field)
    refuse_unwritable(text, field=field)
    return text.rstrip() + "\n"


def lenient(text: str) -> str:
    """Return a text for display only, made storable instead of rejected, so that a preview never fails."""
    return invisible.SURROGATE.sub("\ufffd", invisible.CONTROL.sub("", _NEWLINES.sub("\n", text))).rstrip() + "\n"


def reason(text: str) -> str:
    """Validate the reason of an edit; one that the site gives stays as it is."""
    if isinstance(text, reasons.SiteReason):
        return str(text)
    return reasons.of_person(one_line(text, field="reason", longest=REASON_LENGTH))


def tags(names: Iterable[str]) -> dict[str, str]:
    """Return slug → name, at most five, in the order given."""
    kept: dict[str, str] = {}
    for name in names:
        slug, shown = tag(name)
        if slug:
            kept.setdefault(slug, shown)
        if len(kept) > TAG_COUNT:
            raise InvalidText(_("Use at most {limit} tags.").format(limit=TAG_COUNT), field="tags")
    return kept


def tags_in(text: str) -> dict[str, str]:
    """Return the tags of a line, slug → name: separated by commas, or by spaces if there are none."""
    refuse_too_long(text, TAGS_LENGTH, field="tags")
    text = text.replace("\uff0c", ",").replace("\u3001", ",")
    return tags(text.split(",") if "," in text else text.split())


def tag(name: str) -> tuple[str, str]:
    """Return a tag's slug (NFKC, casefolded, words joined by hyphens) and its name as typed.

    Empty if nothing is left.
    """
    if len(name) > LONGEST_RAW * TAG_LENGTH:
        refuse_too_long(name, TAG_LENGTH, field="tags")
    name = one_line(name, field="tags", longest=None)
    shown = re.sub(r"\s+", "-", unicodedata.normalize("NFKC", name).strip()).strip(_TAG_EDGES)
    slug = unicodedata.normalize("NFKC", shown.casefold())
    if not slug:
        return "", ""
    refuse_too_long(slug, TAG_LENGTH, field="tags")
    strange = next((mark for mark in slug if not _may_be_in_tag(mark)), None)
    if strange is not None or not any(mark.isalnum() for mark in slug):
        raise InvalidText(
            _("The tag “{tag}” can contain only letters, digits and - + # .").format(tag=shown[:TAG_LENGTH]),
            field="tags",
        )
    return slug, shown


def one_line(text: str, *, field: str, longest: int | None) -> str:
    """Trim, join lines, and reject what cannot be shown safely on one line."""
    if longest is not None and len(text) > LONGEST_RAW * longest:
        refuse_too_long(text, longest, field=field)
    refuse_unwritable(_NEWLINES.sub(" ", text), field=field)
    if invisible.BIDI.search(text):
        raise InvalidText(
            _("This contains an invisible mark that changes the writing direction. Please retype it."), field=field
        )
    text = " ".join(text.split())
    if longest is not None:
        refuse_too_long(text, longest, field=field)
    return text


def refuse_too_long(text: str, longest: int, *, field: str) -> None:
    """Reject a text by length alone, before parsing it; CRLF counts as one character."""
    length = len(text) - text.count("\r\n")
    if length <= longest:
        return
    raise InvalidText(
        ngettext(
            "This has {length} characters; the limit is {limit} character.",
            "This has {length} characters; the limit is {limit} characters.",
            longest,
        ).format(length=f"{length:,}", limit=f"{longest:,}"),
        field=field,
    )


def refuse_unwritable(text: str, *, field: str) -> None:
    """Reject what cannot be stored or shown: NUL, other control characters, lone surrogates."""
    if invisible.SURROGATE.search(text):
        raise InvalidText(
            _("This contains an incomplete character (a lone surrogate). Please retype that part."), field=field
        )
    found = invisible.CONTROL.search(text)
    if found is None:
        return
    raise InvalidText(
        _("Line {line} contains an invisible control character (U+{code}). Please remove it.").format(
            line=text.count("\n", 0, found.start()) + 1, code=f"{ord(found[0]):04X}"
        ),
        field=field,
    )


def _may_be_in_tag(mark: str) -> bool:
    return mark in "-+#._" or unicodedata.category(mark)[0] in "LMN"
