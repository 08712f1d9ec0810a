"""Progress of an active run for its followers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from django.http import HttpRequest

from bpsandbox import api
from community.common.sse import Event
from community.content.querysets import Reader


def followed_run(spec_hash: str, run_id: int | None, *, user: Reader, owner_key: str) -> api.Card:
    """Return the run a page follows: a given one of a spec, else the one its card shows.

    Raises RunNotFound if the spec is not visible to this person.
    """
    if run_id is not None:
        return api.run_by_id(run_id, user, owner_key, spec_hash=spec_hash)
    shown = api.card_states([spec_hash], user, owner_key).get(spec_hash)
    if shown is None:
        raise api.RunNotFound
    return shown


async def events(card: api.Card, after: int = -1) -> AsyncIterator[Event]:
    """Yield a counter on each change; the page then requests what it draws."""
    if not card.is_active or card.run_id is None:
        yield Event(_told(card.state), event="end", id=str(card.seq))
        return
    async with aclosing(api.events(card.run_id, after)) as changes:  # type: ignore[type-var]  # it is a generator
        async for change in changes:
            kind = "end" if change.is_last else "progress"
            yield Event(_told(change.state, change.progress), event=kind, id=str(change.seq))


def _told(state: str, progress: dict[str, Any] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = {"state": state}
    if progress:
        told |= {name: progress.get(name) for name in ("epoch", "epochs", "eta")}
    return told


def last_seen(request: HttpRequest) -> int:
    """Return the number of the last event that a client has, -1 for none."""
    seen = request.headers.get("Last-Event-ID", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1
