"""The listening address."""

import errno
import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address

from community.launch.stop import Stop


@dataclass(frozen=True)
class Address:
    """A requested host, and a port that may be chosen automatically."""

    host: str
    port: int

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


def parse_address() -> Address:
    """Read HOST and PORT. Raises Stop for an invalid port."""
    raw = os.environ.get("PORT") or "8000"
    if not raw.isascii() or not raw.isdigit() or int(raw) > 65535:
        raise Stop(f"PORT is {raw!r}, which is no port; set it to a number from 1 to 65535.")
    return Address(os.environ.get("HOST") or "127.0.0.1", int(raw))


def is_loopback(host: str) -> bool:
    """Return whether the host is reachable only from this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bind(address: Address) -> tuple[socket.socket, Address]:
    """Bind the address without listening yet: no connections before everything is prepared.

    Returns the socket and the address with the actual port. Raises Stop.
    """
    family, place = _resolve(address)
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(place)
    except OSError as error:
        taken.close()
        raise Stop(_sentence(error, address)) from error
    return taken, Address(address.host, taken.getsockname()[1])


def listen(taken: socket.socket, address: Address) -> None:
    """Start listening. Raises Stop if another program took the port."""
    try:
        taken.listen(1024)
    except OSError as error:
        raise Stop(_sentence(error, address)) from error


def _resolve(address: Address) -> tuple[int, tuple]:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise Stop(f"HOST is {address.host!r}, which is no address of this machine; try HOST=127.0.0.1.") from error
    family, _type, _protocol, _name, place = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, place


def _sentence(error: OSError, address: Address) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {address.port} on {address.host} is in use by another program; "
            f"stop that, or choose another port with PORT={_another(address.port)} ./run."
        )
    if error.errno == errno.EACCES:
        return f"Port {address.port} needs more rights than this user has; choose one above 1023 with PORT=8000 ./run."
    return f"HOST is {address.host!r}, which is no address of this machine; try HOST=127.0.0.1."


def _another(port: int) -> int:
    return port + 1 if port < 65535 else 8000
