"""A stranger's picture in, a picture of ours out: nothing of the original file survives but its pixels.

The declared size is read from the header and judged before a single pixel is decoded.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from community.media.errors import PictureRefused

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_PIXELS_IN_ALL = 50_000_000
WIDEST = 2400
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    extension: str
    width: int
    height: int


def remake(content: bytes) -> Picture:
    """Decode and encode anew. Raises PictureRefused with a sentence for the person."""
    if len(content) > MOST_BYTES:
        raise PictureRefused(_("This picture is larger than 5 MB. Make it smaller and try again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                _judge(image)
                return _encode(image)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(_("This is not a picture we can read. Use a JPEG, PNG, GIF or WebP file.")) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PictureRefused(_("This picture is damaged. Save it again and try once more.")) from error


def _judge(image: Image.Image) -> None:
    pixels = image.width * image.height
    frames = getattr(image, "n_frames", 1) if pixels <= MOST_PIXELS else 1
    if pixels > MOST_PIXELS or pixels * frames > MOST_PIXELS_IN_ALL:
        raise PictureRefused(
            _(
                "This picture has {pixels} million pixels; at most {most} million fit. Make it smaller and try again."
            ).format(pixels=round(pixels * frames / 1e6), most=MOST_PIXELS // 1_000_000)
        )


def _encode(image: Image.Image) -> Picture:
    if getattr(image, "is_animated", False):
        return _encode_animation(image)
    still = ImageOps.exif_transpose(image)
    kind = "PNG" if image.format == "GIF" else str(image.format)
    still = still.convert("RGB" if kind == "JPEG" else "RGBA" if _is_see_through(still) else "RGB")
    still.thumbnail((WIDEST, WIDEST * 4))
    return _written(still, kind, **_options(kind))


def _encode_animation(image: Image.Image) -> Picture:
    durations, frames = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(max(int(frame.info.get("duration", 100)), 20))
        frames.append(frame.convert("RGBA"))
    options = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": 0, "quality": 80}
    return _written(frames[0], "WEBP", **options)


def _is_see_through(image: Image.Image) -> bool:
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
