"""The messages between parent and child: one JSON object per line. The parent checks each as if the child were hostile.

The child receives one line, the job. It sends lines of these types:

    {"type": "ready"}                                            loaded, waiting for the job
    {"type": "progress", "points": [[epoch, step, {name: [one value per seed]}], ...], "epoch", "epochs", "eta",
     "states": [[epoch, [numbers of a seed or null, ...]], ...] or absent}
    {"type": "weights", "place": index of a seed, "part": base64}  as requested, before the result; see SeedWeights
    {"type": "result", "document": {...}, "steps": {...}|absent}
    {"type": "worked", "example": {...}} or {"type": "worked", "stop": {...}}
    {"type": "failed", "code": "memory|engine|internal", "message": "..."}

A line is read once its newline has arrived. Nothing is read after a result, a worked step or a failure.
"""

from __future__ import annotations

import json
import math
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, Never

from bpsandbox.document import LARGEST, Document, InvalidDocument, Stop, WorkedExample

Message = dict[str, Any]

MAX_MESSAGES = 5000
MAX_NAME = 64
MAX_MESSAGE = 2000
MAX_DIGITS = 20
"""Digits of an integer. Seeds have 19 at most."""
MAX_DEPTH = 24
"""Nested lists and objects. A kernel among the recorded weights is about ten deep."""
MAX_POINT = 40_000
"""Numbers in one recorded point: curves times seeds."""
MAX_COUNT = 1e15
"""Epochs, steps, seconds: a count that every reader can represent."""
MAX_STATES = 40_000
"""Numbers in the states of one message."""
MOST_PLACES = 256
"""Seeds of a run."""
TYPES = frozenset({"ready", "progress", "weights", "result", "worked", "failed"})
LAST = frozenset({"result", "worked", "failed"})


class ProtocolError(Exception):
    """The child sent an invalid message. `code` is "garbage" or "flood"."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Lines:
    """Split a stream of bytes into messages. Raises ProtocolError at the first invalid line."""

    def __init__(self, *, line_bytes: int, output_bytes: int) -> None:
        self.line_bytes = line_bytes
        self.left = output_bytes
        self.messages_left = MAX_MESSAGES
        self.rest = bytearray()

    def feed(self, chunk: bytes) -> Iterator[Message]:
        """Yield the messages that this chunk completes, in order. Messages before an invalid line count."""
        self.left -= len(chunk)
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            self.rest += end
            yield self.message()
        self.rest += rest
        self.refuse_flood()

    def message(self) -> Message:
        """Parse the completed line and start the next."""
        self.messages_left -= 1
        self.refuse_flood()
        line, self.rest = bytes(self.rest), bytearray()
        return read(line)

    def refuse_flood(self) -> None:
        if self.left < 0:
            raise ProtocolError("flood", "more output than a run may write")
        if self.messages_left < 0:
            raise ProtocolError("flood", "more messages than a run may send")
        if len(self.rest) > self.line_bytes:
            raise ProtocolError("flood", "a line longer than a message may be")


def read(line: bytes) -> Message:
    """Return the message in a line. Raises ProtocolError if it is not JSON or not a message of a known type.

    The document of a result becomes a Document. Every number in a message is finite, integers have at most MAX_DIGITS
    digits, and databases can store every text.
    """
    try:
        message = json.loads(line, parse_constant=refuse_constant, parse_float=finite_float, parse_int=short_integer)
        refuse_unstorable(message, line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("garbage", f"not a message: {line[:60]!r}") from error
    if not isinstance(message, dict) or not is_known(message.get("type")):
        raise ProtocolError("garbage", f"not a message: {line[:60]!r}")
    if not CHECKS[message["type"]](message):
        raise ProtocolError("garbage", f"a malformed {message['type']} message")
    if message["type"] == "result":
        message["document"] = document_of(message)
    if message["type"] == "weights":
        message["part"] = part_of(message)
    if message["type"] == "worked":
        message["worked"] = worked_of(message)
    return message


def document_of(message: Message) -> Document:
    """Return the document of a result. Raises ProtocolError with the path of an invalid part."""
    try:
        return Document.from_json(message["document"])
    except InvalidDocument as error:
        raise ProtocolError("garbage", f"a malformed result: {error}"[:MAX_MESSAGE]) from error


def worked_of(message: Message) -> WorkedExample | Stop:
    """Return the worked step of a message, or why the seed stopped before it. Raises ProtocolError."""
    try:
        if "stop" in message:
            return Stop.from_json(message["stop"])
        return WorkedExample.from_json(message["example"])
    except InvalidDocument as error:
        raise ProtocolError("garbage", f"a malformed worked step: {error}"[:MAX_MESSAGE]) from error


def part_of(message: Message) -> bytes:
    """Return the bytes in a message with weights. Raises ProtocolError."""
    try:
        return b64decode(message["part"], validate=True)
    except ValueError as error:
        raise ProtocolError("garbage", "weights that are not base64") from error


def encode(message: Message) -> bytes:
    """Return a message as a line. Raises ValueError for a number that JSON cannot represent."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def finite_float(text: str) -> float:
    """Read a decimal number. Raises ValueError for one like 1e999, which Python would read as infinity."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:MAX_DIGITS]} is not finite")
    return value


def short_integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("an integer with too many digits")
    return int(text)


def refuse_unstorable(message: Any, line: bytes) -> None:
    """Raise ValueError for text that a database refuses (NUL, a lone surrogate), or for too deep nesting."""
    has_escapes = b"\\u0000" in line or b"\\ud" in line.lower()
    level = [message]
    for _ in range(MAX_DEPTH):
        items = [item for container in level for item in members(container)]
        if has_escapes:
            refuse_text(item for item in items if isinstance(item, str))
        level = [item for item in items if isinstance(item, dict | list)]
        if not level:
            return
    raise ValueError("lists within lists too deep")


def members(value: Any) -> list[Any]:
    """Return the items of a list or an object, keys included."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def refuse_text(texts: Iterator[str]) -> None:
    for text in texts:
        text.encode()  # UnicodeEncodeError is a ValueError
        if "\0" in text:
            raise ValueError("text with a NUL")


