from __future__ import annotations

from community.common.errors import Invalid, Unavailable


class PictureRefused(Invalid):
    """A file that is no picture, too large, or made to hurt the decoder."""


class NoRoom(Unavailable):
    """The disk is full."""
