"""Character classes: East Asian, punctuation, space."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Ranges for character classes in patterns; the only definition of East Asian text.
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Letters written without spaces: Han with its iteration marks, kana.
HAN_AND_KANA = f"\u3005-\u3007\u3040-\u30ff{HAN}"
# Letters of all East Asian scripts, and radicals.
LETTERS = f"\u2e80-\u2fff\u3040-\u33ff\uac00-\ud7ff{HAN}"
# Han, kana, bopomofo, Hangul, their punctuation and full-width forms.
CJK = re.compile(
    f"[\u1100-\u11ff\u2e80-\u303e\u3041-\u33ff\ua960-\ua97f\uac00-\ud7ff\ufe30-\ufe4f\uff00-\uffef\U0001f200-\U0001f2ff{HAN}]"
)
# Written without spaces between words; a line break between two of them is not a space.
UNSPACED = re.compile(f"[\u2e80-\u303e\u3041-\u30ff\u3105-\u312f\ufe30-\ufe4f\uff00-\uff9f{HAN}]")
_STOPS = r"\s<>\"`\\^{}|\x02\x03\ue000\ue001\u2010-\u2027\u3000-\u303f\uff00-\uffef"
# A bare address ends before East Asian text, unless that directly follows a slash.
ADDRESS = rf"(?<![\w@/])(?i:https?)://[^{_STOPS}{LETTERS}]+(?:(?<=/)[{LETTERS}][\w\-%{LETTERS}]*)?"
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(rf"[^\W_{HAN}]+")
_DIGITS = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[\n。！？!?]|\.(?=\s)")
HAN_SHARE = 0.3  # of a Chinese sentence, which may have many names and terms in Latin letters
HAN_A_WORD = 1.6
_QUOTES = "“”‘’…—"


def language_of(text: str) -> str:
    """Return `zh-hans` if most words are in Chinese sentences, `en` if they are in others, else an empty string.

    Numbers do not count.
    """
    chinese = others = 0.0
    for sentence in _SENTENCE_END.split(_DIGITS.sub(" ", text)):
        han, words = han_and_words(sentence)
        if han > HAN_SHARE * (han + words):
            chinese += words + han / HAN_A_WORD
        else:
            others += words + han / HAN_A_WORD
    if chinese > others:
        return "zh-hans"
    return "en" if others else ""


def han_and_words(text: str) -> tuple[int, int]:
    """Return the number of Chinese characters, and of words and numbers in other scripts."""
    return len(_HAN.findall(text)), len(_WORD.findall(text))


def is_cjk(char: str) -> bool:
    return bool(char) and (CJK.match(char) is not None or char in _QUOTES)


def is_unspaced(char: str) -> bool:
    return bool(char) and UNSPACED.match(char) is not None


@lru_cache(maxsize=4096)
def is_punctuation(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "PS"


def is_space(char: str) -> bool:
    """Return whether the character is white space or the edge of the text."""
    return not char or char.isspace()
