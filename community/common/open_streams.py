"""Open event streams of this process: limited per reader, and closed when their session ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakSet

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.common.errors import TooManyRequests
from community.common.network import client_network
from community.common.shared_look import SharedLook

# A page that is not looked at closes its stream, so a person needs one for each window, and a few for runs that train.
MOST_OF_A_PERSON = 12
# A network may be a university: its visitors share this, its members have their own.
MOST_OF_A_NETWORK = 1_000
# Bounds the memory: a stream takes some 65 kB.
MOST_OF_A_PROCESS = 4_000
# Weak, because a response is dropped unread, and never closed, when its reader leaves before it begins.
_open: WeakSet[OpenStream] = WeakSet()


class TooManyStreams(TooManyRequests):
    """The reader or the process already has the maximum number of open streams; this page polls instead."""

    default = _("Too many live pages are open. This one updates less often.")


@dataclass(eq=False, slots=True, weakref_slot=True)
class OpenStream:
    """One stream of a reader: an account, or the visitors of a network."""

    reader: str
    user_id: int | None = None
    session_key: str = ""
    session_hash: str = ""
    token_id: int | None = None
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
        key = request.session.session_key or ""
        return _registered(OpenStream(f"user:{user.pk}", user.pk, key, user.get_session_auth_hash()))
    return _registered(OpenStream(f"net:{client_network(request)}"))


def open_stream_of_token(request: HttpRequest, token_id: int | None) -> OpenStream:
    """Register a stream for the reader of an API request, whom its token has named. Raises TooManyStreams."""
    if token_id is None:
        return _registered(OpenStream(f"net:{client_network(request)}"))
    return _registered(OpenStream(f"user:{request.user.pk}", request.user.pk, token_id=token_id))


def _registered(stream: OpenStream) -> OpenStream:
    most = MOST_OF_A_NETWORK if stream.user_id is None else MOST_OF_A_PERSON
    if len(_open) >= MOST_OF_A_PROCESS or sum(other.reader == stream.reader for other in _open) >= most:
        raise TooManyStreams(retry_after=60)
    _open.add(stream)
    return stream


def ended_sessions(streams: Collection[OpenStream]) -> dict[OpenStream, bool]:
    """Return the streams whose session has ended: signed out, expired, deactivated, or after a password change.

    A token's stream ends when the token may not be used any more.
    """
    by_token = [stream for stream in streams if stream.token_id is not None]
    usable = _usable_tokens({stream.token_id for stream in by_token if stream.token_id}) if by_token else set()
    over = {stream: True for stream in by_token if stream.token_id not in usable}
    return over | _without_session([s for s in streams if s.user_id is not None and s.token_id is None])


def _without_session(members: Collection[OpenStream]) -> dict[OpenStream, bool]:
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


def _no_token(token_ids: set[int]) -> set[int]:
    return set()


_usable_tokens: Callable[[set[int]], set[int]] = _no_token


def tokens_are_asked(usable: Callable[[set[int]], set[int]]) -> None:
    """Register the function that returns which of some tokens may still be used; the app with the tokens calls it."""
    global _usable_tokens
    _usable_tokens = usable


_sessions: SharedLook[OpenStream, bool] = SharedLook(ended_sessions, lambda stream: stream.user_id)


@contextmanager
def session_of(stream: OpenStream) -> Iterator[asyncio.Future[None]]:
    """Give a future that is done when the session of a stream ends; never for a visitor's."""
    over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    if stream.user_id is None:
        yield over
        return

    def end(_has_ended: bool) -> None:
        if not over.done():
            over.set_result(None)

    ticket = _sessions.join(stream, end)
    try:
        yield over
    finally:
        _sessions.leave(ticket)
