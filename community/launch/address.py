"""Where the site listens."""

import errno
import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address

from community.launch.stop import Stop


@dataclass(frozen=True)
class Address:
    """A host as it was asked for and a port that is free to be any."""

    host: str
    port: int

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"


def asked_for() -> Address:
    """Read HOST and PORT. Raises Stop for a port that is none."""
    raw = os.environ.get("PORT") or "8000"
    if not raw.isascii() or not raw.isdigit() or int(raw) > 65535:
        raise Stop(f"PORT is {raw!r}, which is no port; set it to a number from 1 to 65535.")
    return Address(os.environ.get("HOST") or "127.0.0.1", int(raw))


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def bind(address: Address) -> tuple[socket.socket, Address]:
    """Take the address without listening yet: nobody gets in before everything is prepared.

    Returns the socket and the address with the port that was really taken. Raises Stop.
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
    """Let people in. Raises Stop when another program was faster."""
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
