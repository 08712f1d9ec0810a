"""A limit for visitors behind one address: what they share, and a few that each of them is sure of."""

from collections.abc import Callable, Sequence

from django.http import HttpRequest

from community.common.errors import Message, TooManyRequests
from community.common.ratelimit.limit import Limit, Usage, requester_key


class SharedLimit:
    """Limits an action by person; visitors of one network share those of a person.

    Once they are used up, each visitor still has the `sure` ones, so that the first of a class cannot take all. `spare`
    are the sure ones of a network together, because a browser without cookies is a new visitor each time. `visitor`
    names the visitor of a request; of one without a name only what is shared is left. `refusal` is what visitors are
    told.
    """

    def __init__(
        self,
        action: str,
        *rates: str,
        sure: Sequence[str],
        spare: Sequence[str],
        visitor: Callable[[HttpRequest], str],
        refusal: Message,
    ) -> None:
        self.own = Limit(action, *rates)
        self.shared = Limit(action, *rates, refusal=refusal)
        self.sure = Limit(f"{action}-sure", *sure, refusal=refusal)
        self.spare = Limit(f"{action}-spare", *spare, refusal=refusal)
        self.visitor = visitor

    def hit(self, request: HttpRequest, cost: int = 1) -> Usage | None:
        """Count an action of the requester. Raises TooManyRequests."""
        key = requester_key(request)
        if key.startswith("user:"):
            return self.own.hit_key(key, cost)
        is_sure = self._is_sure(self.visitor(request), cost)
        try:
            return self.shared.hit_key(key, cost)
        except TooManyRequests:
            if not is_sure:
                raise
        return self.spare.hit_key(key, cost)

    def _is_sure(self, visitor: str, cost: int) -> bool:
        """Count an action of a visitor, also of those that are shared; return whether it is one of the sure ones."""
        try:
            if visitor:
                self.sure.hit_key(f"visitor:{visitor}", cost)
        except TooManyRequests:
            return False
        return bool(visitor)
