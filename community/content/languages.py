"""Which language a text is in, as far as the site tells them apart."""

from __future__ import annotations

from django.utils.translation import get_language

from community.rendering.chars import language_of
from community.rendering.prose import prose

CODES = ("en", "zh-hans")
LOOKED_AT = 10_000  # characters of each text: enough to tell, whatever is sent


def detect(*texts: str) -> str:
    """`zh-hans` when Han characters are a good share of its words, else `en`. Code and formulas do not count.

    A text without a word is in its writer's language, which is that of the page. Only the beginning is looked at.
    """
    found = language_of("\n".join(prose(text[:LOOKED_AT]) for text in texts))
    if found:
        return found
    return get_language() if get_language() in CODES else CODES[0]
