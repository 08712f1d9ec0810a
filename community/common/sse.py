"""Server-sent events from an async generator.

    async def run_events(request, hash):
        run = await read(selectors.run_for, request.user, hash)     # a query, its connection given back
        async def events():
            while True:
                yield Event({"epoch": …}, event="progress", id="42")
                await asyncio.sleep(0.2)
        return event_stream(events(), await open_stream(request))

A stream ends by itself after about `MAX_SECONDS`; the browser comes back with `Last-Event-ID`
(`request.headers.get("Last-Event-ID")`). Each stream is told how long to wait before that, so that the readers of a
server that was restarted do not all come back in the same second.
"""

import asyncio
import json
import random
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

from community.common.connections import then_close_all
from community.common.open_streams import OpenStream, session_of

HEARTBEAT_SECONDS = 25.0
MAX_SECONDS = 7_200.0
RETRY_MS = (2_000, 20_000)
HEARTBEAT = b": still here\n\n"


@dataclass(frozen=True)
class Event:
    """One event; data other than text is sent as JSON."""

    data: Any = ""
    event: str = ""
    id: str = ""

    def encode(self) -> bytes:
        text = self.data if isinstance(self.data, str) else json.dumps(self.data, ensure_ascii=False)
        lines = [f"event: {self.event}"] if self.event else []
        lines += [f"id: {self.id}"] if self.id else []
        lines += [f"data: {line}" for line in text.splitlines() or [""]]
        return ("\n".join(lines) + "\n\n").encode()


def event_stream(
    events: AsyncIterator[Event],
    stream: OpenStream,
    *,
    heartbeat: float = HEARTBEAT_SECONDS,
    max_seconds: float = MAX_SECONDS,
) -> StreamingHttpResponse:
    """Return a response that streams the events, with a comment after `heartbeat` seconds of silence.

    It ends when the reader's session does.
    """
    sent = _encoded(events, stream, heartbeat, max_seconds)
    response = StreamingHttpResponse(sent, content_type="text/event-stream; charset=utf-8")
    response._resource_closers.append(stream.close)  # type: ignore[attr-defined]  # if nothing of it is ever read
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def read[**P, T](query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a database read in a thread and return its connection, so that an open stream holds none."""
    return await sync_to_async(partial(then_close_all, query, *args, **kwargs), thread_sensitive=True)()


async def _encoded(
    events: AsyncIterator[Event], stream: OpenStream, heartbeat: float, max_seconds: float
) -> AsyncIterator[bytes]:
    ends_at = asyncio.get_running_loop().time() + max_seconds * random.uniform(0.8, 1)
    waiting: asyncio.Task | None = None
    before = f"retry: {random.randint(*RETRY_MS)}\n\n".encode()
    with session_of(stream) as over:
        async with aclosing(events):  # type: ignore[type-var]
            try:
                while (left := ends_at - asyncio.get_running_loop().time()) > 0:
                    waiting = waiting or asyncio.ensure_future(anext(events, None))
                    await asyncio.wait({waiting, over}, timeout=min(heartbeat, left), return_when=FIRST_COMPLETED)
                    if over.done():
                        return
                    if not waiting.done():
                        yield before + HEARTBEAT
                    elif (event := waiting.result()) is None:
                        return
                    else:
                        waiting = None
                        yield before + event.encode()
                    before = b""
            finally:
                stream.close()
                over.cancel()
                if waiting is not None:
                    waiting.cancel()
                    await asyncio.wait({waiting})
