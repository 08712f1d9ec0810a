"""Pictures in S3-compatible storage, for several hosts. Imported only where the settings name a bucket.

The bucket is private. The site serves the pictures, at the same addresses and with the same headers as from a folder.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from community.media.storage import StorageAway, WrittenOnce

logger = structlog.get_logger(__name__)

CONNECT_SECONDS = 1
READ_SECONDS = 4
ATTEMPTS = 2
MOST_READERS = 4
READER_PATIENCE_SECONDS = 1.0
PAUSE_SECONDS = 5.0
MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class Bucket(WrittenOnce, S3Storage):
    """A bucket with short timeouts; every failure but a missing file is StorageAway.

    Two threads that wait for a store which does not answer are two that make no pages. So few may read at once in a
    process, and after a failure reads are refused for `PAUSE_SECONDS` without asking.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": self.addressing_style or "auto"},
            # Most other makes of S3 know no trailing checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._lock = threading.Lock()
        self._client: Any = None
        self._readers = threading.BoundedSemaphore(MOST_READERS)
        self._away_until = 0.0

    @property
    def client(self) -> Any:
        """Return the client of this process. Upstream makes one for each thread, 60 ms of processor time."""
        with self._lock:
            if self._client is None:
                self._client = self._create_session().client(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                )
        return self._client

    def exists(self, name: str) -> bool:
        try:
            with _translated():
                self.client.head_object(**self._place(name))
        except FileNotFoundError:
            return False
        return True

    def check(self) -> None:
        """Ask for the bucket. Raises StorageAway, with the reason."""
        try:
            with _translated():
                self.client.head_bucket(Bucket=self.bucket_name)
        except FileNotFoundError as error:
            raise StorageAway(f"there is no bucket {self.bucket_name}") from error

    def _open(self, name: str, mode: str = "rb") -> File:
        with self._turn(), self._pausing(), _translated():
            return ContentFile(self.client.get_object(**self._place(name))["Body"].read(), name)

    def _save(self, name: str, content: File) -> str:
        with _translated():
            self.client.put_object(
                **self._place(name), Body=content.read(), ContentType=self._get_write_parameters(name)["ContentType"]
            )
        return name

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait to be one of the few who read. Raises StorageAway if that takes long, or during a pause."""
        self._refuse_in_pause()
        with self._pausing():
            if not self._readers.acquire(timeout=READER_PATIENCE_SECONDS):
                raise StorageAway("it answers too slowly")
        try:
            self._refuse_in_pause()
            yield
        finally:
            self._readers.release()

    @contextmanager
    def _pausing(self) -> Iterator[None]:
        """Begin a pause after a failure."""
        try:
            yield
        except StorageAway as error:
            self._away_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("the store of the pictures is away", error=str(error))
            raise

    def _refuse_in_pause(self) -> None:
        if time.monotonic() < self._away_until:
            raise StorageAway("it did not answer a moment ago")

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the errors of the client into those of a file."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in MISSING:
            raise FileNotFoundError(str(error)) from error
        raise StorageAway(str(error)) from error
    except (BotoCoreError, OSError) as error:
        raise StorageAway(str(error)) from error
