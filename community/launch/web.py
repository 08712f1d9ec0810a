"""One web process on an inherited socket.

The supervisor owns the socket, so that a restarted web process loses no connection.
"""

import argparse
import os
import resource
import socket

import uvicorn

GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """Server that reports readiness to the supervisor by one byte on a pipe."""

    def __init__(self, config: uvicorn.Config, ready: int) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        os.write(self._ready, b"!")
        os.close(self._ready)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--ready", type=int, required=True)
    options = parser.parse_args()
    _allow_many_connections()
    config = uvicorn.Config(
        "community.asgi:application",
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    Server(config, options.ready).run(sockets=[socket.socket(fileno=options.socket)])


def _allow_many_connections() -> None:
    """Raise the limit of open files, often 1,024: each open page has a connection for its live updates."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))


if __name__ == "__main__":
    main()
