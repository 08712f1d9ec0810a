"""Smaller copies of the site's own pictures, so that a phone does not load what a wide screen shows.

A copy has the address of its picture with its width: `/media/assets/….png` is 480 pixels wide at
`/media/assets/…-480.webp`. `community.media` makes it when it is asked for first.
"""

from __future__ import annotations

import re

WIDTHS = (480, 960)
SIZES = "auto, (max-width: 46rem) 100vw, 46rem"
"""How wide a picture is shown: as the browser finds out, and in those that do not know `auto` as a text is."""
_ASSET = re.compile(r"(/media/assets/[0-9a-f]{64})\.[a-z]{3,4}")


def srcset(address: str, width: int) -> str:
    """Return the copies of a picture, and it itself, for `srcset`; nothing if it is hardly wider than the smallest."""
    found = _ASSET.fullmatch(address)
    copies = [each for each in WIDTHS if each * 5 // 4 <= width]
    if found is None or not copies:
        return ""
    return ", ".join([*(f"{copy_of(address, each)} {each}w" for each in copies), f"{address} {width}w"])


def copy_of(address: str, width: int) -> str:
    return f"{address.rpartition('.')[0]}-{width}.webp"
