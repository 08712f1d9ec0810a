"""A folder into which a mail server delivers (a maildir), read by the job workers of its machine.

A message is in `new` until what it asks for is committed; then it moves to `cur`. A worker that is killed in between
does it again, which changes nothing. What fails waits, twice as long each time, and is in `cur` without a mark in the
end.
"""

from __future__ import annotations

import os
import re
import time
from heapq import nsmallest
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection

from community.notifications.inbound.door import receive
from community.notifications.inbound.messages import READ_BYTES

logger = structlog.get_logger(__name__)

BATCH = 20
BATCH_SECONDS = 5.0
"""Other jobs wait for no more than this and one message."""
AGAIN_AFTER = 300.0
ATTEMPTS = 8
KEPT_SECONDS = 7 * 24 * 3600.0
FORGET_EVERY = 3600
_TRIED = re.compile(r",again=(\d)$")


def take_in() -> int:
    """Take in the messages that wait, the oldest first, and return how many were done.

    A folder or a file that may not be read or moved is logged, and holds up nothing else.
    """
    folder = _folder()
    if folder is None:
        return 0
    try:
        _forget_old(folder / "cur")
        names = _waiting(folder / "new")
    except OSError:
        logger.exception("the folder of email that comes in cannot be read")
        return 0
    began, done = time.monotonic(), 0
    for name in names:
        done += _take_or_log(folder, name)
        if time.monotonic() - began > BATCH_SECONDS:
            break
    return done


def _folder() -> Path | None:
    """Return the folder, made if it can be made; None without one."""
    if not settings.MAIL_FOLDER_IN:
        return None
    folder = Path(settings.MAIL_FOLDER_IN)
    try:
        for name in ("tmp", "new", "cur"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return folder


def _waiting(new: Path) -> list[str]:
    now = time.time()
    with os.scandir(new) as entries:
        names = (each.name for each in entries if each.is_file(follow_symlinks=False) and _is_due(each, now))
        return nsmallest(BATCH, names)


def _is_due(entry: os.DirEntry[str], now: float) -> bool:
    """Return whether a message is to be tried now. One that failed is dated with when it is tried again."""
    if entry.name.startswith("."):
        return False
    try:
        return _TRIED.search(entry.name) is None or entry.stat(follow_symlinks=False).st_mtime <= now
    except FileNotFoundError:  # another worker was faster
        return False


def _take_or_log(folder: Path, name: str) -> int:
    try:
        return _take(folder, name)
    except OSError:
        logger.exception("an email that came in cannot be moved", message=name)
        return 0


def _take(folder: Path, name: str) -> int:
    path = folder / "new" / name
    try:
        with path.open("rb") as file:
            raw = file.read(READ_BYTES + 1)
        receive(raw)
    except FileNotFoundError:  # another worker was faster
        return 0
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError) and not connection.is_usable():
            raise  # the database is away: nothing is wrong with the message
        logger.exception("an email that came in was not read", message=name)
        _wait(folder, name)
        return 0
    _move(path, folder / "cur" / f"{name}:2,S")
    return 1


def _wait(folder: Path, name: str) -> None:
    found = _TRIED.search(name)
    tried = int(found[1]) if found else 0
    path = folder / "new" / name
    if tried >= ATTEMPTS:
        _move(path, folder / "cur" / f"{name}:2,")
        return
    at = time.time() + AGAIN_AFTER * 2**tried
    try:
        os.utime(path, (at, at))
    except FileNotFoundError:
        return
    _move(path, folder / "new" / f"{_TRIED.sub('', name)},again={tried + 1}")


def _move(path: Path, to: Path) -> None:
    try:
        path.rename(to)
    except FileNotFoundError:
        logger.info("another worker took the email too", message=path.name)


def _forget_old(cur: Path) -> None:
    """Delete what was done a week ago, once an hour: it has the texts of people."""
    if not cache.add("incoming-mail", 1, FORGET_EVERY):
        return
    before = time.time() - KEPT_SECONDS
    with os.scandir(cur) as entries:
        old = [each.path for each in entries if each.is_file(follow_symlinks=False) and _is_older(each, before)]
    for path in old:
        Path(path).unlink(missing_ok=True)


def _is_older(entry: os.DirEntry[str], before: float) -> bool:
    try:
        return entry.stat(follow_symlinks=False).st_mtime < before
    except FileNotFoundError:
        return False
