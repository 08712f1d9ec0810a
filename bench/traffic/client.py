"""A small HTTP/1.1 client for load on keep-alive connections, of about 0.2 ms of processor time a request."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

LARGEST = 2**22  # bytes of a line or of headers
PATIENCE = 30.0  # seconds for an answer


class Call(NamedTuple):
    """A request. `kind` groups answers; `headers` are additional, as (name, value)."""

    kind: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    body: bytes = b""


class Answer(NamedTuple):
    """An answer, or status 0 if there was none. `seconds` is from the first byte sent to the last received."""

    kind: str
    status: int
    seconds: float
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return the first header of this name, or an empty string."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        wanted = name.lower().encode() + b":"
        lines = self.head.split(b"\r\n")
        return [line[len(wanted) :].strip().decode("latin-1") for line in lines if line.lower().startswith(wanted)]


class Connection:
    """One connection to a loopback port; it opens again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, call: Call) -> Answer:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                head, body = await self._exchange(call)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.close()
            return Answer(call.kind, 0, time.perf_counter() - began, repr(error).encode(), b"")
        seconds = time.perf_counter() - began
        answer = Answer(call.kind, int(head.split(b" ", 2)[1]), seconds, head, body)
        if answer.header("Connection").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, call: Call) -> tuple[bytes, bytes]:
        if self._reader is None or self._writer is None or self._reader.at_eof():  # closed while nobody asked
            self.close()
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LARGEST)
        self._writer.write(_request(call, self.port))
        head = await self._reader.readuntil(b"\r\n\r\n")
        return head, await _body(self._reader, head, call.method)


def _request(call: Call, port: int) -> bytes:
    lines = [f"{call.method} {call.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in call.headers]
    lines += [f"Content-Length: {len(call.body)}"] if call.method == "POST" else []
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + call.body


async def _body(reader: asyncio.StreamReader, head: bytes, method: str) -> bytes:
    status, low = head.split(b" ", 2)[1], head.lower()
    if method == "HEAD" or status in (b"204", b"304"):
        return b""
    if b"\r\ntransfer-encoding: chunked" in low:
        return await _chunks(reader)
    _, found, rest = low.partition(b"\r\ncontent-length:")
    return await reader.readexactly(int(rest.split(b"\r\n", 1)[0])) if found else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readline()
    return b"".join(parts)


async def send(
    port: int,
    next_call: Callable[[], Call],
    *,
    connections: int,
    seconds: float,
    rate: float = 0.0,
    heard: Callable[[Call, Answer], None] | None = None,
) -> list[Answer]:
    """Send calls for so long. Returns the answers, without their bodies.

    Each connection waits for its answer before the next call. With a `rate`, calls are due so many times a second
    whether or not earlier ones are answered, as calls of people who know nothing of each other are: one that finds
    every connection busy opens another, and an answer's time counts from when its call was due. `next_call` is asked
    when a call is sent; `heard` gets each answer whole.
    """
    answers: list[Answer] = []
    idle = deque(Connection(port) for _ in range(connections))
    began = time.perf_counter()
    until = began + seconds

    async def ask(due: float) -> None:
        connection = idle.popleft() if idle else Connection(port)
        late = time.perf_counter() - due
        call = next_call()
        answer = await connection.ask(call)
        idle.append(connection)
        if heard is not None:
            heard(call, answer)
        head = b"" if answer.status else answer.head
        answers.append(answer._replace(seconds=answer.seconds + late, head=head, body=b""))

    async def ask_again_and_again() -> None:
        while (now := time.perf_counter()) < until:
            await ask(now)

    async with asyncio.TaskGroup() as asking:
        for _ in range(0 if rate else connections):
            asking.create_task(ask_again_and_again())
        for number in range(round(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asking.create_task(ask(due))
    for connection in idle:
        connection.close()
    return answers


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of the values does not exceed; 0 for none."""
    if not sorted_values:
        return 0.0
    place = max(0, -(-len(sorted_values) * share // 1) - 1)
    return sorted_values[min(int(place), len(sorted_values) - 1)]
