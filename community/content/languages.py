"""Which language a text is in, as far as the site tells them apart."""

from __future__ import annotations

import re

from django.utils.translation import get_language

from community.rendering.chars import han_and_words
from community.rendering.prose import prose

_DIGITS = re.compile(r"\d+")

HAN_SHARE = 0.3
CODES = ("en", "zh-hans")
LOOKED_AT = 10_000  # characters of each text: enough to tell, whatever is sent


def detect(*texts: str) -> str:
    """`zh-hans` when Han characters are a good share of its words, else `en`. Code and formulas do not count.

    A text without a word is in its writer's language, which is that of the page. Only the beginning is looked at.
    """
    words = "\n".join(prose(text[:LOOKED_AT]) for text in texts)
    han, others = han_and_words(_DIGITS.sub(" ", words))
    if not han and not others:
        return get_language() if get_language() in CODES else CODES[0]
    return "zh-hans" if han > HAN_SHARE * (han + others) else "en"
