"""Access to a site in separate processes: a person with a token, and its processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.deployments import Site

LONG = """\
seeds: {start: 0, count: 8}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: %d, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 60000, batch_size: full, eval_every: 500}
"""
SHORT = LONG.replace("60000", "2000").replace("eval_every: 500", "eval_every: 20")
MAKE_PERSON = """
from community.accounts.models import User
from django.utils import timezone
user = User.objects.create_user(handle="{handle}", email="{handle}@chainrule.example", password="correct horse battery")
from allauth.account.models import EmailAddress
EmailAddress.objects.get_or_create(user=user, email=user.email, defaults=dict(verified=True, primary=True))
"""
MAKE_TOKEN = """
from django.core.management import call_command
call_command("create_token", "{handle}")
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Program:
    """An API client with a token; every call is a new connection."""

    url: str
    token: str

    def call(self, method: str, path: str, body: Any = None, *, timeout: float = 30, **headers: str) -> Answer:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=timeout)
        try:
            sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
            connection.request(method, path, None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers.items()), answer.read().decode())
        finally:
            connection.close()

    def run(self, config: str) -> dict[str, Any]:
        answer = self.call("POST", "/api/v1/runs", {"config": config})
        assert answer.status in (200, 201), answer.text
        return answer.json

    def state(self, run_id: int) -> str:
        return self.call("GET", f"/api/v1/runs/{run_id}").json["status"]


def program(site: Site, handle: str) -> Program:
    """Create a person with a confirmed address and a client for their token, in one process: each takes seconds."""
    make = (MAKE_PERSON + MAKE_TOKEN).format(handle=handle)
    return Program(site.url, site.manage("shell", "-v", "0", "-c", make).split()[-1])


A_POLL = 0.5  # seconds: programs may ask a few times a second


def eventually(holds: Callable[[], bool], *, within: float = 60.0, every: float = 0.05) -> float:
    """Return the seconds until the condition was true; fail after a timeout."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if holds():
            return time.monotonic() - began
        time.sleep(every)
    raise AssertionError(f"it did not come to hold within {within} s")


def ask(site: Site, query: str, *values: Any) -> list[tuple]:
    """Query the site's SQLite file directly."""
    with closing(sqlite3.connect(site.var / "chainrule.sqlite3", timeout=20)) as connection:
        return connection.execute(query, values).fetchall()


def processes(site: Site, words: str) -> list[int]:
    """Return the ids of the site's processes whose command line contains these words."""
    return [pid for pid in family(site) if words in command_line(pid)]


def family(site: Site) -> list[int]:
    """Return all descendants of the site's processes."""
    roots = [process.pid for process in site.processes.values()]
    found: list[int] = []
    while roots:
        kids = kids_of(roots.pop())
        found += kids
        roots += kids
    return found


def kids_of(pid: int) -> list[int]:
    return [kid for kid, parent in _parents().items() if parent == pid]


def alive(pids: list[int]) -> list[int]:
    """Return those still running; zombies do not count."""
    return [pid for pid in pids if _state(pid) not in ("", "Z", "X")]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@contextmanager
def assert_invariants(site: Site) -> Iterator[None]:
    """Check that every invariant holds, whatever was done to the site."""
    yield
    site.manage("check_invariants")


def _parents() -> dict[int, int]:
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))):
            found[int(entry)] = int(stat[1])
    return found


def _state(pid: int) -> str:
    stat = _stat(pid)
    return stat[0] if stat else ""


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
