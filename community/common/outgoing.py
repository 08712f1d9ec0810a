"""Requests to addresses that people named: over HTTPS, to hosts of the internet, never into our own network.

The host's addresses are looked up once, each must be public, and the connection goes to one of them: a name that leads
elsewhere a moment later leads nowhere. Nothing is redirected, all steps share one deadline, and of an answer only the
beginning is read.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Thread
from urllib.parse import SplitResult, urlsplit

PORT = 443
SECONDS = 5.0
LONGEST_ADDRESS = 1_000
MOST_BYTES = 16_384
MOST_TRIED = 2
# How IPv6 leads to an address of IPv4 (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")
_VISIBLE = re.compile(r"[!-~]+")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")

type Place = tuple[str, int]


class NotPublic(Exception):
    """The address is none of a host of the internet: no HTTPS, another port, or a network of ours."""


class NoAnswer(Exception):
    """The host is not found, does not answer in time, or does not speak HTTP over TLS."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, and after how many seconds to try again, if it says so."""

    status: int
    retry_after: int | None


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address that may be asked, as far as this is known without a look-up. Raises NotPublic."""
    if len(address) > LONGEST_ADDRESS or not _VISIBLE.fullmatch(address):
        raise NotPublic
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NotPublic from error
    is_https = parts.scheme == "https" and port in (None, PORT) and "@" not in parts.netloc
    if not (is_https and _may_be_public(parts.hostname or "")):
        raise NotPublic
    return parts


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet, whatever it is wrapped in."""
    return _is_global(ip_address(address))


def public_places(host: str) -> Sequence[Place]:
    """Look a host up. Raises NotPublic unless all its addresses are public, NoAnswer if it has none."""
    try:
        found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not all(is_public(address) for address in addresses):
        raise NotPublic
    return [(address, PORT) for address in addresses]


@cache
def _public_certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Network:
    """How hosts are found, and which certificates are trusted."""

    places: Callable[[str], Sequence[Place]] = public_places
    context: Callable[[], ssl.SSLContext] = _public_certificates

    def post(self, address: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
        """Post a body and return what the host answers. Raises NotPublic or NoAnswer."""
        parts = parts_of(address)
        host = parts.hostname or ""
        until = time.monotonic() + seconds
        sent = _request(parts, headers, body)
        try:
            places = _in_time(lambda: self.places(host), until)
            with _connected(places, until) as plain, self._secured(plain, host, until) as stream:
                stream.settimeout(_left(until))
                stream.sendall(sent)
                return _answer(stream, until)
        except OSError as error:  # TLS and time-outs among them
            raise NoAnswer from error

    def _secured(self, plain: socket.socket, host: str, until: float) -> ssl.SSLSocket:
        plain.settimeout(_left(until))
        return self.context().wrap_socket(plain, server_hostname=host)


def _in_time[T](look_up: Callable[[], T], until: float) -> T:
    """Return what is looked up, or raise TimeoutError: a resolver has deadlines of its own."""
    found: Future[T] = Future()

    def run() -> None:
        try:
            found.set_result(look_up())
        except Exception as error:
            found.set_exception(error)

    Thread(target=run, daemon=True).start()
    return found.result(_left(until))


def _connected(places: Sequence[Place], until: float) -> socket.socket:
    """Connect to the first of the places that answers."""
    failure: OSError = OSError("no address")
    for place in places[:MOST_TRIED]:
        try:
            return socket.create_connection(place, _left(until) / 2)
        except OSError as error:
            failure = error
    raise failure


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = {"Host": parts.netloc, **headers, "Content-Length": str(len(body)), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def _answer(stream: ssl.SSLSocket, until: float) -> Answer:
    """Read the head of an answer, as far as it comes in time."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < MOST_BYTES:
        stream.settimeout(_left(until))
        chunk = stream.recv(4_096)
        if not chunk:
            break
        head += chunk
    found = _STATUS.match(head)
    if found is None:
        raise NoAnswer
    return Answer(int(found[1]), _retry_after(head))


def _retry_after(head: bytes) -> int | None:
    found = re.search(rb"\r\nretry-after:[ \t]*(\d{1,9})[ \t]*\r\n", head, re.IGNORECASE)
    return int(found[1]) if found else None


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _may_be_public(host: str) -> bool:
    """Return whether a host is a public IP address, or a name with a dot: those without are of our own network."""
    try:
        return is_public(host)
    except ValueError:
        return "." in host.strip(".")


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return _is_global(IPv4Address(int(address) & 0xFFFF_FFFF))
        if address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
