"""Errors of `./run`: a message that says what to do."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ERROR_LINE = re.compile(r"(ERROR|error|[\w.]*(Error|Exception|Configured)): ")


class Stop(Exception):
    """Exit with this message on stderr and this exit status."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Turn disk errors into messages."""
    try:
        yield
    except OSError as error:
        sentence = disk_sentence(error.errno, place)
        if sentence is None:
            raise
        raise Stop(sentence) from error


def disk_sentence(number: int | None, place: Path) -> str | None:
    """Return advice for a full, read-only or forbidden disk, or None for other errors."""
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return full_sentence(place)
    if number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{place} cannot be written by this user; change its owner or set CHAINRULE_VAR to a folder of yours."
    if number in {errno.ENOTDIR, errno.EEXIST}:
        return f"{place} is not a folder; move that file away or set CHAINRULE_VAR to another place."
    return None


def full_sentence(place: Path) -> str:
    return (
        f"The disk that holds {place} is full ({free_megabytes(place)} MB free); "
        "free some space or set CHAINRULE_VAR to a folder on another disk."
    )


def failure_line(output: str) -> str:
    """Return the line of a program's output that explains the failure: a named error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    named = [line for line in lines if ERROR_LINE.match(line)]
    return (named or lines or ["no output"])[-1][:300]


def free_megabytes(place: Path) -> int:
    """Return the free space, in megabytes, of the disk for the folder."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return shutil.disk_usage(place).free // 2**20


def require_space(place: Path, megabytes: int) -> None:
    """Raise Stop if less space is free."""
    if free_megabytes(place) < megabytes:
        raise Stop(full_sentence(place))


def make_writable(place: Path) -> None:
    """Create the folder, private to its owner, and test that it is writable; raise Stop otherwise."""
    with writing_to(place):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = place / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"x" * 4096)
        finally:
            probe.unlink(missing_ok=True)
