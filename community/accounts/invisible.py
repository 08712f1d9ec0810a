"""Characters that nobody sees and that change what others see: controls, bidi marks, fillers, broken code points."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

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
    """Raise ValidationError for the first character that cannot be seen.

    `joiners` lets the zero-width joiner, non-joiner and emoji selector pass, which free text needs.
    """
    for char in text:
        if is_invisible(char) and not (joiners and char in _JOINERS | {"\ufe0f"}):
            raise ValidationError(
                _("An invisible character (U+%(code)s) is in this text. Please remove it or type the text anew."),
                code="invisible",
                params={"code": f"{ord(char):04X}"},
            )


def is_invisible(char: str) -> bool:
    """Tell controls, format characters, surrogates, private use, unassigned, line separators and fillers."""
    if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return True
    return any(low <= ord(char) <= high for low, high in _FILLERS_AND_SELECTORS)
