"""A small SMTP server on loopback that keeps what it is given, and answers as it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

LONGEST = 2_000_000


class Server(socketserver.ThreadingTCPServer):
    """`recipient` and `data` are its answers to these commands; an empty one ends the connection."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.recipient, self.data = "250 2.1.5 Ok", "250 2.0.0 Queued"
        self.taken: list[tuple[list[str], bytes]] = []
        self.senders: list[str] = []

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for _to, raw in self.taken]


class _Session(socketserver.StreamRequestHandler):
    server: Server
    timeout = 20

    def handle(self) -> None:
        self._say("220 loopback")
        recipients: list[str] = []
        while line := self.rfile.readline(LONGEST).decode("ascii", "replace").strip():
            command = line.upper()
            if command.startswith("MAIL"):
                self.server.senders.append(line[len("MAIL FROM:") :].partition(">")[0].strip("< "))
                self._say("250 Ok")
            elif command.startswith("RCPT"):
                if not self.server.recipient:
                    return
                recipients.append(line[len("RCPT TO:") :].strip("<> "))
                self._say(self.server.recipient)
            elif command == "DATA":
                self._say("354 Go on")
                raw = self._read()
                if not self.server.data:
                    return
                if self.server.data.startswith("2"):
                    self.server.taken.append((recipients, raw))
                self._say(self.server.data)
            elif command == "QUIT":
                self._say("221 Bye")
                return
            else:
                self._say("250 Ok")

    def _read(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(LONGEST)) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def smtp_server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
