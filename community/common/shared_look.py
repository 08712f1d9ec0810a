"""One look into the database for all open streams of a process, when there is news for one of their readers.

    tell(user.pk)                           # after the commit: this person has news, or their session has ended
    tell("thread:5")                        # … this thread has news

Processes tell each other through the channel of `PEOPLE_TOPIC`. A word may be lost, so each process also looks by
itself: rarely while words arrive, more often while the channel is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from typing import Protocol

import structlog
from django.conf import settings
from django.db import Error, transaction
from django.utils.module_loading import import_string

from community.common.connections import then_close_all

LOOK_SECONDS = 60.0
"""Time between two looks while words arrive."""
POLL_SECONDS = 5.0
"""Time between two looks while none do."""
GATHER_SECONDS = 0.2
"""The shortest time between two looks: what is said meanwhile is looked at together."""
EVERYBODY = "*"
MOST_WORDS = 400
logger = structlog.get_logger(__name__)
_reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="streams")


class Topic(Protocol):
    """Both ends of a channel between processes; `bpsandbox.wake` has it."""

    is_heard: bool

    def say(self, *words: str) -> None: ...
    def join(self, hear: Callable[[set[str]], None]) -> None: ...
    def leave(self, hear: Callable[[set[str]], None]) -> None: ...


@cache
def people() -> Topic:
    """Return the topic whose words are the keys of people with news, and the names of threads."""
    channel, name = settings.PEOPLE_TOPIC
    return import_string(channel)(name)


def tell(*keys: int | str) -> None:
    """Let the open pages of these people or threads look, once this transaction is committed; never waits or fails."""
    words = [str(key) for key in keys] if len(keys) <= MOST_WORDS else [EVERYBODY]
    if words:
        transaction.on_commit(partial(people().say, *words))


async def read_once[**P, T](query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a database read in the thread shared by all open streams; `sse.read` would start one per stream."""
    reading = partial(then_close_all, query, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_reader, reading)


class SharedLook[K: Hashable, V]:
    """Passes the results of `look` to the streams that wait for them.

    `look` receives keys and returns those with news. It runs in one thread, never concurrently. `word` returns what
    `tell` calls the key's person or thread.
    """

    def __init__(self, look: Callable[[Collection[K]], Mapping[K, V]], word: Callable[[K], int | str | None]) -> None:
        self.look, self.word = look, word
        self.watches: dict[asyncio.AbstractEventLoop, _Watch[K, V]] = {}

    def join(self, key: K, deliver: Callable[[V], None]) -> object:
        """Call `deliver` with the news of a key until `leave` is called with the returned ticket.

        Who joins before they read what they show misses nothing.
        """
        loop = asyncio.get_running_loop()
        self._forget_closed_loops()
        watch = self.watches.get(loop)
        if watch is None:
            watch = self.watches[loop] = _Watch(self, loop)
        return watch.join(key, deliver)

    def leave(self, ticket: object) -> None:
        for watch in list(self.watches.values()):
            watch.waiting.pop(ticket, None)

    def news(self, keys: Collection[K]) -> Mapping[K, V]:
        """Look; return nothing while the database is unavailable."""
        try:
            return self.look(keys)
        except Error as error:
            logger.warning("no look at open streams", error=str(error))
            return {}

    def _forget_closed_loops(self) -> None:
        for loop in [loop for loop in self.watches if loop.is_closed()]:
            self.watches.pop(loop)


class _Watch[K: Hashable, V]:
    """The streams of one event loop."""

    def __init__(self, shared: SharedLook[K, V], loop: asyncio.AbstractEventLoop) -> None:
        self.shared, self.loop = shared, loop
        self.waiting: dict[object, tuple[K, Callable[[V], None]]] = {}
        self.words: set[str] = set()
        self.woken = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def join(self, key: K, deliver: Callable[[V], None]) -> object:
        ticket = object()
        self.waiting[ticket] = key, deliver
        if self.task is None or self.task.done():
            # At once: what the stream reads next may change before the loop comes round to the task.
            self.task = asyncio.Task(self._run(), loop=self.loop, eager_start=True)
        return ticket

    async def _run(self) -> None:
        topic = people()
        topic.join(self._hear_elsewhere)
        try:
            while self.waiting:
                keys = await self._keys_with_news(topic)
                if keys:
                    self._deliver(await read_once(self.shared.news, keys))
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            topic.leave(self._hear_elsewhere)

    async def _keys_with_news(self, topic: Topic) -> set[K]:
        """Return the keys that a word names; all of them after a while without words."""
        words = {EVERYBODY}
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), LOOK_SECONDS if topic.is_heard else POLL_SECONDS)
            self.woken.clear()
            words, self.words = self.words, set()
        return set(self._named(words))

    def _named(self, words: set[str]) -> Iterable[K]:
        everybody = EVERYBODY in words
        return (key for key, _ in self.waiting.values() if everybody or str(self.shared.word(key)) in words)

    def _deliver(self, news: Mapping[K, V]) -> None:
        for key, deliver in list(self.waiting.values()):
            if key in news:
                deliver(news[key])

    def _hear(self, words: set[str]) -> None:
        self.words |= words
        self.woken.set()

    def _hear_elsewhere(self, words: set[str]) -> None:
        """Pass on the words from the thread that hears them, unless the loop is closed by now."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._hear, words)
