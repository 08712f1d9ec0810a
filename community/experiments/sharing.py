"""The text of a config in an address: `?c=` with its bytes, deflated, in URL-safe base64."""

from __future__ import annotations

import base64
import binascii
import zlib

LONGEST_ADDRESS = 4000
LONGEST_TEXT = 65_536


class Unreadable(ValueError):
    """An address whose config is too long, cut off or changed."""


def packed(text: str) -> str:
    """Return a text for an address; empty if it would be longer than addresses may be."""
    squeezed = zlib.compress(text.encode(), 9, -15)
    code = base64.urlsafe_b64encode(squeezed).decode().rstrip("=")
    return code if len(code) <= LONGEST_ADDRESS else ""


def unpacked(code: str) -> str:
    """Return the text of an address. Raises Unreadable; never makes more than 64 KiB."""
    if len(code) > LONGEST_ADDRESS:
        raise Unreadable
    try:
        squeezed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        loose = zlib.decompressobj(-15)
        text = loose.decompress(squeezed, LONGEST_TEXT)
        if not loose.eof:
            raise Unreadable
        return text.decode()
    except (binascii.Error, zlib.error, UnicodeError, ValueError):
        raise Unreadable from None