def finite(values: list[Any]) -> list[Any]:
    """Return numbers as a document can have them: None if not finite, or too large."""
    return [float(value) if value is not None and -LARGEST < value < LARGEST else None for value in values]


def is_known(name: object) -> bool:
    return isinstance(name, str) and name in TYPES


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_count(value: object) -> bool:
    return is_number(value) and 0 <= value <= MAX_COUNT  # type: ignore[operator]


def is_progress(message: Message) -> bool:
    points = message.get("points")
    known = all(is_count(message.get(key)) for key in ("epoch", "epochs"))
    if not known or not (message.get("eta", "") is None or is_count(message.get("eta"))):
        return False
    return isinstance(points, list) and all(map(is_point, points)) and are_states(message.get("states", []))


def are_states(states: object) -> bool:
    if not isinstance(states, list) or not all(map(is_state, states)):
        return False
    return sum(len(row or ()) for _epoch, rows in states for row in rows) <= MAX_STATES


def is_state(state: object) -> bool:
    if not isinstance(state, list) or len(state) != 2 or not isinstance(state[0], int) or not is_count(state[0]):
        return False
    return isinstance(state[1], list) and all(row is None or is_row(row) for row in state[1])


def is_row(values: object) -> bool:
    return isinstance(values, list) and all(v is None or (is_number(v) and -LARGEST < v < LARGEST) for v in values)


def is_point(point: object) -> bool:
    if not isinstance(point, list) or len(point) != 3:
        return False
    epoch, step, values = point
    if not (is_count(epoch) and is_count(step) and isinstance(values, dict)):
        return False
    return all(map(is_series, values.items())) and sum(map(len, values.values())) <= MAX_POINT


def is_series(item: tuple[str, object]) -> bool:
    name, values = item
    return len(name) <= MAX_NAME and is_row(values)


def is_result(message: Message) -> bool:
    return isinstance(message.get("document"), dict) and isinstance(message.get("steps", {}), dict)


def is_worked(message: Message) -> bool:
    return isinstance(message.get("example"), dict) or isinstance(message.get("stop"), dict)


def is_weights(message: Message) -> bool:
    place = message.get("place")
    return type(place) is int and 0 <= place < MOST_PLACES and isinstance(message.get("part"), str)


def is_failure(message: Message) -> bool:
    text = message.get("message")
    return isinstance(message.get("code"), str) and isinstance(text, str) and len(text) <= MAX_MESSAGE


CHECKS = {
    "ready": lambda message: True,
    "progress": is_progress,
    "weights": is_weights,
    "result": is_result,
    "worked": is_worked,
    "failed": is_failure,
}
