"""Invariants of pictures."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage

from community.common import invariants
from community.media.models import Asset


def register() -> None:
    invariants.register("every picture has its file", _without_file)


def _without_file() -> Iterator[str | None]:
    """Ask the store for each file once. Raises StorageAway."""
    pictures = Asset.objects.order_by("sha256", "pk").only("sha256", "extension", "size")
    before = ""
    for asset in pictures.iterator():
        if asset.path == before:
            continue
        before = asset.path
        yield None if default_storage.exists(asset.path) else f"{asset.path} is not in the store of the pictures"
