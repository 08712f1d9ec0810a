"""Frames between a web worker and its rendering child: four bytes of length, then JSON in ASCII."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

HEADER = struct.Struct(">I")
MOST_BYTES = 256 * 1024 * 1024


class ChildFailed(Exception):
    """The child is dead, too slow or sent an invalid response."""


def pack(message: dict[str, Any]) -> bytes:
    """Return a frame. ASCII JSON can carry every character, lone surrogates too."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    return HEADER.pack(len(body)) + body


def unpack(body: bytes) -> dict[str, Any]:
    return json.loads(body)


def read_frame(stream: BinaryIO) -> dict[str, Any] | None:
    """Read one frame from a blocking stream; None at its end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    body = stream.read(length)
    return unpack(body) if len(body) == length else None
