"""Validation and normalisation of external text."""

import re
import unicodedata
from typing import Any

from community.common.invisible import HIDDEN, UNSTORABLE

NEWLINES = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")


def is_storable(text: str) -> bool:
    """Return whether a database and UTF-8 can store the text: no NUL, no lone surrogate."""
    return UNSTORABLE.search(text) is None


def contains_unstorable(value: Any) -> bool:
    """Return whether parsed JSON contains text, at any depth, that cannot be stored."""
    if isinstance(value, str):
        return not is_storable(value)
    if isinstance(value, dict):
        return any(contains_unstorable(key) or contains_unstorable(inner) for key, inner in value.items())
    return isinstance(value, list | tuple) and any(contains_unstorable(inner) for inner in value)


def one_line(text: str) -> str:
    """Normalise a title or name: NFC, no control or bidi characters, single spaces."""
    return unicodedata.normalize("NFC", " ".join(HIDDEN.sub("", text).split()))


def sentences(*parts: object) -> str:
    """Join sentences, with a space after those that do not end with full-width punctuation."""
    joined = ""
    for part in filter(None, map(str, parts)):
        last = joined.rstrip("\u201d\u2019")[-1:]
        joined += part if not last or unicodedata.east_asian_width(last) in "WF" else f" {part}"
    return joined


def many_lines(text: str) -> str:
    """Normalise line ends to LF; leave everything else unchanged."""
    return UNSTORABLE.sub("\ufffd", NEWLINES.sub("\n", text))
