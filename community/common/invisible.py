"""Invisible characters that change what others see: controls, bidi marks, fillers, invalid code points."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # change the writing direction
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")  # except tab and line ends
SURROGATE = re.compile("[\ud800-\udfff]")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # neither a database nor UTF-8 can store them
HIDDEN = re.compile(  # bidi characters, the byte order mark, and what Unicode calls Cc, Cs or Co, except spaces
    rf"(?!\s)(?:{BIDI.pattern}|[\0-\x1f\x7f-\x9f\ud800-\uf8ff\ufeff\U000f0000-\U000ffffd\U00100000-\U0010fffd])"
)
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols without visible ink
_JOINERS = {"\u200c", "\u200d"}
_FILLERS_AND_SELECTORS = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0xE0100, 0xE01EF),  # variation selectors supplement
)


def refuse(text: str, *, joiners: bool = False) -> None:
    """Raise ValidationError for the first invisible character.

    `joiners` allows the zero-width joiner, non-joiner and emoji selector, which free text needs.
    """
    for char in text:
        if is_invisible(char) and not (joiners and char in _JOINERS | {"\ufe0f"}):
            raise ValidationError(
                _("This text contains an invisible character (U+%(code)s). Please remove it or retype the text."),
                code="invisible",
                params={"code": f"{ord(char):04X}"},
            )


def is_blank(text: str) -> bool:
    """Return whether the text contains nothing visible: spaces, marks without a letter, invisible characters."""
    return all(unicodedata.category(char)[0] in "ZCM" or char in _BLANKS for char in text)


def is_invisible(char: str) -> bool:
    """Return whether the character is a control, format, surrogate, private-use, unassigned, separator or filler."""
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return True
    return any(low <= ord(char) <= high for low, high in _FILLERS_AND_SELECTORS)
