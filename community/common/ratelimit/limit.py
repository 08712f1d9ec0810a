"""One named limit."""

import math
import time
from dataclasses import dataclass

import structlog
from django.http import HttpRequest
from django.utils.translation import ngettext
from limits import RateLimitItem, parse

from community.common.errors import TooManyRequests, Unavailable
from community.common.network import client_network
from community.common.ratelimit.store import StoreGone, limiter

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Usage:
    """What is left of the narrowest rate after a hit; `reset_at` is in seconds since 1970."""

    limit: int
    remaining: int
    reset_at: float


class Limit:
    """At most so many hits of one action by one person, or by one network of visitors.

    `rates` are like "5/minute" or "100/2 hours"; all must hold. With `fails_closed` the action is refused
    while the counters cannot be reached; otherwise it goes on uncounted.
    """

    def __init__(self, action: str, *rates: str, fails_closed: bool = False) -> None:
        self.action = action
        self.items: tuple[RateLimitItem, ...] = tuple(parse(rate) for rate in rates)
        self.fails_closed = fails_closed

    def hit(self, request: HttpRequest) -> Usage | None:
        """Count one act of who sent the request. Raises TooManyRequests, or Unavailable when it fails closed."""
        return self.hit_key(requester_key(request))

    def hit_key(self, key: str, cost: int = 1) -> Usage | None:
        """Count one act of `key`."""
        try:
            return self._count(key, cost)
        except StoreGone as error:
            logger.warning("rate limit store is gone", action=self.action, error=str(error))
            if self.fails_closed:
                raise Unavailable from error
            return None

    def clear(self, key: str) -> None:
        """Forget what `key` did, for instance after it signed in well."""
        for item in self.items:
            limiter().clear(item, self.action, key)

    def _count(self, key: str, cost: int) -> Usage:
        refused = [item for item in self.items if not limiter().hit(item, self.action, key, cost=cost)]
        if refused:
            raise _too_many(max(self._usage(item, key).reset_at for item in refused))
        return min((self._usage(item, key) for item in self.items), key=lambda usage: usage.remaining)

    def _usage(self, item: RateLimitItem, key: str) -> Usage:
        window = limiter().get_window_stats(item, self.action, key)
        return Usage(limit=item.amount, remaining=window.remaining, reset_at=window.reset_time)


def requester_key(request: HttpRequest) -> str:
    """Return whom a request counts for: the person who is signed in, else the network."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"net:{client_network(request)}"


def _too_many(reset_at: float) -> TooManyRequests:
    seconds = max(1, math.ceil(reset_at - time.time()))
    minutes = math.ceil(seconds / 60)
    if seconds < 100:
        wait = ngettext("Please wait %(n)d second.", "Please wait %(n)d seconds.", seconds) % {"n": seconds}
    else:
        wait = ngettext("Please wait %(n)d minute.", "Please wait %(n)d minutes.", minutes) % {"n": minutes}
    return TooManyRequests(f"{TooManyRequests.opening} {wait}", retry_after=seconds)
