from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Invalid, NoRoom, Unavailable

__all__ = ["DecoderBusy", "NoRoom", "PictureRefused"]


class PictureRefused(Invalid):
    """The file is not a picture, too large, or a decompression bomb."""


class DecoderBusy(Unavailable):
    """Other pictures are being decoded; the request can be retried."""

    default = _("The server is busy with other pictures. Try again in a few seconds.")
