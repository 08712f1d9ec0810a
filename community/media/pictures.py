"""Re-encoding of uploaded pictures: nothing of the original file survives but its pixels.

The declared size is read from the header and checked before a single pixel is decoded.
"""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass
from time import thread_time

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, ImageSequence, UnidentifiedImageError

from community.media.errors import PictureRefused

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_PIXELS_IN_ALL = 50_000_000
MOST_FRAMES = 1000
MOST_SECONDS = 10.0  # of the processor, for an animation
MOST_STORED_BYTES = 2 * MOST_BYTES
WIDEST = 2400
RESIZED_AS_THEY_ARE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK"})
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    extension: str
    width: int
    height: int


def reencode(content: bytes, *, square: int = 0) -> Picture:
    """Decode and re-encode; with a side in pixels, as a still square cut from the middle.

    Raises PictureRefused with a message.
    """
    if len(content) > MOST_BYTES:
        raise PictureRefused(_("This picture is larger than 5 MB. Make it smaller and try again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _validate(image)
                picture = _encode_square(image, square) if square else _encode(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(_("This picture could not be read. Use a JPEG, PNG, GIF or WebP file.")) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PictureRefused(_("This picture is damaged. Save it again and retry.")) from error
    if len(picture.content) > MOST_STORED_BYTES:
        raise PictureRefused(
            _("This picture would be larger than {most} MB when stored. Make it smaller and try again.").format(
                most=MOST_STORED_BYTES >> 20
            )
        )
    return picture


def smaller(content: bytes, width: int) -> bytes:
    """Return a stored picture in this width as WebP; nothing if it moves, for a copy would not."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if getattr(image, "is_animated", False):
            return b""
        image.draft(None, (2 * width, 1))  # of both scales the smaller is taken: only the width limits it
        still = image.convert("RGBA" if _has_transparency(image) else "RGB")
        still.thumbnail((width, width * image.height))
        return _written(still, "WEBP", quality=82).content


def _validate(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        raise PictureRefused(
            _(
                "This picture has {pixels} million pixels; at most {most} million fit. Make it smaller and try again."
            ).format(pixels=round(pixels / 1e6), most=MOST_PIXELS // 1_000_000)
        )
    frames = getattr(image, "n_frames", 1)  # of a GIF counted, which decodes nothing
    if frames > MOST_FRAMES:
        raise PictureRefused(
            _("This animation has {frames} frames; the limit is {most}. Use fewer frames.").format(
                frames=frames, most=MOST_FRAMES
            )
        )
    if pixels * frames > MOST_PIXELS_IN_ALL:
        raise PictureRefused(
            _(
                "This animation has {frames} frames with {pixels} million pixels in total; "
                "the limit is {most} million. Use fewer or smaller frames."
            ).format(frames=frames, pixels=round(pixels * frames / 1e6), most=MOST_PIXELS_IN_ALL // 1_000_000)
        )


def _encode(image: Image.Image) -> Picture:
    if getattr(image, "is_animated", False):
        return _encode_animation(image)
    kind = "PNG" if image.format == "GIF" else str(image.format)
    _shrink(image)
    still = ImageOps.exif_transpose(image)
    still = still.convert("RGB" if kind == "JPEG" else "RGBA" if _has_transparency(still) else "RGB")
    still.thumbnail((WIDEST, WIDEST * 4))
    return _written(still, kind, **_options(kind))


def _encode_square(image: Image.Image, side: int) -> Picture:
    """Encode the first frame, without transparency: the text beside it may be on any colour."""
    _shrink(image)
    still = ImageOps.exif_transpose(image).convert("RGBA")
    cut = ImageOps.fit(still, (side, side))
    paper = Image.new("RGBA", cut.size, "white")
    paper.alpha_composite(cut)
    return _written(paper.convert("RGB"), "WEBP", quality=86)


def _shrink(image: Image.Image) -> None:
    """Decode directly to the stored size, before any copy: a JPEG is never decoded to its full size."""
    if image.mode not in RESIZED_AS_THEY_ARE:
        return
    is_turned = image.getexif().get(ExifTags.Base.Orientation, 1) >= 5
    most = (WIDEST * 4, WIDEST) if is_turned else (WIDEST, WIDEST * 4)
    share = min(most[0] / image.width, most[1] / image.height)
    if share < 1:
        image.draft(None, (math.ceil(image.width * share), math.ceil(image.height * share)))
    image.thumbnail(most)


def _encode_animation(image: Image.Image) -> Picture:
    """Encode frame by frame, so that one is in memory at a time. Metadata is dropped."""
    _limit_time(image)
    durations = [_duration(frame) for frame in ImageSequence.Iterator(image)]
    image.seek(0)
    image.info.pop("background", None)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", save_all=True, duration=durations, loop=0, quality=80, exif=b"", xmp=b"")
    return Picture(buffer.getvalue(), EXTENSIONS["WEBP"], image.width, image.height)


def _limit_time(image: Image.Image) -> None:
    """Refuse an animation at the first frame after MOST_SECONDS: its time depends on more than its pixels."""
    until, seek = thread_time() + MOST_SECONDS, image.seek

    def seek_in_time(frame: int) -> None:
        if thread_time() > until:
            raise PictureRefused(_("This animation takes too long to process. Use fewer or smaller frames."))
        seek(frame)

    image.seek = seek_in_time  # type: ignore[method-assign]


def _duration(frame: Image.Image) -> int:
    """Return the duration of a frame in milliseconds; WebP knows it only after decoding."""
    frame.load()
    return max(int(frame.info.get("duration", 100)), 20)


def _has_transparency(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _options(kind: str) -> dict[str, object]:
    if kind == "JPEG":
        return {"quality": 88, "optimize": True, "progressive": True}
    return {"optimize": True} if kind == "PNG" else {"quality": 86}


def _written(image: Image.Image, kind: str, **options: object) -> Picture:
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    buffer = io.BytesIO()
    clean.save(buffer, kind, **options)
    return Picture(buffer.getvalue(), EXTENSIONS[kind], image.width, image.height)
