"""Follow a run while it trains.

A word on the topic of runs wakes each process that has followers; one small query then reads all runs that are followed
in it, however many followers each has. While nothing moves, nothing is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import Error, connections

from bpsandbox import lifecycle, wake
from bpsandbox.models import Run

TICK_SECONDS = 0.15
"""The shortest time between two looks."""
FOLLOWER_SECONDS = 0.04
"""Each follower of a process makes it longer: each asks for the page's part that it draws after each change."""
LONGEST_TICK_SECONDS = 10.0
POLL_SECONDS = 1.0
"""Time between two looks while no words arrive."""
LOOK_SECONDS = 30.0
"""Time between two looks while words arrive, in case one was lost."""
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
    """Looks once for all followers of one event loop."""

    def __init__(self) -> None:
        self.followers: dict[asyncio.Queue[Change], tuple[int, int]] = {}
        self.woken = asyncio.Event()
        self.hurried = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.task: asyncio.Task[None] | None = None

    def join(self, run_id: int, after: int) -> asyncio.Queue[Change]:
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self.followers[queue] = (run_id, after)
        self.hear({wake.EVERYTHING})
        if self.task is None or self.task.done():
            self.task = self.loop.create_task(self.ask())
        return queue

    def leave(self, queue: asyncio.Queue[Change]) -> None:
        self.followers.pop(queue, None)
        if not self.followers:
            self.hear({wake.EVERYTHING})

    def hear(self, words: set[str]) -> None:
        """Look soon if the words concern a followed run; at once if a run may have begun or ended."""
        if wake.EVERYTHING in words:
            self.hurried.set()
        if wake.EVERYTHING in words or any(str(run_id) in words for run_id, _ in self.followers.values()):
            self.woken.set()

    def hear_elsewhere(self, words: set[str]) -> None:
        """Pass on the words from the thread that hears them, unless the loop is closed by now."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.hear, words)

    async def ask(self) -> None:
        topic = wake.topic(wake.RUNS)
        topic.join(self.hear_elsewhere)
        try:
            while self.followers:
                self.woken.clear()
                self.hurried.clear()
                self.publish(await self.loop.run_in_executor(READERS, read, lowest_seen(self.followers.values())))
                await passed(self.hurried, self.tick)
                await passed(self.woken, LOOK_SECONDS if topic.is_heard else POLL_SECONDS)
        finally:
            topic.leave(self.hear_elsewhere)

    @property
    def tick(self) -> float:
        return min(max(TICK_SECONDS, FOLLOWER_SECONDS * len(self.followers)), LONGEST_TICK_SECONDS)

    def publish(self, changes: dict[int, Change]) -> None:
        for queue, (run_id, after) in list(self.followers.items()):
            change = changes.get(run_id)
            if change is not None and change.seq != after:
                self.followers[queue] = (run_id, change.seq)
                queue.put_nowait(change)


async def passed(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, for at most `seconds`."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def lowest_seen(followed: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return each run with the lowest sequence number that its followers have seen."""
    seen: dict[int, int] = {}
    for run_id, after in followed:
        seen[run_id] = min(after, seen.get(run_id, after))
    return seen


def read(seen: dict[int, int]) -> dict[int, Change]:
    """Read changes in the database thread, which keeps no connection; none while the database is unavailable."""
    try:
        return changes_since(seen)
    except Error:
        return {}
    finally:
        connections.close_all()


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
