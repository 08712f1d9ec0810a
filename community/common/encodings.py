"""What a client accepts, by its Accept-Encoding header (RFC 9110, 12.5.3)."""

from __future__ import annotations

import re

MOST_CHARACTERS = 300
PARAMETERS = re.compile(r"\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII | re.IGNORECASE)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether gzip is among the codings, by name or as `*`, with a quality above 0.

    False for a header that cannot be read or is very long: everybody can read an uncompressed page.
    """
    if len(accept_encoding) > MOST_CHARACTERS:
        return False
    qualities = dict(map(_quality, accept_encoding.lower().split(",")))
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0


def _quality(coding: str) -> tuple[str, float]:
    """Return the name and quality of one coding, 0 if its parameters cannot be read."""
    name, mark, parameters = coding.partition(";")
    found = PARAMETERS.fullmatch(mark + parameters)
    return name.strip(), float(found[1] or 1) if found else 0.0
