"""``move_media``: copy the pictures from a folder into the bucket that the settings name."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.media.models import Asset
from community.media.storage import StorageAway, store_once

BATCH = 200
TOGETHER = 8


class Command(BaseCommand):
    help = (
        "Copy every picture from a folder into the bucket, while the site runs. What is there already is left out, so "
        "that it can be stopped and called again. The folder is not changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="folder", default=str(settings.MEDIA_ROOT), help="the folder (default: %(default)s)"
        )

    def handle(self, *, folder: str, **options: Any) -> None:
        if isinstance(default_storage, FileSystemStorage):
            raise CommandError("Pictures are kept in a folder: set CHAINRULE_S3_BUCKET first (see docs/operating.md).")
        source, total, done = Path(folder), Asset.objects.values("sha256").distinct().count(), Counter[str]()
        with ThreadPoolExecutor(TOGETHER) as pool:
            for batch in batched(distinct_assets(), BATCH):
                try:
                    done.update(pool.map(lambda asset: self._copy(source, asset), batch))
                except StorageAway as error:
                    raise CommandError(f"The bucket does not answer ({error}). Call this command again.") from error
                self.stdout.write(f"{done.total()} of {total}")
        self.stdout.write(f"{done['copied']} copied, {done['there']} were there already.")
        if lost := done["missing"] + done["damaged"]:
            raise CommandError(f"{lost} pictures were not copied: they are missing or damaged in {folder}.")

    def _copy(self, source: Path, asset: Asset) -> str:
        if default_storage.exists(asset.path):
            return "there"
        try:
            content = (source / asset.path).read_bytes()
        except FileNotFoundError:
            self.stderr.write(f"missing: {asset.path}")
            return "missing"
        if hashlib.sha256(content).hexdigest() != asset.sha256:
            self.stderr.write(f"damaged: {asset.path}")
            return "damaged"
        store_once(asset.path, content)
        return "copied"


def distinct_assets() -> Iterator[Asset]:
    """Yield one asset of each file."""
    before = ""
    for asset in Asset.objects.order_by("sha256", "pk").only("sha256", "extension").iterator(chunk_size=BATCH):
        if asset.sha256 != before:
            yield asset
        before = asset.sha256
