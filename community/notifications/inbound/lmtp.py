"""An LMTP server (RFC 2033) for the mail server of the site: each message is done before it is acknowledged.

What cannot be done now is answered with 451, so that the mail server keeps it and comes again. It has no encryption and
asks nobody who they are: it listens on a socket or on an address that only the mail server reaches.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from community.notifications.inbound.messages import READ_BYTES

logger = structlog.get_logger(__name__)

MOST_BYTES = 100_000_000
"""Of a message. More than READ_BYTES is taken and forgotten, so that attachments are no reason to return a reply."""
MOST_RECIPIENTS = 100
LONGEST_LINE = 2_000
MOST_COMMANDS = 1_000  # of a connection, besides messages
PATIENCE = 300.0  # seconds for a command, for some of a message, and for an answer to be read
MESSAGE_PATIENCE = 1_800.0  # seconds for a whole message
WITHOUT_MESSAGE = 900.0  # seconds that a connection may go on before its first message and between two
LAST_ANSWER = 5.0  # seconds for what was said before a connection is closed to be read
MOST_AT_ONCE = 4
MOST_OPEN = 50
"""Connections, each of which holds up to KEPT_BYTES. Mail servers open few, and come again after a 421."""
CHUNK = 65_536
KEPT_BYTES = READ_BYTES + CHUNK  # more than is read: `door` has to see that there is more
END = b"\r\n.\r\n"
CAPABILITIES = ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", f"SIZE {MOST_BYTES}")
_PATH = re.compile(r"(FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)

type Receive = Callable[[bytes, Sequence[str]], Sequence[str]]
"""Does what a message asks for, in a thread; returns what became of it for each recipient."""
type Knows = Callable[[str], bool]
"""Returns whether email to an address can lead anywhere, in a thread."""
NOT_NOW = "451 4.3.0 Not now, please try again later"


@dataclass(slots=True)
class _Envelope:
    has_sender: bool = False
    recipients: list[str] = field(default_factory=list)


class _Closed(Exception):
    """The connection is over."""


class Server:
    """Takes messages on MOST_OPEN connections, and does MOST_AT_ONCE at a time."""

    def __init__(self, receive: Receive, knows: Knows, *, name: str = "chainrule") -> None:
        self._receive, self._knows, self._name = receive, knows, name
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it leaves, or has been silent for too long."""
        task = asyncio.current_task()
        assert task is not None
        if len(self._open) >= MOST_OPEN:
            writer.write(b"421 4.3.2 Too many connections, please try again later\r\n")
            await _close(writer)
            return
        self._open[task] = writer
        try:
            await _Conversation(self, reader, writer).run()
        except TimeoutError:
            writer.write(b"421 4.4.2 Too slow\r\n")
        except (_Closed, ConnectionError, asyncio.IncompleteReadError):
            pass  # it comes again with what has not been acknowledged
        finally:
            await _close(writer)
            del self._open[task]

    async def leave(self) -> None:
        """End all connections, and wait for messages that are being done. Who got no answer to one sends it again."""
        for writer in self._open.values():
            writer.transport.abort()  # closing would wait for who does not read
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def name(self) -> str:
        return self._name

    async def take(self, raw: bytes, recipients: Sequence[str]) -> list[str]:
        """Do what a message asks for, and return the answer for each of its recipients."""
        async with self._turns:
            try:
                outcomes = await asyncio.to_thread(self._receive, raw, recipients)
            except Exception:
                logger.exception("an email that came in was not read")
                return [NOT_NOW] * len(recipients)
        return [f"250 2.0.0 {outcome}" for outcome in outcomes]

    async def refusal_of(self, recipient: str) -> str:
        """Return why a recipient is not taken; empty if it is."""
        async with self._turns:
            try:
                is_known = await asyncio.to_thread(self._knows, recipient)
            except Exception:
                logger.exception("an address that email is for was not looked up")
                return NOT_NOW
        return "" if is_known else "550 5.1.1 No such address here"


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close a connection after what was said last, or without it if the client does not read."""
    writer.close()
    try:
        async with asyncio.timeout(LAST_ANSWER):
            await writer.wait_closed()
    except TimeoutError:
        writer.transport.abort()
    except ConnectionError:
        pass  # the client was faster


class _Conversation:
    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._read = b""  # and not used yet
        self._has_greeted = False
        self._envelope = _Envelope()
        self._limit = asyncio.timeout(WITHOUT_MESSAGE)

    async def run(self) -> None:
        async with self._limit:
            await self._say(f"220 {self._server.name} LMTP")
            for _number in range(MOST_COMMANDS):
                command, _space, rest = (await self._line()).partition(" ")
                await self._do(command.upper(), rest.strip())
            await self._say("421 4.7.0 Too many commands")

    async def _do(self, command: str, rest: str) -> None:
        acts = {"LHLO": self._lhlo, "MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data, "QUIT": self._quit}
        if command in acts:
            await acts[command](rest)
        elif command == "RSET":
            self._envelope = _Envelope()
            await self._say("250 2.0.0 Ok")
        elif command == "NOOP":
            await self._say("250 2.0.0 Ok")
        elif command == "VRFY":
            await self._say("252 2.5.0 Send it and see")
        else:
            await self._say("500 5.5.1 This is LMTP: LHLO, MAIL, RCPT, DATA, RSET, NOOP, VRFY, QUIT")

    async def _lhlo(self, rest: str) -> None:
        if not rest:
            await self._say("501 5.5.4 LHLO needs a name")
            return
        self._has_greeted, self._envelope = True, _Envelope()
        lines = [self._server.name, *CAPABILITIES]
        await self._say(*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}")

    async def _mail(self, rest: str) -> None:
        found = _PATH.match(rest)
        size = re.search(r"\bSIZE=(\d{1,18})\b", rest, re.IGNORECASE)
        if not self._has_greeted or self._envelope.has_sender:
            await self._say("503 5.5.1 LHLO and one MAIL, in this order")
        elif found is None or found[1].upper() != "FROM":
            await self._say("501 5.5.4 MAIL FROM:<address>")
        elif size is not None and int(size[1]) > MOST_BYTES:
            await self._say("552 5.3.4 This message is too large")
        else:
            self._envelope = _Envelope(has_sender=True)
            await self._say("250 2.1.0 Ok")

    async def _rcpt(self, rest: str) -> None:
        found = _PATH.match(rest)
        if not self._envelope.has_sender:
            await self._say("503 5.5.1 MAIL comes first")
        elif found is None or found[1].upper() != "TO":
            await self._say("501 5.5.4 RCPT TO:<address>")
        elif len(self._envelope.recipients) >= MOST_RECIPIENTS:
            await self._say("452 4.5.3 Too many recipients")
        elif refusal := await self._server.refusal_of(found[2]):
            await self._say(refusal)
        else:
            self._envelope.recipients.append(found[2])
            await self._say("250 2.1.5 Ok")

    async def _data(self, rest: str) -> None:
        recipients = self._envelope.recipients
        if not recipients:
            await self._say("503 5.5.1 No recipients")
            return
        self._limit.reschedule(None)  # a message has its own
        await self._say("354 End with a dot on a line")
        async with asyncio.timeout(MESSAGE_PATIENCE):
            raw = await self._message()
        self._envelope = _Envelope()
        too_large = ["552 5.3.4 It is too large"] * len(recipients)
        await self._say(*(await self._server.take(raw, recipients) if raw is not None else too_large))
        self._limit.reschedule(asyncio.get_running_loop().time() + WITHOUT_MESSAGE)

    async def _quit(self, rest: str) -> None:
        await self._say("221 2.0.0 Bye")
        raise _Closed

    async def _message(self) -> bytes | None:
        """Read a message to its end, and return as much of it as is parsed; None if it is too large."""
        kept, size = bytearray(), 0
        pending = b"\r\n" + self._read  # the line with the dot may be the first
        while (at := pending.find(END)) < 0:
            done = max(len(pending) - len(END) + 1, 0)  # the rest may begin the end
            size += done
            kept += pending[:done] if len(kept) < KEPT_BYTES else b""
            pending = pending[done:] + await self._some()
        size += at
        kept += pending[: at + 2] if len(kept) < KEPT_BYTES else b""
        self._read = pending[at + len(END) :]
        raw = bytes(kept).replace(b"\r\n.", b"\r\n")[2:]  # a dot before each line that begins with one
        return raw if size <= MOST_BYTES else None

    async def _line(self) -> str:
        async with asyncio.timeout(PATIENCE):
            while b"\n" not in self._read:
                if len(self._read) > LONGEST_LINE:
                    await self._say("500 5.5.2 This line is too long")
                    raise _Closed
                self._read += await self._some()
        line, _end, self._read = self._read.partition(b"\n")
        return line.decode("utf-8", "replace").strip()

    async def _some(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            found = await self._reader.read(CHUNK)
        if not found:
            raise _Closed
        return found

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        async with asyncio.timeout(PATIENCE):
            await self._writer.drain()
