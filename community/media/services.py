from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import PurePath

from django.db import transaction

from community.accounts.models import User
from community.accounts.policies import refuse_unconfirmed
from community.accounts.services import choose_picture
from community.media import decoding
from community.media.errors import PictureNotSaved
from community.media.models import Asset
from community.media.pictures import Picture, reencode, smaller
from community.media.storage import read, store_once

RETRY_SECONDS = 10
AVATAR_SIDE = 256  # pixels; the largest is shown at 88


def add_picture(*, owner: User, content: bytes, name: str = "", square: int = 0) -> Asset:
    """Store a person's picture, cut to a `square` of so many pixels if wanted; a repeated one is one asset.

    Raises EmailUnconfirmed, PictureRefused, DecoderBusy, PictureNotSaved.
    """
    refuse_unconfirmed(owner)
    with decoding.exclusive():
        picture = reencode(content, square=square)
    digest = hashlib.sha256(picture.content).hexdigest()
    asset = Asset(
        owner=owner,
        sha256=digest,
        extension=picture.extension,
        width=picture.width,
        height=picture.height,
        size=len(picture.content),
        name=_caption(name),
    )
    _store(asset, picture)
    return _row(asset)


def smaller_copy(asset_path: str, width: int) -> bytes:
    """Return the copy of a stored picture in this width, which is made and stored when it is asked for first.

    Nothing if the picture moves, which is stored too. Raises DecoderBusy, FileNotFoundError, StorageAway.
    """
    path = f"{asset_path.rpartition('.')[0]}-{width}.webp"
    try:
        return read(path)
    except FileNotFoundError:
        with decoding.exclusive():
            content = smaller(read(asset_path), width)
    with suppress(OSError):  # then it is made again
        store_once(path, content)
    return content


def set_avatar(*, owner: User, content: bytes, name: str = "") -> Asset:
    """Make a picture the person's avatar. Raises what `add_picture` does."""
    asset = add_picture(owner=owner, content=content, name=name, square=AVATAR_SIDE)
    choose_picture(person=owner, picture=f"{asset.sha256}.{asset.extension}")
    return asset


def _caption(name: str) -> str:
    """Return the file name without extension and Markdown syntax."""
    stem = PurePath(name.replace("\\", "/")).stem
    return "".join(c for c in stem if c.isalnum() or c in " -_.,")[:120].strip()


def _store(asset: Asset, picture: Picture) -> None:
    try:
        store_once(asset.path, picture.content)
    except OSError as error:
        raise PictureNotSaved(retry_after=RETRY_SECONDS) from error


@transaction.atomic
def _row(asset: Asset) -> Asset:
    fields = {f: getattr(asset, f) for f in ("extension", "width", "height", "size", "name")}
    return Asset.objects.get_or_create(owner=asset.owner, sha256=asset.sha256, defaults=fields)[0]
