"""Tell other processes that something has changed, within milliseconds: wake-ups of workers and of open pages.

A wake-up is a hint and may be lost, because whoever waits for one also looks by itself now and then. `BPSANDBOX_WAKE`
chooses the channel: named pipes in a directory for one machine, Redis for several. Each topic of a channel is heard
separately; its words, if it has any, say what has changed.
"""

from __future__ import annotations

import errno
import logging
import os
import secrets
import select
import stat
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from bpsandbox import conf

logger = logging.getLogger(__name__)

WORK = ""
"""The topic of workers: there is something to train."""
RUNS = "runs"
"""The topic of those who follow runs; its words are the keys of runs."""
EVERYTHING = "*"
"""A word: anything may have changed. It is also heard when words may have been lost, or arrive no more."""


class Listener(Protocol):
    """Receives the words of one topic."""

    is_heard: bool
    """Whether words arrive: False while the server is away."""

    def words(self, seconds: float) -> set[str]:
        """Wait for words for at most `seconds`; return them, none when the time is over."""

    def wait(self, seconds: float) -> bool:
        """Wait for a wake-up for at most `seconds`; return whether one came."""

    def close(self) -> None: ...


class Wake(Protocol):
    """A topic of a channel: tells every listener of the topic."""

    def __init__(self, place: str, topic: str = WORK) -> None: ...

    def notify(self, *words: str) -> None: ...

    def listen(self) -> Listener: ...


def channel(topic: str = WORK) -> Wake:
    """Return a topic of the channel that the settings name."""
    return conf.loaded(conf.current().wake)(conf.current().place, topic)


def notify() -> None:
    """Wake the workers. Never fails: a worker that is not reached polls the queue within a second."""
    with suppress(OSError):
        channel().notify()


def topic(name: str) -> Topic:
    """Return this process's ends of a topic."""
    current = conf.current()
    return _topic(current.wake, current.place, name)


@cache
def _topic(path: str, place: str, name: str) -> Topic:
    return Topic(conf.loaded(path)(place, name))


class Topic:
    """Both ends of a topic in one process."""

    def __init__(self, wake: Wake) -> None:
        self._voice, self._ear = Voice(wake), Ear(wake)

    @property
    def is_heard(self) -> bool:
        """Whether words arrive; False while nobody listens."""
        return self._ear.is_heard

    def say(self, *words: str) -> None:
        """Tell the listeners of all processes in the background: the server may be slow."""
        self._voice.say(words)

    def join(self, hear: Callable[[set[str]], None]) -> None:
        """Call `hear` with the words of the topic, in a thread of the topic's, until `leave`."""
        self._ear.join(hear)

    def leave(self, hear: Callable[[set[str]], None]) -> None:
        self._ear.leave(hear)


class Voice:
    """Says words in the background, in one thread. Those said while others are on their way go together."""

    def __init__(self, topic: Wake) -> None:
        self.topic = topic
        self.waiting: set[str] = set()
        self.lock = threading.Lock()
        self.sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wake")
        os.register_at_fork(after_in_child=self._begin_anew)

    def say(self, words: Iterable[str]) -> None:
        with self.lock:
            is_idle = not self.waiting
            self.waiting |= set(words)
        if is_idle:
            with suppress(RuntimeError):  # the process is ending: the listeners look by themselves
                self.sender.submit(self._send)

    def _send(self) -> None:
        with self.lock:
            words, self.waiting = self.waiting, set()
        with suppress(OSError):
            self.topic.notify(*words)

    def _begin_anew(self) -> None:
        """Forget the thread of the parent process, which a forked child does not have."""
        self.waiting, self.lock = set(), threading.Lock()
        self.sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wake")


class Ear:
    """Hears a topic in one thread for a whole process, as long as anyone waits for its words."""

    SECONDS = 1.0

    def __init__(self, topic: Wake) -> None:
        self.topic = topic
        self.is_heard = False
        self.hearers: list[Callable[[set[str]], None]] = []
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None

    def join(self, hear: Callable[[set[str]], None]) -> None:
        """Call `hear` with what is said from now on; with EVERYTHING when words begin or cease to arrive over Redis."""
        with self.lock:
            self.hearers = [*self.hearers, hear]
            if self.thread is None:
                listener = None
                with suppress(OSError):  # the thread tries again
                    listener = self.topic.listen()
                self.thread = threading.Thread(target=self._listen, args=(listener,), name="wake-ear", daemon=True)
                self.thread.start()

    def leave(self, hear: Callable[[set[str]], None]) -> None:
        with self.lock:
            self.hearers = [other for other in self.hearers if other != hear]

    def _listen(self, listener: Listener | None) -> None:
        while not self._is_over():
            was_heard = self.is_heard
            try:
                listener = listener or self.topic.listen()
                words = listener.words(self.SECONDS)
                self.is_heard = listener.is_heard
            except OSError:  # no room for a pipe: try again, and whoever waits looks by itself meanwhile
                words, self.is_heard = set(), False
                time.sleep(self.SECONDS)
            if was_heard and not self.is_heard:  # whoever waits for words learns that it has to look by itself
                words = words | {EVERYTHING}
            for hear in self.hearers if words else ():
                try:
                    hear(words)
                except Exception:  # the other hearers and the thread go on
                    logger.exception("a word was not understood")
        if listener is not None:
            listener.close()

    def _is_over(self) -> bool:
        with self.lock:
            if not self.hearers:
                self.thread, self.is_heard = None, False
            return not self.hearers


