"""S3 for tests: moto's server, and servers that are broken in one way each."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "pictures"
KEYS = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
REGION = "us-east-1"


@contextmanager
def working_s3(host: str = "127.0.0.1") -> Iterator[str]:
    """Start an S3 with an empty bucket and return its address."""
    server = ThreadedMotoServer(ip_address=host, port=0, verbose=False)
    server.start()
    try:
        _host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        client_of(address).create_bucket(Bucket=BUCKET)
        yield address
    finally:
        server.stop()


def client_of(address: str):
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name=REGION,
        aws_access_key_id=KEYS["access_key"],
        aws_secret_access_key=KEYS["secret_key"],
    )


def names_in(address: str) -> list[str]:
    """Return the names of the files in the bucket."""
    return [entry["Key"] for entry in client_of(address).list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def environment_of(address: str) -> dict[str, str]:
    """Return the settings of a site that keeps its pictures there."""
    names = {"BUCKET": BUCKET, "ENDPOINT": address, "REGION": REGION}
    keys = {key.upper(): value for key, value in KEYS.items()}
    return {f"CHAINRULE_S3_{name}": value for name, value in (names | keys).items()}


def storages_of(address: str) -> dict:
    """Return the STORAGES of a site that keeps its pictures there."""
    options = {"bucket_name": BUCKET, "endpoint_url": address, "region_name": REGION, **KEYS}
    return {
        "default": {"BACKEND": "community.media.s3.Bucket", "OPTIONS": options},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


class BrokenS3:
    """A server that gives each connection the same `answer`, and then, unless `stays`, closes it."""

    def __init__(self, answer: bytes, *, stays: bool = False) -> None:
        self.answer, self.stays = answer, stays
        self.asked = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.over = threading.Event()

    def __enter__(self) -> "BrokenS3":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error) -> None:
        self.over.set()
        where = urlsplit(self.address)
        socket.create_connection((where.hostname, where.port)).close()
        self.door.close()

    def _serve(self) -> None:
        while True:
            connection, _peer = self.door.accept()
            if self.over.is_set():
                return connection.close()
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            connection.recv(65536)
            self.asked += 1
            connection.sendall(self.answer)
            if self.stays:
                self.over.wait(30)


def failing() -> BrokenS3:
    return BrokenS3(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def silent() -> BrokenS3:
    return BrokenS3(b"", stays=True)


def cut_off() -> BrokenS3:
    """An S3 that begins to send a file and never goes on."""
    return BrokenS3(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nabc", stays=True)
