"""Who asks: a bearer token, or nobody where reading is public."""

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

READS = Limit("api-read", "600/minute")
WRITES = Limit("api-write", "60/minute")
WRONG_TOKENS = Limit("api-wrong-token", "30/minute")
VISITOR_READS = Limit("api-visitor", "120/minute")
SAFE = ("GET", "HEAD", "OPTIONS")
SEEN_EVERY = timedelta(minutes=5)


class ApiRequest(HttpRequest):
    """A request behind a token, for the type checker. `submission` belongs to its idempotency key, if it has one."""

    user: User
    auth: Token
    submission: UUID | None


class Bearer(HttpBearer):
    """A token whose owner becomes `request.user`. Writing needs the scope `write`. Counts against its limits.

    A wrong one counts for its network, and good ones of the same network go on working.
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
    """Reading what is public needs no token; a token that is sent must be a good one."""

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


def _mark_used(token: Token) -> None:
    """Written rarely, so that reading does not write."""
    if token.last_used_at is None or timezone.now() - token.last_used_at > SEEN_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
