"""The @font-face rules, written beside the font files and named by their content too."""

import hashlib
from collections.abc import Iterable

from community.common.fonts.faces import Face

# Curly quotes, dashes and dots are full-width in Chinese text: there they must come from the Chinese face.
NOT_IN_CHINESE = "U+20-B6, U+B8-2013, U+2015-2017, U+2020-2025, U+2027-FFFF"
CHINESE_SUFFIX = " Han"

# Until the serif is there, a system serif set to the same widths: nothing moves when it arrives.
STAND_INS = (("Georgia", "96.5%", "107%", "35%"), ("Times New Roman", "107%", "97%", "31%"))


def stylesheet(cut_faces: Iterable[tuple[Face, str]]) -> str:
    """Return the CSS for (face, file name) pairs; addresses are relative to the sheet itself."""
    rules = []
    for face, file_name in cut_faces:
        rules.append(_rule(face, file_name, face.family))
        if face.family.startswith("Source Serif"):
            rules.append(_rule(face, file_name, face.family + CHINESE_SUFFIX, NOT_IN_CHINESE))
    rules += [_stand_in(*stand_in) for stand_in in STAND_INS]
    return "\n".join(rules) + "\n"


def sheet_name(css: str) -> str:
    return f"fonts.{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"


def _rule(face: Face, file_name: str, family: str, unicode_range: str = "") -> str:
    limit = f"unicode-range:{unicode_range};" if unicode_range else ""
    return (
        f'@font-face{{font-family:"{family}";src:url("{file_name}") format("woff2");'
        f"font-weight:{face.weight};font-style:{face.style};font-display:{face.display};{limit}}}"
    )


def _stand_in(local: str, size: str, ascent: str, descent: str) -> str:
    return (
        f'@font-face{{font-family:"Serif Stand-in {local}";src:local("{local}");'
        f"size-adjust:{size};ascent-override:{ascent};descent-override:{descent};line-gap-override:0%;}}"
    )
