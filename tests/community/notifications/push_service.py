"""A push service with TLS on loopback, and browsers that it delivers to."""

from __future__ import annotations

import json
import os
import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from community.common.outgoing import Network
from community.notifications.push.encryption import CURVE, encoded, point_of

HOST = "push.example"


class Browser:
    """A browser that asked for pushes: its endpoint, its keys, and what it reads of a message (RFC 8291, section 3)."""

    def __init__(self, name: str = "browser", host: str = HOST) -> None:
        self.endpoint = f"https://{host}/{name}"
        self.key, self.auth = ec.generate_private_key(CURVE), os.urandom(16)

    @property
    def form(self) -> dict[str, str]:
        point = encoded(point_of(self.key.public_key()))
        return {"endpoint": self.endpoint, "p256dh": point, "auth": encoded(self.auth)}

    def read(self, body: bytes) -> dict[str, Any]:
        salt, (_record, length) = body[:16], struct.unpack(">IB", body[16:21])
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        secret = _hkdf(self.auth, shared, b"WebPush: info\0" + point_of(self.key.public_key()) + theirs, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        return json.loads(AESGCM(key).decrypt(nonce, sealed, None).removesuffix(b"\x02"))


class Service(ThreadingHTTPServer):
    """`status` and `headers` are its answer; `taken` has the path, the headers and the body of each message."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status: int = 201
        self.headers: dict[str, str] = {}
        self.taken: list[tuple[str, dict[str, str], bytes]] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *words: Any) -> None:
        """Log nothing."""


@contextmanager
def push_service(folder: Path) -> Iterator[tuple[Service, Network]]:
    """Start a push service, and return it with a network in which its host is found and its certificate trusted."""
    certificate, key = _certificate(folder)
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(certificate, key)
    with Service() as service:
        service.socket = secured.wrap_socket(service.socket, server_side=True)
        Thread(target=service.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        trusting = ssl.create_default_context(cafile=str(certificate))
        yield service, Network(places=lambda host: [("127.0.0.1", service.port)], context=lambda: trusting)
        service.shutdown()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key, name = ec.generate_private_key(CURVE), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return paths


def _hkdf(salt: bytes, secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, purpose).derive(secret)
