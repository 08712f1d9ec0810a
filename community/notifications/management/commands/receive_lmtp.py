"""Take in email by LMTP from the mail server of the site, until it is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from community.notifications.inbound.addresses import is_known
from community.notifications.inbound.door import receive_each
from community.notifications.inbound.lmtp import Server

SOCKET_MODE = 0o660


class Command(BaseCommand):
    help = "Take in email by LMTP: replies to notifications, and reports of failed deliveries."

    def add_arguments(self, parser: CommandParser) -> None:
        told = "HOST:PORT, or the path of a socket; by default %(default)s"
        parser.add_argument("listen", nargs="?", default="127.0.0.1:2424", help=told)

    def handle(self, *, listen: str, **options: object) -> None:
        if not (settings.MAIL_REPLY_ADDRESS or settings.MAIL_BOUNCE_ADDRESS):
            raise CommandError("Set CHAINRULE_REPLY_ADDRESS or CHAINRULE_BOUNCE_ADDRESS first: no address takes email.")
        try:
            asyncio.run(self._serve(listen))
        except OSError as error:
            raise CommandError(f"Cannot listen on {listen}: {error.strerror or error}") from error

    async def _serve(self, listen: str) -> None:
        door = Server(take, knows)
        server = await _listening(listen, door)
        stopped = asyncio.Event()
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, stopped.set)
        self.stdout.write(f"Taking email by LMTP on {_name(server)}")
        self.stdout.flush()
        await stopped.wait()
        server.close()
        await door.leave()


def take(raw: bytes, recipients: Sequence[str]) -> Sequence[str]:
    """Do what a message asks for."""
    with _connection_of_now():
        return receive_each(raw, recipients)


def knows(address: str) -> bool:
    """Return whether email to an address can lead anywhere."""
    with _connection_of_now():
        return is_known(address)


@contextmanager
def _connection_of_now() -> Iterator[None]:
    """Use no connection to the database that is older than it may be."""
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


async def _listening(listen: str, server: Server) -> asyncio.Server:
    if "/" not in listen:
        host, _colon, port = listen.rpartition(":")
        if not host or not port.isdecimal():
            raise CommandError(f"{listen} is neither HOST:PORT nor the path of a socket.")
        return await asyncio.start_server(server.serve, host.strip("[]"), int(port))
    found = await asyncio.start_unix_server(server.serve, listen)
    await asyncio.to_thread(Path(listen).chmod, SOCKET_MODE)
    return found


def _name(server: asyncio.Server) -> str:
    name = server.sockets[0].getsockname()
    return name if isinstance(name, str) else f"{name[0]}:{name[1]}"
