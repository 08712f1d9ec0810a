"""Follow a run while it trains.

One small query per tick reads all runs that are followed in this process, however many followers each has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import Error, connections

from bpsandbox import lifecycle
from bpsandbox.models import Run

TICK_SECONDS = 0.15
READERS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bpsandbox-live")


@dataclass(frozen=True)
class Change:
    """A change of a run. `progress` has all its points so far, `new_points` those since the last change."""

    run_id: int
    seq: int
    state: str
    progress: dict[str, Any] | None = None
    new_points: tuple[Any, ...] = ()
    starts_again: bool = False

    @property
    def is_last(self) -> bool:
        return self.state not in lifecycle.ACTIVE


def changes_since(seen: dict[int, int]) -> dict[int, Change]:
    """Return the runs that changed since the sequence numbers seen. A run that was deleted has state "gone"."""
    rows = Run.objects.filter(pk__in=seen).values_list("pk", "progress_seq", "state")
    now = {pk: (seq, state) for pk, seq, state in rows}
    moved = [pk for pk, (seq, _) in now.items() if seq != seen[pk]]
    progress = dict(Run.objects.filter(pk__in=moved).values_list("pk", "progress")) if moved else {}
    changes = {pk: Change(pk, now[pk][0], now[pk][1], progress.get(pk)) for pk in moved}
    return changes | {pk: Change(pk, seen[pk] + 1, "gone") for pk in seen.keys() - now.keys()}


def progress(run_id: int, after: int = -1) -> Change | None:
    """Return the progress of a run; None when it has not changed since sequence number `after`."""
    return changes_since({run_id: after}).get(run_id)


class Hub:
    """Polls once for all followers of one event loop."""

    def __init__(self) -> None:
        self.followers: dict[asyncio.Queue[Change], tuple[int, int]] = {}
        self.task: asyncio.Task[None] | None = None

    def join(self, run_id: int, after: int) -> asyncio.Queue[Change]:
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self.followers[queue] = (run_id, after)
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self.ask())
        return queue

    def leave(self, queue: asyncio.Queue[Change]) -> None:
        self.followers.pop(queue, None)

    async def ask(self) -> None:
        loop = asyncio.get_running_loop()
        while self.followers:
            seen = lowest_seen(self.followers.values())
            changes = await loop.run_in_executor(READERS, read, seen)
            self.publish(changes)
            await asyncio.sleep(TICK_SECONDS)
        await loop.run_in_executor(READERS, connections.close_all)

    def publish(self, changes: dict[int, Change]) -> None:
        for queue, (run_id, after) in list(self.followers.items()):
            change = changes.get(run_id)
            if change is not None and change.seq != after:
                self.followers[queue] = (run_id, change.seq)
                queue.put_nowait(change)


def lowest_seen(followed: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return each run with the lowest sequence number that its followers have seen."""
    seen: dict[int, int] = {}
    for run_id, after in followed:
        seen[run_id] = min(after, seen.get(run_id, after))
    return seen


def read(seen: dict[int, int]) -> dict[int, Change]:
    """Read changes in the database thread; none while the database is unavailable."""
    try:
        return changes_since(seen)
    except Error:
        connections.close_all()
        return {}


hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    for other in [known for known in hubs if known.is_closed()]:
        del hubs[other]
    return hubs.setdefault(loop, Hub())


async def events(run_id: int, after: int = -1) -> AsyncIterator[Change]:
    """Yield the changes of a run until it ends. The present state comes first unless `after` is its sequence number."""
    ours = hub()
    queue = ours.join(run_id, after)
    last_step: float = -1
    attempt: int | None = None
    try:
        while True:
            change = await queue.get()
            change, last_step, attempt = with_new_points(change, last_step, attempt)
            yield change
            if change.is_last:
                return
    finally:
        ours.leave(queue)


def with_new_points(change: Change, last_step: float, attempt: int | None) -> tuple[Change, float, int | None]:
    """Return a change with the points that are new to this follower. A new attempt begins without points."""
    snapshot = change.progress or {}
    points = snapshot.get("points", [])
    starts_again = attempt is not None and snapshot.get("attempt", attempt) != attempt
    if starts_again:
        last_step = -1
    news = tuple(point for point in points if point[1] > last_step)
    new = Change(change.run_id, change.seq, change.state, change.progress, news, starts_again)
    return new, (points[-1][1] if points else last_step), snapshot.get("attempt", attempt)
