"""Wake the workers when there is something to train, across processes, within milliseconds.

A wake-up is a hint and may be lost, because workers poll the queue each second. `BPSANDBOX_WAKE` chooses the channel:
named pipes in a directory for one machine, Redis for several.
"""

from __future__ import annotations

import errno
import os
import secrets
import select
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from bpsandbox import conf


class Listener(Protocol):
    """Receives the wake-ups of one worker."""

    def wait(self, seconds: float) -> bool:
        """Wait for a wake-up for at most `seconds`; return whether one came."""

    def close(self) -> None: ...


class Wake(Protocol):
    """Sends wake-ups to every worker."""

    def notify(self) -> None: ...

    def listen(self) -> Listener: ...


def channel() -> Wake:
    """Return the channel that the settings name."""
    return conf.loaded(conf.current().wake)(conf.current().place)


def notify() -> None:
    """Wake the workers. Never fails: a worker that is not reached polls the queue within a second."""
    with suppress(OSError):
        channel().notify()


class Pipes:
    """One named pipe for each listener, in a directory of this machine that only its owner may enter."""

    def __init__(self, place: str) -> None:
        self.directory = Path(place)

    def notify(self) -> None:
        for path in self.directory.glob("*.pipe"):
            write_to(path)

    def listen(self) -> PipeListener:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.directory.stat().st_uid != os.getuid():
            raise PermissionError(f"{self.directory} belongs to another user")
        return PipeListener(self.directory / f"{os.getpid()}-{secrets.token_hex(4)}.pipe")


def write_to(path: Path) -> None:
    """Write one byte to a listener, or remove its pipe if it has no reader. A full pipe already contains a wake-up."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:  # nobody reads it; any other error is about this process
            with suppress(OSError):
                path.unlink()
        return
    with suppress(OSError):
        if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            os.write(descriptor, b"!")
    os.close(descriptor)


class PipeListener:
    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path, 0o600)
        self.descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)

    def wait(self, seconds: float) -> bool:
        readable, _, _ = select.select([self.descriptor], [], [], max(0.0, seconds))
        if not readable:
            return False
        os.read(self.descriptor, 4096)
        return True

    def close(self) -> None:
        with suppress(OSError):
            self.path.unlink()
        os.close(self.descriptor)


class Redis:
    """A channel of a Redis server. `place` is its address."""

    CHANNEL = "bpsandbox:wake"

    def __init__(self, place: str) -> None:
        self.place = place

    def notify(self) -> None:
        with suppress(*redis_errors()):
            client_at(self.place).publish(self.CHANNEL, "!")

    def listen(self) -> RedisListener:
        return RedisListener(self.place, self.CHANNEL)


class RedisListener:
    """Subscribes to the channel, and again after the connection was lost."""

    def __init__(self, place: str, channel: str) -> None:
        self.place, self.channel = place, channel
        self.subscription: Any = None

    def wait(self, seconds: float) -> bool:
        try:
            message = self.subscribed().get_message(timeout=max(0.001, seconds))
        except redis_errors():
            self.close()
            time.sleep(min(seconds, 1.0))
            return False
        return message is not None

    def subscribed(self) -> Any:
        if self.subscription is None:
            self.subscription = client_at(self.place).pubsub(ignore_subscribe_messages=True)
            self.subscription.subscribe(self.channel)
        return self.subscription

    def close(self) -> None:
        if self.subscription is not None:
            with suppress(*redis_errors()):
                self.subscription.close()
            self.subscription = None


def client_at(place: str) -> Any:
    """Return this process's client of a server, with short timeouts."""
    import redis

    if place not in clients:
        clients[place] = redis.Redis.from_url(place, socket_connect_timeout=0.5, socket_timeout=2.0)
    return clients[place]


def redis_errors() -> tuple[type[Exception], ...]:
    import redis

    return (redis.RedisError, OSError)


clients: dict[str, Any] = {}
