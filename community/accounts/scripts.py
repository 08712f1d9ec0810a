"""Scripts of letters, and which scripts a handle can mix (UTS 39, section 5)."""

import unicodedata
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from fontTools import unicodedata as scripts_of_unicode

_ANY = frozenset({"Zyyy", "Zinh"})

# Languages written in several scripts at once, by ISO 15924 code: Japanese, Korean, Chinese with bopomofo.
_WRITTEN_TOGETHER = {
    "Hani": {"Jpan", "Kore", "Hanb"},
    "Hira": {"Jpan"},
    "Kana": {"Jpan"},
    "Hang": {"Kore"},
    "Bopo": {"Hanb"},
}

_NAMES = {
    "Latn": _("Latin"),
    "Cyrl": _("Cyrillic"),
    "Grek": _("Greek"),
    "Hani": _("Chinese"),
    "Hira": _("Hiragana"),
    "Kana": _("Katakana"),
    "Hang": _("Hangul"),
    "Arab": _("Arabic"),
    "Hebr": _("Hebrew"),
    "Deva": _("Devanagari"),
    "Thai": _("Thai"),
    "Armn": _("Armenian"),
    "Geor": _("Georgian"),
}


class Mixture(NamedTuple):
    """Two characters that cannot be mixed in one handle."""

    one: str
    other: str


def name(char: str) -> str:
    """Return the display name of the character's script."""
    code = scripts_of_unicode.script(char)
    return str(_NAMES.get(code) or scripts_of_unicode.script_name(code, default=code).replace("_", " "))


def has_script(char: str) -> bool:
    """Return whether the letter belongs to a script, unlike shared apostrophes and ticks."""
    return scripts_of_unicode.script(char) not in _ANY or unicodedata.east_asian_width(char) == "W"


def mixture(text: str) -> Mixture | None:
    """Return the first two characters that prevent `text` from being in one script, or in Han with Latin, if any."""
    if _is_han_with_latin(text):
        return _digit_mixture(text)
    return _script_mixture(text) or _digit_mixture(text)


def _is_han_with_latin(text: str) -> bool:
    return all(_scripts(char) & {"Latn", "Hani", *_ANY} for char in text)


def _script_mixture(text: str) -> Mixture | None:
    common: frozenset[str] | None = None
    one = ""
    for char in text:
        scripts = _scripts(char)
        if scripts & _ANY:
            continue
        shared = scripts if common is None else common & scripts
        if not shared:
            return Mixture(one, char)
        common, one = shared, one or char
    return None


def _scripts(char: str) -> frozenset[str]:
    scripts = frozenset(scripts_of_unicode.script_extension(char))
    return scripts.union(*(_WRITTEN_TOGETHER.get(script, ()) for script in scripts))


def _digit_mixture(text: str) -> Mixture | None:
    """Return two digits from different digit ranges, such as an ASCII 1 and an Arabic one."""
    digits = [char for char in text if unicodedata.category(char) == "Nd"]
    for char in digits:
        if _zero(char) != _zero(digits[0]):
            return Mixture(digits[0], char)
    return None


def _zero(digit: str) -> int:
    return ord(digit) - unicodedata.decimal(digit)
