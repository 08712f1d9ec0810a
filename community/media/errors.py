from __future__ import annotations

from community.common.errors import Invalid, NoRoom

__all__ = ["NoRoom", "PictureRefused"]


class PictureRefused(Invalid):
    """A file that is no picture, too large, or made to hurt the decoder."""
