"""Uploaded pictures, before and after re-encoding."""

import io
import itertools
import struct
import zlib

import pytest
from PIL import Image, ImageFile, ImageSequence

from community.media import pictures
from community.media.errors import PictureRefused
from community.media.pictures import MOST_BYTES, MOST_FRAMES, MOST_STORED_BYTES, reencode


def encoded(kind="PNG", size=(4, 3), mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else None).save(buffer, kind, **options)
    return buffer.getvalue()


def png_that_claims(width, height):
    """Return a PNG of a few bytes whose header declares `width` x `height` pixels."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 40_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("kind", "extension"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png")])
def test_a_picture_is_made_anew(kind, extension):
    picture = reencode(encoded(kind))
    assert (picture.extension, picture.width, picture.height) == (extension, 4, 3)
    assert Image.open(io.BytesIO(picture.content)).size == (4, 3)


def test_metadata_does_not_survive():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    content = encoded("JPEG", exif=exif, comment=b"SecretComment")
    assert b"SecretCamera" in content and b"SecretComment" in content
    remade = reencode(content).content
    assert b"Secret" not in remade and not Image.open(io.BytesIO(remade)).getexif()


def test_what_hides_behind_a_picture_does_not_survive():
    assert b"<script" not in reencode(encoded("PNG") + b"<script>alert(1)</script>").content


def test_the_way_up_is_kept_though_its_tag_goes():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert reencode(encoded("JPEG", size=(40, 20), exif=exif)).width == 20


def test_a_moving_picture_keeps_its_frames():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=100)
    remade = reencode(buffer.getvalue())
    assert remade.extension == "webp" and Image.open(io.BytesIO(remade.content)).n_frames == 3


def test_a_moving_picture_loses_its_metadata_and_keeps_its_times():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=[50, 300, 5], exif=exif)
    assert b"SecretCamera" in buffer.getvalue()
    remade = reencode(buffer.getvalue()).content
    assert b"SecretCamera" not in remade
    times = [frame.info["duration"] for frame in ImageSequence.Iterator(Image.open(io.BytesIO(remade))) if frame.load()]
    assert times == [50, 300, 20]


def test_a_large_jpeg_is_decoded_to_the_size_that_is_stored(monkeypatch):
    sizes = []
    prepare = ImageFile.ImageFile.load_prepare
    monkeypatch.setattr(ImageFile.ImageFile, "load_prepare", lambda self: (sizes.append(self.size), prepare(self)))
    exif = Image.Exif()
    exif[0x0112] = 6
    assert (reencode(encoded("JPEG", size=(9600, 40))).width, sizes.pop()) == (2400, (2400, 10))
    assert (reencode(encoded("JPEG", size=(40, 9600), exif=exif)).width, sizes.pop()) == (2400, (10, 2400))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4", encoded("BMP"), encoded("TIFF")],
    ids=["empty", "text", "svg", "pdf", "bmp", "tiff"],
)
def test_another_type_is_refused_with_what_to_do(content):
    with pytest.raises(PictureRefused, match="Use a JPEG, PNG, GIF or WebP file"):
        reencode(content)


def test_a_damaged_picture_is_refused():
    with pytest.raises(PictureRefused, match=r"damaged|not a picture"):
        reencode(encoded("JPEG", size=(200, 200))[:300])


def test_a_huge_picture_in_a_small_file_is_refused_before_it_is_decoded():
    bomb = png_that_claims(20_000, 20_000)
    assert len(bomb) < 40_000
    with pytest.raises(PictureRefused, match=r"400 million pixels|could not be read"):
        reencode(bomb)


def test_too_many_frames_are_refused():
    frames = [Image.new("P", (1000, 1000), i) for i in range(60)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=20)
    with pytest.raises(PictureRefused) as refused:
        reencode(buffer.getvalue())
    assert str(refused.value) == (
        "This animation has 60 frames with 60 million pixels in total; the limit is 50 million. "
        "Use fewer or smaller frames."
    )


def test_more_than_five_megabytes_are_refused():
    with pytest.raises(PictureRefused, match="larger than 5 MB"):
        reencode(b"\0" * (MOST_BYTES + 1))


def gif_of(frames):
    """Return a GIF of so many frames of one pixel, 15 bytes each."""
    frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b";"


def test_more_frames_than_fit_are_refused_before_any_is_decoded(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_FRAMES", 20)
    monkeypatch.setattr(ImageFile.ImageFile, "load_prepare", lambda self: pytest.fail("decoded"))
    with pytest.raises(PictureRefused) as refused:
        reencode(gif_of(21))
    assert str(refused.value) == "This animation has 21 frames; the limit is 20. Use fewer frames."


def test_as_many_frames_as_fit_are_kept():
    remade = reencode(gif_of(MOST_FRAMES)).content
    assert Image.open(io.BytesIO(remade)).n_frames >= 1
    assert len(remade) < MOST_STORED_BYTES


def test_an_animation_that_takes_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "thread_time", itertools.count(0, pictures.MOST_SECONDS / 12).__next__)
    with pytest.raises(PictureRefused, match="takes too long to process"):
        reencode(gif_of(8))
    assert reencode(gif_of(2)).extension == "webp"


@pytest.mark.parametrize("content", [gif_of(3), encoded("PNG")], ids=["animation", "still"])
def test_a_picture_that_grows_too_large_is_refused(monkeypatch, content):
    monkeypatch.setattr(pictures, "MOST_STORED_BYTES", 10)
    with pytest.raises(PictureRefused, match="would be larger than"):
        reencode(content)
