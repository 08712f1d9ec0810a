"""Which language a text is in, as far as the site tells them apart."""

from __future__ import annotations

import re

from django.utils.translation import get_language

from community.rendering.prose import prose

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W\d_\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")

HAN_SHARE = 0.3
CODES = ("en", "zh-hans")
LOOKED_AT = 10_000  # characters of each text: enough to tell, whatever is sent


def detect(*texts: str) -> str:
    """`zh-hans` when Han characters are a good share of its words, else `en`. Code and formulas do not count.

    A text without a word is in its writer's language, which is that of the page. Only the beginning is looked at.
    """
    words = "\n".join(prose(text[:LOOKED_AT]) for text in texts)
    han, others = len(_HAN.findall(words)), len(_WORD.findall(words))
    if not han and not others:
        return get_language() if get_language() in CODES else CODES[0]
    return "zh-hans" if han > HAN_SHARE * (han + others) else "en"
