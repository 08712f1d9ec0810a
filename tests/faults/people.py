"""Access to a site in separate processes: a person with a token, and its processes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.deployments import Site
from tests.waiting import eventually

LONG = """\
seeds: {start: 0, count: 8}
dataset: {name: xor}
model: {layers: [{type: Linear, out_features: %d, activation: sigmoid}, {type: Linear, out_features: 1}]}
loss: {type: MSELoss}
optimizer: {type: SGD, lr: 0.5}
training: {epochs: 30000, batch_size: full, eval_every: 500}
"""
SHORT = LONG.replace("30000", "2000").replace("eval_every: 500", "eval_every: 20")
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

    @property
    def code(self) -> str:
        """Return the code of a refusal."""
        return self.json["error"]["code"]


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


def acknowledged(ada: Program, number: int) -> int:
    """Post a note and return its number; ask again with the same idempotency key, as a careful client does, while the
    site is down, while the key is held by a process that is dead, and when there were too many posts in a minute.
    """
    wish = {"kind": "note", "title": "", "source": f"Note number {number}.", "publish": True}
    answer: Answer | None = None

    def posted() -> int | None:
        nonlocal answer
        try:
            answer = ada.call("POST", "/api/v1/threads", wish, **{"Idempotency-Key": f"note-{number}"})
        except (OSError, http.client.HTTPException):
            return None
        if answer.status == 429 or (answer.status == 409 and answer.code == "idempotency_key_busy"):
            return None
        assert answer.status == 201, answer.text
        return answer.json["id"]

    try:
        return eventually(posted, seconds=150, every=0.2)
    except AssertionError as error:
        raise AssertionError(f"never acknowledged, last {answer}") from error


def are_posted(site: Site, count: int) -> bool:
    return ask(site, "SELECT count(*) FROM content_post WHERE source LIKE 'Note number %'") >= [(count,)]


def is_answering(site: Site) -> bool:
    try:
        return site.get("/healthz")[0] == 200
    except OSError:
        return False


def is_under_way(site: Site, run_id: int) -> bool:
    """Return whether a run is training: its first points are there."""
    return ask(site, "SELECT progress IS NOT NULL FROM bpsandbox_run WHERE id = ?", run_id) == [(1,)]


def training_child(site: Site) -> int:
    """Return the process id of a child forked by a fork server."""
    forked = processes(site, "bpsandbox.runner.fork_server")
    return next(kid for server in forked for kid in forked if kid in kids_of(server))


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
