"""The @font-face stylesheet, stored beside the font files and named by content hash too."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from community.common.fonts.faces import Face

# Curly quotes, dashes and dots are full-width in Chinese text and must come from the Chinese font.
NOT_IN_CHINESE = "U+20-B6, U+B8-2013, U+2015-2017, U+2020-2025, U+2027-FFFF"
CHINESE_SUFFIX = " Han"
# What a stand-in may give in Chinese text: Latin letters, digits and signs.
LATIN_IN_CHINESE = "U+20-B6,U+B8-24F"


@dataclass(frozen=True, slots=True)
class StandIn:
    """Fallback @font-face for system fonts; `faces` with the same metrics share a rule."""

    family: str
    faces: tuple[str, ...]
    size: str
    ascent: str
    descent: str
    weight: str = "400"


# Metric-compatible fallbacks shown until the serif is loaded, so that the layout does not shift.
STAND_INS = (
    StandIn("Georgia", ("Georgia",), "96.5%", "107%", "35%"),
    StandIn("Times New Roman", ("Times New Roman", "Liberation Serif"), "111.7%", "92.7%", "30%"),
    StandIn("Times New Roman", ("Times New Roman Bold", "Liberation Serif Bold"), "106.5%", "97.3%", "31.5%", "600"),
    StandIn("DejaVu Serif", ("DejaVu Serif",), "86.6%", "119.6%", "38.7%"),
    StandIn("DejaVu Serif", ("DejaVu Serif Bold",), "79.5%", "130.3%", "42.1%", "600"),
)


def stylesheet(cut_faces: Iterable[tuple[Face, str]]) -> str:
    """Return the CSS for (face, file name) pairs; URLs are relative to the stylesheet."""
    rules = []
    for face, file_name in cut_faces:
        rules.append(_rule(face, file_name, face.family, _ranges(face.keeps) if face.is_part else ""))
        if face.family.startswith("Source Serif"):
            rules.append(_rule(face, file_name, face.family + CHINESE_SUFFIX, NOT_IN_CHINESE))
    rules += [_stand_in(stand_in) for stand_in in STAND_INS]
    rules += [_stand_in(stand_in, CHINESE_SUFFIX, f"unicode-range:{LATIN_IN_CHINESE};") for stand_in in STAND_INS]
    return "\n".join(rules) + "\n"


def sheet_name(css: str) -> str:
    return f"fonts.{hashlib.sha256(css.encode()).hexdigest()[:12]}.css"


def _rule(face: Face, file_name: str, family: str, unicode_range: str = "") -> str:
    limit = f"unicode-range:{unicode_range};" if unicode_range else ""
    return (
        f'@font-face{{font-family:"{family}";src:url("{file_name}") format("woff2");'
        f"font-weight:{face.weight};font-style:{face.style};font-display:{face.display};{limit}}}"
    )


def _ranges(points: frozenset[int]) -> str:
    """Return code points as the value of `unicode-range`."""
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and point == ranges[-1][1] + 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ",".join(f"U+{first:X}" + (f"-{last:X}" if last > first else "") for first, last in ranges)


def _stand_in(stand_in: StandIn, suffix: str = "", limit: str = "") -> str:
    sources = ",".join(f'local("{face}")' for face in stand_in.faces)
    return (
        f'@font-face{{font-family:"Serif Stand-in {stand_in.family}{suffix}";src:{sources};'
        f"font-weight:{stand_in.weight};"
        f"size-adjust:{stand_in.size};ascent-override:{stand_in.ascent};descent-override:{stand_in.descent};"
        f"line-gap-override:0%;{limit}}}"
    )
