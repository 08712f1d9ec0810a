"""ASGI application with a limit on request bodies."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler

from community.common.connections import release_thread


class OversizedBody(io.BytesIO):
    """Placeholder for a body that was read but exceeded the limit."""


class Application(ASGIHandler):
    """ASGI handler that keeps at most REQUEST_MAX_BYTES of a body; Django would spool any size to disk.

    The rest is read and discarded, so that the client can receive the response.
    """

    async def read_body(self, receive: Callable[[], Awaitable[Mapping[str, Any]]]):
        kept: Any = tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, mode="w+b")  # noqa: SIM115
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                kept.close()
                raise RequestAborted
            piece, more = message.get("body", b""), message.get("more_body", False)
            size += len(piece)
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

    async def send_response(self, response: Any, send: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        """Send a response; an event stream holds no thread while it is open."""
        if response.get("Content-Type", "").startswith("text/event-stream"):
            await release_thread()
        await super().send_response(response, send)

    def create_request(self, scope: Mapping[str, Any], body_file: Any):
        request, refusal = super().create_request(scope, body_file)
        if request is not None:
            request.is_too_large = isinstance(body_file, OversizedBody)  # type: ignore[attr-defined]
        return request, refusal
