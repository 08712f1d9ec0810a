"""What parent and child say to each other: one JSON object a line, read as if the child were hostile.

To the child goes one line, the job. Back come lines of these types:

    {"type": "ready"}                                            loaded, waiting for the job
    {"type": "progress", "points": [[epoch, step, {name: [one a seed]}], ...], "epoch", "epochs", "eta"}
    {"type": "result", "document": {...}, "steps": {...}|absent}
    {"type": "failed", "code": "memory|engine|internal", "message": "..."}

A line counts when its newline has arrived. After a result or a failure nothing more is read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Never

Message = dict[str, Any]

MAX_MESSAGES = 5000
MAX_NAME = 64
MAX_MESSAGE = 2000
TYPES = frozenset({"ready", "progress", "result", "failed"})
LAST = frozenset({"result", "failed"})


class ProtocolError(Exception):
    """The child said something that is no message. `code` is "garbage" or "flood"."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Lines:
    """Cut a stream of bytes into messages. Raises ProtocolError on the first that is none."""

    def __init__(self, *, line_bytes: int, output_bytes: int) -> None:
        self.line_bytes = line_bytes
        self.left = output_bytes
        self.messages_left = MAX_MESSAGES
        self.rest = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Yield the messages completed by this chunk, in order: those before a bad one count."""
        self.left -= len(chunk)
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self.rest += end
            yield self.message()
        self.rest += rest
        self.refuse_flood()

    def message(self) -> Message:
        """Take the finished line out and return what it says."""
        self.messages_left -= 1
        self.refuse_flood()
        line, self.rest = bytes(self.rest), bytearray()
        return read(line)

    def refuse_flood(self) -> None:
        if self.left < 0:
            raise ProtocolError("flood", "more output than a run may write")
        if self.messages_left < 0:
            raise ProtocolError("flood", "more messages than a run has to say")
        if len(self.rest) > self.line_bytes:
            raise ProtocolError("flood", "a line longer than a message may be")


def read(line: bytes) -> Message:
    """Return the message in a line. Raises ProtocolError when there is none or its parts are wrong."""
    try:
        message = json.loads(line, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("garbage", f"not a message: {line[:60]!r}") from error
    if not isinstance(message, dict) or message.get("type") not in TYPES:
        raise ProtocolError("garbage", f"not a message: {line[:60]!r}")
    if not CHECKS[message["type"]](message):
        raise ProtocolError("garbage", f"a malformed {message['type']} message")
    return message


def encode(message: Message) -> bytes:
    """Return a message as its line. Raises ValueError on a number that JSON does not have."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def finite(values: list[Any]) -> list[Any]:
    """Return numbers as JSON can hold them: what is not finite becomes None."""
    return [None if value is None or not math.isfinite(value) else float(value) for value in values]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: object) -> bool:
    return is_number(value) and value >= 0  # type: ignore[operator]


def is_progress(message: Message) -> bool:
    points = message.get("points")
    known = all(is_count(message.get(key)) for key in ("epoch", "epochs"))
    eta = message.get("eta")
    if not known or not (eta is None or is_count(eta)):
        return False
    return isinstance(points, list) and all(map(is_point, points))


def is_point(point: object) -> bool:
    if not isinstance(point, list) or len(point) != 3:
        return False
    epoch, step, values = point
    return is_count(epoch) and is_count(step) and isinstance(values, dict) and all(map(is_series, values.items()))


def is_series(item: tuple[str, object]) -> bool:
    name, values = item
    return len(name) <= MAX_NAME and isinstance(values, list) and all(v is None or is_number(v) for v in values)


def is_result(message: Message) -> bool:
    document = message.get("document")
    if not isinstance(document, dict) or not isinstance(message.get("steps", {}), dict):
        return False
    lists = all(isinstance(document.get(key), list) for key in ("seeds", "epochs", "steps", "stop"))
    return lists and isinstance(document.get("curves"), dict) and isinstance(document.get("final"), dict)


def is_failure(message: Message) -> bool:
    text = message.get("message")
    return isinstance(message.get("code"), str) and isinstance(text, str) and len(text) <= MAX_MESSAGE


CHECKS = {"ready": lambda message: True, "progress": is_progress, "result": is_result, "failed": is_failure}
