"""Open event streams of this process: limited per reader, and closed when their session ends."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from weakref import WeakSet

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.common.errors import TooManyRequests
from community.common.network import client_network
from community.common.shared_poll import SharedPoll

MOST_OF_A_PERSON = 6
MOST_OF_A_NETWORK = 60
# Weak, because a response is dropped unread, and never closed, when its reader leaves before it begins.
_open: WeakSet[OpenStream] = WeakSet()


class TooManyStreams(TooManyRequests):
    """The reader already has the maximum number of open streams; this page polls instead."""

    default = _("Too many live pages are open. This one updates less often.")


@dataclass(eq=False)
class OpenStream:
    """One stream of a reader: an account, or the visitors of a network."""

    reader: str
    user_id: int | None = None
    session_key: str = ""
    session_hash: str = ""
    is_open: bool = field(default=True, init=False)

    def close(self) -> None:
        """Release the slot; idempotent."""
        if self.is_open:
            self.is_open = False
            _open.discard(self)


async def open_stream(request: HttpRequest) -> OpenStream:
    """Register a stream for the request's reader. Raises TooManyStreams."""
    user = await request.auser()
    if user.is_authenticated:
        most, key = MOST_OF_A_PERSON, request.session.session_key or ""
        stream = OpenStream(f"user:{user.pk}", user.pk, key, user.get_session_auth_hash())
    else:
        most, stream = MOST_OF_A_NETWORK, OpenStream(f"net:{client_network(request)}")
    if sum(other.reader == stream.reader for other in _open) >= most:
        raise TooManyStreams(retry_after=60)
    _open.add(stream)
    return stream


def ended_sessions(streams: Collection[OpenStream]) -> dict[OpenStream, bool]:
    """Return the streams whose session has ended: signed out, expired, deactivated, or after a password change."""
    members = [stream for stream in streams if stream.user_id is not None]
    keys = {stream.session_key for stream in members}
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    known = set(alive.values_list("session_key", flat=True))
    people = get_user_model()._default_manager.filter(pk__in={stream.user_id for stream in members}, is_active=True)
    hashes: dict[int | None, str] = {person.pk: person.get_session_auth_hash() for person in people}
    return {
        stream: True
        for stream in members
        if stream.session_key not in known or hashes.get(stream.user_id) != stream.session_hash
    }


_sessions: SharedPoll[OpenStream, bool] = SharedPoll(ended_sessions)


async def session_end(stream: OpenStream) -> None:
    """Return when the session of a stream ends; never for a visitor's."""
    if stream.user_id is None:
        await asyncio.get_running_loop().create_future()
    queue = _sessions.join(stream)
    try:
        await queue.get()
    finally:
        _sessions.leave(queue)
