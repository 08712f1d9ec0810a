"""What kind of character it is: East Asian, punctuation, space."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Han, kana, bopomofo, Hangul, their punctuation and full-width forms.
_CJK_SPANS = (
    "\u1100-\u11ff\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f200-\U0001f2ff\U00020000-\U0003ffff"
)
CJK = re.compile(f"[{_CJK_SPANS}]")
# Written without spaces between words; a line break between two of them is not a space.
UNSPACED = re.compile(
    "[\u2e80-\u303e\u3041-\u30ff\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff9f\U00020000-\U0003ffff]"
)
_QUOTES = "“”‘’…—"


def is_cjk(char: str) -> bool:
    return bool(char) and (CJK.match(char) is not None or char in _QUOTES)


def is_unspaced(char: str) -> bool:
    return bool(char) and UNSPACED.match(char) is not None


@lru_cache(maxsize=4096)
def is_punctuation(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "PS"


def is_space(char: str) -> bool:
    """True for white space and for the edge of the text."""
    return not char or char.isspace()
