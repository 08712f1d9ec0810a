from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Invalid, NoRoom, Unavailable

__all__ = ["DecoderBusy", "NoRoom", "PictureRefused"]


class PictureRefused(Invalid):
    """A file that is no picture, too large, or made to hurt the decoder."""


class DecoderBusy(Unavailable):
    """Other pictures are being decoded; trying again helps."""

    default = _("The server is busy with other pictures. Try again in a few seconds.")
