"""Language detection among the languages of the site."""

from __future__ import annotations

from django.utils.translation import get_language

from community.rendering.chars import language_of
from community.rendering.prose import prose

CODES = ("en", "zh-hans")
LOOKED_AT = 10_000  # characters of each text: enough to decide


def detect(*texts: str) -> str:
    """Return `zh-hans` if a sufficient share of words is Han, else `en`. Code and formulas do not count.

    A text without words has the language of the page. Only the beginning is read.
    """
    found = language_of("\n".join(prose(text[:LOOKED_AT]) for text in texts))
    if found:
        return found
    return get_language() if get_language() in CODES else CODES[0]
