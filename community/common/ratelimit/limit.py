"""A named rate limit."""

import math
import time
from dataclasses import dataclass
from operator import itemgetter

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext
from limits import RateLimitItem, parse

from community.common.errors import Message, TooManyRequests, Unavailable
from community.common.network import client_network
from community.common.pauses import pause_of
from community.common.ratelimit.store import SQLiteStorage, limiter, outages
from community.common.text import sentences

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Usage:
    """Remaining quota of the narrowest rate after a hit."""

    limit: int
    remaining: int


class Limit:
    """Limits how often one person, or one network of visitors, can perform an action.

    `rates` are like "5/minute" or "100/2 hours"; all apply. With `fails_closed` the action is rejected while the
    counters are unreachable; otherwise it proceeds uncounted, and asks for them again after a pause. `refusal` says
    what was done too often, before how long to wait.
    """

    def __init__(
        self, action: str, *rates: str, fails_closed: bool = False, refusal: Message = TooManyRequests.opening
    ) -> None:
        self.action = action
        self.items: tuple[RateLimitItem, ...] = tuple(parse(rate) for rate in rates)
        self.fails_closed = fails_closed
        self.refusal = refusal

    def hit(self, request: HttpRequest, cost: int = 1) -> Usage | None:
        """Count an action of the requester. Raises TooManyRequests, or Unavailable if it fails closed."""
        return self.hit_key(requester_key(request), cost)

    def hit_key(self, key: str, cost: int = 1) -> Usage | None:
        """Count one action of `key`."""
        pause = pause_of(f"limits {settings.RATELIMIT_STORAGE}")
        if pause.is_on and not self.fails_closed:
            return None
        try:
            return self._counted(key, cost)
        except outages() as error:
            if not isinstance(limiter().storage, SQLiteStorage):  # a lock of SQLite ends at once
                pause.begin()
            logger.warning("rate limit store is gone", action=self.action, error=str(error))
            if self.fails_closed:
                raise Unavailable from error
            return None

    def clear(self, key: str) -> None:
        """Reset the counters of `key`, for instance after a successful sign-in."""
        for item in self.items:
            limiter().clear(item, self.action, key)

    def _counted(self, key: str, cost: int) -> Usage:
        """Count; if it fails closed, once more, so that one slow answer sends nobody away who signs in."""
        try:
            return self._count(key, cost)
        except outages():
            if not self.fails_closed:
                raise
            return self._count(key, cost)

    def _count(self, key: str, cost: int) -> Usage:
        left = [(item.amount - self._add(item, key, cost), item) for item in self.items]
        refused = [item for remaining, item in left if remaining < 0]
        if refused:
            raise _too_many(self.refusal, max(self._reset_at(item, key) for item in refused))
        remaining, item = min(left, key=itemgetter(0))
        return Usage(limit=item.amount, remaining=remaining)

    def _add(self, item: RateLimitItem, key: str, cost: int) -> int:
        """Count, and return the count, as the limiter's `hit` does, which tells no more than whether it is too high."""
        return limiter().storage.incr(item.key_for(self.action, key), item.get_expiry(), amount=cost)

    def _reset_at(self, item: RateLimitItem, key: str) -> float:
        """Return the second of Unix time at which a rate begins anew."""
        return limiter().get_window_stats(item, self.action, key).reset_time


def requester_key(request: HttpRequest) -> str:
    """Return the key a request counts for: the signed-in person, else the network."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"net:{client_network(request)}"


def _too_many(refusal: Message, reset_at: float) -> TooManyRequests:
    seconds = max(1, math.ceil(reset_at - time.time()))
    minutes, hours = math.ceil(seconds / 60), math.ceil(seconds / 3600)
    if seconds < 100:
        wait = ngettext("Please wait %(n)d second.", "Please wait %(n)d seconds.", seconds) % {"n": seconds}
    elif minutes < 100:
        wait = ngettext("Please wait %(n)d minute.", "Please wait %(n)d minutes.", minutes) % {"n": minutes}
    else:
        wait = ngettext("Please wait %(n)d hour.", "Please wait %(n)d hours.", hours) % {"n": hours}
    return TooManyRequests(sentences(refusal, wait), retry_after=seconds)
