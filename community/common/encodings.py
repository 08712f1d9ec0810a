"""What a client accepts, by its Accept-Encoding header (RFC 9110, 12.5.3), and texts in that form."""

from __future__ import annotations

import io
import re

from zlib_ng import gzip_ng

MOST_CHARACTERS = 300
COMPRESS_LEVEL = 5  # of zlib-ng: the bytes of zlib's level 5 in three fifths of its time
PARAMETERS = re.compile(r"\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII | re.IGNORECASE)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether gzip is among the codings, by name or as `*`, with a quality above 0.

    False for a header that cannot be read or is very long: everybody can read an uncompressed page.
    """
    if len(accept_encoding) > MOST_CHARACTERS:
        return False
    qualities = dict(map(_quality, accept_encoding.lower().split(",")))
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0


def gzipped(text: bytes, name: str = "") -> bytes:
    """Return a text compressed. A file name lengthens its head, and is not kept by anybody who reads it."""
    packed = io.BytesIO()
    with gzip_ng.GzipNGFile(name, "wb", COMPRESS_LEVEL, packed, mtime=0) as file:
        file.write(text)
    return packed.getvalue()


def _quality(coding: str) -> tuple[str, float]:
    """Return the name and quality of one coding, 0 if its parameters cannot be read."""
    name, mark, parameters = coding.partition(";")
    found = PARAMETERS.fullmatch(mark + parameters)
    return name.strip(), float(found[1] or 1) if found else 0.0