class Pipes:
    """One named pipe for each listener, in a directory of this machine that only its owner may enter."""

    def __init__(self, place: str, topic: str = WORK) -> None:
        self.directory = Path(place, topic)

    def notify(self, *words: str) -> None:
        pieces = list(in_pieces(words))
        for path in self.directory.glob("*.pipe"):
            write_to(path, *pieces)

    def listen(self) -> PipeListener:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.directory.stat().st_uid != os.getuid():
            raise PermissionError(f"{self.directory} belongs to another user")
        return PipeListener(self.directory / f"{os.getpid()}-{secrets.token_hex(4)}.pipe")


def in_pieces(words: Iterable[str]) -> Iterable[bytes]:
    """Join words, one a line, in pieces that a pipe takes as a whole."""
    piece = b""
    for word in words or (EVERYTHING,):
        line = word.encode() + b"\n"
        if len(piece) + len(line) > select.PIPE_BUF:
            yield piece
            piece = b""
        piece += line
    yield piece


def write_to(path: Path, *pieces: bytes) -> None:
    """Write to a listener, or remove its pipe if it has no reader. A full pipe already contains a wake-up."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:  # nobody reads it; any other error is about this process
            with suppress(OSError):
                path.unlink()
        return
    with suppress(OSError):
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            for piece in pieces:
                os.write(descriptor, piece)
    os.close(descriptor)


class PipeListener:
    is_heard = True
    MUCH = 32_768
    """Bytes in a pipe after which it may have been full, and words may have been lost."""
    MOST = 1 << 20
    """Bytes taken out of a pipe at once; it has room for fewer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path, 0o600)
        self.descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def words(self, seconds: float) -> set[str]:
        readable, _, _ = select.select([self.descriptor], [], [], max(0.0, seconds))
        if not readable:
            return set()
        received = b""
        with suppress(BlockingIOError):
            while len(received) < self.MOST:
                received += os.read(self.descriptor, self.MOST)
        return {EVERYTHING} if len(received) >= self.MUCH else set(received.decode().split())

    def wait(self, seconds: float) -> bool:
        return bool(self.words(seconds))

    def close(self) -> None:
        with suppress(OSError):
            self.path.unlink()
        os.close(self.descriptor)


class Redis:
    """A channel of a Redis server. `place` is its address."""

    def __init__(self, place: str, topic: str = WORK) -> None:
        self.place, self.name = place, f"bpsandbox:wake:{topic}".rstrip(":")

    def notify(self, *words: str) -> None:
        with suppress(*redis_errors()):
            client_at(self.place).publish(self.name, "\n".join(words or (EVERYTHING,)))

    def listen(self) -> RedisListener:
        return RedisListener(self.place, self.name)


class RedisListener:
    """Subscribes to the channel, and again after the connection was lost."""

    PING_SECONDS = 5.0
    """Silence after which the server is asked whether it is there; after thrice as long it is not."""

    def __init__(self, place: str, channel: str) -> None:
        self.place, self.channel = place, channel
        self.subscription: Any = None
        self.heard_at = self.asked_at = 0.0
        self.is_heard = False

    def words(self, seconds: float) -> set[str]:
        ends_at = time.monotonic() + seconds
        found: set[str] = set()
        try:
            while not found and (left := ends_at - time.monotonic()) > 0:
                found = self.received(left)
            while found and (more := self.received(0.0)):
                found |= more
        except redis_errors():
            self.close()
            time.sleep(max(0.0, min(ends_at - time.monotonic(), 1.0)))
        return found

    def wait(self, seconds: float) -> bool:
        return bool(self.words(seconds))

    def received(self, seconds: float) -> set[str]:
        """Return the words of the next message, none if it is not for us or does not come."""
        self.keep_subscribed()
        message = self.subscription.get_message(timeout=seconds)
        if message is None:
            return set()
        self.heard_at, self.is_heard = time.monotonic(), True
        if message["type"] == "subscribe":
            return {EVERYTHING}  # what was said before is lost
        return set(message["data"].decode().split()) if message["type"] == "message" else set()

    def keep_subscribed(self) -> None:
        """Subscribe, or ask a silent server for a sign; an error if it has given none for long."""
        now = time.monotonic()
        if self.subscription is None:
            self.subscription = client_at(self.place).pubsub()
            self.subscription.subscribe(self.channel)
            self.heard_at = self.asked_at = now
        elif now - self.heard_at > 3 * self.PING_SECONDS:
            raise TimeoutError
        elif now - max(self.heard_at, self.asked_at) > self.PING_SECONDS:
            self.asked_at = now
            self.subscription.ping()

    def close(self) -> None:
        self.is_heard = False
        if self.subscription is not None:
            with suppress(*redis_errors()):
                self.subscription.close()
            self.subscription = None


@cache
def client_at(place: str) -> Any:
    """Return this process's client of a server, with short timeouts and without retries: who waits tries again."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(place, socket_connect_timeout=0.5, socket_timeout=2.0, retry=once)


def redis_errors() -> tuple[type[Exception], ...]:
    import redis

    return (redis.RedisError, OSError)
