"""Django's way in, for bodies of a size that some form of ours can have."""

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


class TooLongBody(io.BytesIO):
    """Stands for a body that was read to its end and not kept."""


class Application(ASGIHandler):
    """Keep at most REQUEST_MAX_BYTES of a body; upstream writes to the disk whatever anybody sends.

    The rest is read and thrown away, so that the sender gets to see the answer.
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
            return TooLongBody()
        kept.seek(0)
        return kept

    async def send_response(self, response: Any, send: Callable[[Mapping[str, Any]], Awaitable[None]]) -> None:
        """Send a response; an event stream keeps no thread while it is open."""
        if response.get("Content-Type", "").startswith("text/event-stream"):
            await release_thread()
        await super().send_response(response, send)

    def create_request(self, scope: Mapping[str, Any], body_file: Any):
        request, refusal = super().create_request(scope, body_file)
        if request is not None:
            request.is_too_large = isinstance(body_file, TooLongBody)  # type: ignore[attr-defined]
        return request, refusal
