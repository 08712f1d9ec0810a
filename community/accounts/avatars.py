"""Generated avatars: a disc in a colour derived from the account, with the first letter of the name."""

import hashlib
import math
import unicodedata
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

HUES = 24
LIGHTNESS, CHROMA = 0.55, 0.105  # OKLCH; white text has a contrast ratio of at least 4.5 on every hue


def avatar_svg(name: str, key: str, size: int = 64) -> SafeString:
    """Draw an avatar as SVG. `name` gives the letter, `key` the colour; the result is deterministic."""
    letter = initial(name) or initial(key) or "·"
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="avatar" width="{size}" height="{size}" viewBox="0 0 64 64" '
        'aria-hidden="true" focusable="false"><circle cx="32" cy="32" r="32" fill="{fill}"/>'
        '<text x="32" y="32" dy=".35em" text-anchor="middle" fill="#fff" '
        'font-family="system-ui, sans-serif" font-weight="600" font-size="{letter_size}">{letter}</text></svg>',
        size=size,
        fill=colour(key),
        letter_size=28 if is_wide(letter) else 30,
        letter=letter,
    )


@lru_cache(maxsize=4096)
def version(name: str, key: str) -> str:
    """Return a short token that changes when the picture does."""
    return hashlib.sha256(avatar_svg(name, key).encode()).hexdigest()[:10]


def initial(name: str) -> str:
    """Return the first Han character (the surname), else the first letter or digit in upper case."""
    letters = [index for index, char in enumerate(name) if unicodedata.category(char)[0] in "LN"]
    if not letters:
        return ""
    first = next((index for index in letters if is_wide(name[index])), letters[0])
    end = first + 1
    while end < len(name) and unicodedata.category(name[end])[0] == "M":
        end += 1
    letter = unicodedata.normalize("NFC", name[first:end])
    return letter.upper() if len(letter.upper()) == len(letter) else letter


def is_wide(char: str) -> bool:
    """Return whether the character fills a square: Han, kana and hangul."""
    return unicodedata.east_asian_width(char[:1]) in {"W", "F"}


def colour(key: str) -> str:
    """Return the colour for a key as `#rrggbb`."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    return _hex(LIGHTNESS, CHROMA, digest[0] % HUES * 360 / HUES)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """Convert OKLCH to sRGB by the matrices of Björn Ottosson, https://bottosson.github.io/posts/oklab/."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{_channel(value):02x}" for value in linear)


def _channel(linear: float) -> int:
    clipped = min(1.0, max(0.0, linear))
    gamma = 12.92 * clipped if clipped <= 0.0031308 else 1.055 * clipped ** (1 / 2.4) - 0.055
    return round(255 * gamma)
