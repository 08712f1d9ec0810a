"""API authentication: a bearer token, or none for public reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from community.accounts.models import User
from community.api.errors import InvalidToken, ScopeMissing
from community.api.models import Token, digest_of
from community.common.network import client_network
from community.common.ratelimit import Limit
from community.common.sse import read

READS = Limit("api-read", "600/minute")
WRITES = Limit("api-write", "60/minute")
WRONG_TOKENS = Limit("api-wrong-token", "30/minute")
VISITOR_READS = Limit("api-visitor", "120/minute")
SAFE = ("GET", "HEAD", "OPTIONS")
SEEN_EVERY = timedelta(minutes=5)


class ApiRequest(HttpRequest):
    """An authenticated API request, for type checking. `submission` comes from its idempotency key, if any."""

    user: User
    auth: Token
    submission: UUID | None


class Bearer(HttpBearer):
    """Bearer token authentication; sets `request.user` to the owner. Writes require the scope `write`.

    Requests count against the token's rate limits. Invalid tokens count against their network, without blocking valid
    tokens.
    """

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        found = Token.objects.usable().select_related("owner").filter(digest=digest_of(token)).first()
        if found is None:
            WRONG_TOKENS.hit_key(f"net:{client_network(request)}")
            raise InvalidToken
        limit = READS if request.method in SAFE else WRITES
        limit.hit_key(f"token:{found.pk}")
        if request.method not in SAFE and not found.may_write:
            raise ScopeMissing
        request.user = found.owner
        _mark_used(found)
        return found


class BearerOrVisitor(Bearer):
    """Optional bearer token for public reads; a token that is sent must be valid."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.headers.get("Authorization"):
            return self._member(request)
        VISITOR_READS.hit(request)
        request.user = AnonymousUser()
        return request.user

    def _member(self, request: HttpRequest) -> Token:
        token = super().__call__(request)
        if token is None:
            raise InvalidToken
        return token


class BearerOrVisitorOfStream(BearerOrVisitor):
    """The same for an asynchronous operation, whose open stream keeps no database connection."""

    async def __call__(self, request: HttpRequest) -> Any:
        return await read(super().__call__, request)


def _mark_used(token: Token) -> None:
    """Update the last-used time only when it is outdated, to avoid a write on every read."""
    if token.last_used_at is None or timezone.now() - token.last_used_at > SEEN_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
