"""One database poll every two seconds for all open streams of a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from django.db import Error

from community.common.connections import close_all

POLL_SECONDS = 2.0
logger = structlog.get_logger(__name__)
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="streams")


async def read_once[**P, T](query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a database read in the thread shared by all open streams; `sse.read` would start one per stream."""
    reading = partial(_then_close_all, query, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_reader, reading)


def _then_close_all[**P, T](query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return query(*args, **kwargs)
    finally:
        close_all()


class SharedPoll[K: Hashable, V]:
    """Passes the results of `look` to the streams that wait for them.

    `look` receives the subscribed keys and returns those with news. It runs in one thread, never concurrently.
    """

    def __init__(self, look: Callable[[Collection[K]], Mapping[K, V]]) -> None:
        self.look = look
        self.waiting: dict[asyncio.AbstractEventLoop, dict[asyncio.Queue[V], K]] = {}
        self.tasks: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}

    def join(self, key: K) -> asyncio.Queue[V]:
        """Return a queue that receives the news of a key. Call `leave` when done."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[V]()
        self._forget_closed_loops()
        self.waiting.setdefault(loop, {})[queue] = key
        if loop not in self.tasks or self.tasks[loop].done():
            self.tasks[loop] = loop.create_task(self._watch(loop))
        return queue

    def leave(self, queue: asyncio.Queue[V]) -> None:
        for queues in list(self.waiting.values()):
            queues.pop(queue, None)

    async def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        queues = self.waiting[loop]
        while queues:
            await asyncio.sleep(POLL_SECONDS)
            news = await read_once(self._news, set(queues.values()))
            for queue, key in list(queues.items()):
                if key in news:
                    queue.put_nowait(news[key])

    def _news(self, keys: set[K]) -> Mapping[K, V]:
        """Poll; return nothing while the database is unavailable."""
        try:
            return self.look(keys)
        except Error as error:
            logger.warning("no look at open streams", error=str(error))
            return {}

    def _forget_closed_loops(self) -> None:
        for loop in [loop for loop in self.waiting if loop.is_closed()]:
            self.waiting.pop(loop)
            self.tasks.pop(loop)
