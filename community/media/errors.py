from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from community.common.errors import Invalid, Unavailable

__all__ = ["DecoderBusy", "PictureNotSaved", "PictureRefused"]


class PictureRefused(Invalid):
    """The file is not a picture, too large, or a decompression bomb."""


class PictureNotSaved(Unavailable):
    """The store of the pictures is away, or full."""

    default = _("The picture could not be saved. Your text is safe; try again later.")


class DecoderBusy(Unavailable):
    """Other pictures are being decoded; the request can be retried."""

    default = _("The server is busy with other pictures. Try again in a few seconds.")
