"""ASGI application: pages in a few threads of the process, event streams on the event loop, a limit on bodies."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from contextvars import ContextVar, copy_context
from functools import partial
from http import HTTPStatus
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import HttpResponseBase
from django.urls import Resolver404, set_script_prefix

from community.common import afterwards
from community.common.connections import release_thread
from community.common.middleware import public_files
from community.common.page_cache.shortcut import kept_answer
from community.common.routing import Routed, match

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[Mapping[str, Any]]]
type Send = Callable[[Mapping[str, Any]], Awaitable[None]]


MARK = "waits_for_nothing"
STREAMS_BEGIN = 2
"""Streams that begin at the same time. Each has a thread and a connection of its own until it has begun; the readers of
a server that was restarted come back by the hundred, and pages need both meanwhile."""
PATIENCE = 0.25  # seconds, after which a page waits for something and no longer counts
FILES = (settings.STATIC_URL, *public_files.PREFIXES)
"""What is read rather than made: it needs a thread, but waits for no page."""
FILES_RUN = 2
"""Files that are read at the same time, beside pages: one that is not there is a page that says so, and whoever asks
for many would have every thread and all connections."""
BODY_SECONDS, BODY_BYTES = 60, 16_384
"""So much of a body has to come in each minute, until it ends."""
_turn: ContextVar[AsyncExitStack] = ContextVar("turn")


def at_once[View: Callable[..., Any]](view: View) -> View:
    """Mark a view that reads no file, session or database: it is answered even if every thread is busy."""
    setattr(view, MARK, True)
    return view


class TooSlow(Exception):
    """The body of a request comes too slowly, or not at all."""


class OversizedBody(io.BytesIO):
    """Placeholder for a body that was read but exceeded the limit."""


class Places:
    """A few places for those who run; one who holds a place for long gives it to the next and goes on."""

    def __init__(self, count: int, patience: float) -> None:
        self.patience, self.free = patience, asyncio.Semaphore(count)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        await self.free.acquire()
        given_back = ExitStack()
        given_back.callback(self.free.release)
        timer = asyncio.get_running_loop().call_later(self.patience, given_back.close)
        try:
            yield
        finally:
            timer.cancel()
            given_back.close()


class Pages(Routed, BaseHandler):
    """The middleware and views in synchronous form; one call answers one request in the calling thread."""

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware(is_async=False)

    def answer(self, scope: Scope, request: ASGIRequest) -> HttpResponseBase:
        """Return the response. Closed already, unless it streams: its content is in memory."""
        signals.request_started.send(sender=type(self), scope=scope)
        response = self.get_response(request)
        response._handler_class = type(self)  # type: ignore[attr-defined]
        if response.streaming:
            close_old_connections()
        else:
            response.close()
        return response


class Application(Routed, ASGIHandler):
    """ASGI handler that answers pages in a fixed number of threads.

    Django starts a thread for each request and switches to it several times. Here a request is one job of a thread that
    keeps its database connection; only asynchronous views, which hold no thread while they stream, take Django's way. A
    page that is kept for all visitors is sent at once.

    Of a body it keeps at most REQUEST_MAX_BYTES; Django would spool any size to disk. The rest is read and discarded,
    so that the client can receive the response. One that comes too slowly is given up: what has come would take memory,
    or the disk, for as long as the client likes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.pages = Pages()
        self.turns = asyncio.Semaphore(STREAMS_BEGIN)
        self.places, self.files = Places(settings.PAGES_RUN, PATIENCE), Places(FILES_RUN, PATIENCE)
        self.threads = ThreadPoolExecutor(settings.PAGE_THREADS, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
        elif (kept := kept_answer(scope)) is not None:
            status, headers, body = kept
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            try:
                await self.send_made(scope, receive, send)
            except TooSlow:
                await send({"type": "http.response.start", "status": HTTPStatus.REQUEST_TIMEOUT, "headers": []})
                await send({"type": "http.response.body"})

    async def send_made(self, scope: Scope, receive: Receive, send: Send) -> None:
        if iscoroutinefunction(view := _view(scope)):
            async with AsyncExitStack() as turn:
                _turn.set(turn)
                await super().__call__(scope, receive, send)
        else:
            await self.send_page(view, scope, receive, send)

    async def send_page(self, view: Callable[..., Any] | None, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with closing(body):
            set_script_prefix(get_script_prefix(scope))
            request, response = self.create_request(scope, body)
            if request is not None:
                response = await self.answer(view, scope, request)
            try:
                await super().send_response(response, send)
            finally:
                if response.streaming:
                    await sync_to_async(response.close)()
                if afterwards.is_waiting():
                    self.threads.submit(afterwards.run)

    async def answer(self, view: Callable[..., Any] | None, scope: Scope, request: ASGIRequest) -> HttpResponseBase:
        """Make a page, in a thread unless its view waits for nothing."""
        if getattr(view, MARK, False):
            return self.pages.answer(scope, request)
        job = partial(copy_context().run, self.pages.answer, scope, request)
        places = self.files if request.path_info.startswith(FILES) else self.places
        async with places.place():
            return await asyncio.get_running_loop().run_in_executor(self.threads, job)

    async def read_body(self, receive: Receive):
        """Read the body, of which a sender may take its time; a stream has its turn to begin after that."""
        body = await self._received(receive)
        if turn := _turn.get(None):
            await turn.enter_async_context(self.turns)
        return body

    async def _received(self, receive: Receive):
        kept: Any = tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, mode="w+b")  # noqa: SIM115
        size, more, now = 0, True, asyncio.get_running_loop().time
        enough, until = BODY_BYTES, now() + BODY_SECONDS
        while more:
            try:
                message = await asyncio.wait_for(receive(), until - now())
            except TimeoutError as error:
                kept.close()
                raise TooSlow from error
            if message["type"] == "http.disconnect":
                kept.close()
                raise RequestAborted
            piece, more = message.get("body", b""), message.get("more_body", False)
            size += len(piece)
            if size >= enough:
                enough, until = size + BODY_BYTES, now() + BODY_SECONDS
            if size > settings.REQUEST_MAX_BYTES:
                kept.close()
            elif size > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
                await sync_to_async(kept.write, thread_sensitive=False)(piece)
            else:
                kept.write(piece)
        if kept.closed:
            return OversizedBody()
        kept.seek(0)
        return kept

    async def send_response(self, response: Any, send: Send) -> None:
        """Send the response of an asynchronous view, which holds no thread while it streams."""
        await release_thread()
        await _turn.get().aclose()
        await super().send_response(response, send)

    def create_request(self, scope: Mapping[str, Any], body_file: Any):
        request, refusal = super().create_request(scope, body_file)
        if request is not None:
            request.is_too_large = isinstance(body_file, OversizedBody)  # type: ignore[attr-defined]
        return request, refusal


def _view(scope: Scope) -> Callable[..., Any] | None:
    try:
        return match(scope["path"].removeprefix(get_script_prefix(scope))).func
    except Resolver404:
        return None
