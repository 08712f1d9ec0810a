"""A complete site on a free port with a synthetic community, embedded or production as docs/operating.md sets it up.

with site(Wanted("production", size="large")) as served: served.port, served.parts, served.catalogue()
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bench.traffic import meters
from bench.traffic.meters import Roots
from community.launch.paths import ROOT
from community.launch.processes import be_nice

DEPLOYMENTS = ("embedded", "production")
PATIENCE = 120.0
GRACE = 20.0
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/9"
STATE = ("chainrule.sqlite3", "secret-key", "fonts", "static", "rates.json", "prepared.json")


@dataclass(frozen=True)
class Wanted:
    """Which site. `data` is an already filled one: a CHAINRULE_VAR folder, which is copied, or the URL of a PostgreSQL
    database, which is used as it is; without it a new one is filled and removed afterwards. `whole_server` counts
    all of PostgreSQL, parallel and background workers included, and not only the processes connected to the database.
    """

    deployment: str
    size: str = "large"
    data: str = ""
    postgresql: str = POSTGRESQL
    redis: str = REDIS
    web_processes: int = 2
    whole_server: bool = False


@dataclass
class Served:
    """A running site. `parts` are its root processes by part, for a Meter."""

    port: int
    environ: dict[str, str]
    parts: dict[str, Roots] = field(default_factory=dict)
    running: dict[str, subprocess.Popen] = field(default_factory=dict)

    def run(self, *command: str) -> str:
        """Run a Python module or script with the site's settings and return what it prints."""
        done = subprocess.run([sys.executable, *command], env=self.environ, cwd=ROOT, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}:\n{done.stderr[-4000:]}")
        return done.stdout

    def catalogue(self, *options: str) -> dict[str, Any]:
        return json.loads(self.run("-m", "bench.traffic.pages", *options))

    def forget(self) -> None:
        """Empty the site's cache."""
        self.run("manage.py", "shell", "-v", "0", "-c", "from django.core.cache import cache; cache.clear()")


@contextmanager
def site(wanted: Wanted) -> Iterator[Served]:
    """Prepare and start a site, and stop it with all its processes, also when this one is told to end."""
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        with tempfile.TemporaryDirectory(prefix="chainrule-bench-") as folder:
            start = _embedded if wanted.deployment == "embedded" else _production
            with start(wanted, Path(folder)) as served:
                yield served
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _embedded(wanted: Wanted, var: Path) -> Iterator[Served]:
    environ = _outside() | {
        "CHAINRULE_VAR": str(var),
        "CHAINRULE_VENV": sys.prefix,
        "CHAINRULE_WITHOUT_DEMO": "1",
        "CHAINRULE_WEB_PROCESSES": str(wanted.web_processes),
        "DJANGO_SETTINGS_MODULE": "community.settings.embedded",
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
    }
    served = Served(int(environ["PORT"]), environ)
    if wanted.data:
        _copy_state(Path(wanted.data), var)
    else:
        served.run("manage.py", "prepare", "--without-demo")
        _fill(served, wanted.size)
    with _stopped_afterwards(served):
        _start(served, "site", str(ROOT / "run"))  # which prepares what is not of this release
        _wait_until_ready(served)
        served.parts = {
            "web": lambda: _children(served, "community.launch.web"),
            "jobs": lambda: _children(served, "job_worker"),
            "train": lambda: _children(served, "train_worker"),
        }
        yield served


@contextmanager
def _production(wanted: Wanted, var: Path) -> Iterator[Served]:
    with _database(wanted) as database_url:
        environ = _outside() | _production_settings(wanted, var, database_url)
        served = Served(free_port(), environ)
        served.run("manage.py", "prepare", "--without-demo")
        if not wanted.data:
            _fill(served, wanted.size)
        tools = Path(sys.executable).parent
        with _stopped_afterwards(served):
            _start(served, "web", str(tools / "granian"), "--interface", "asginl", "--host", "127.0.0.1",
                   "--port", str(served.port), "--workers", str(wanted.web_processes), "--backpressure", "5000",
                   "--respawn-failed-workers", "community.asgi:application")  # fmt: skip
            _start(served, "jobs", str(tools / "celery"), "-A", "community.common.tasks_celery", "worker",
                   "--concurrency", "2", "--loglevel", "WARNING", "--beat",
                   "--schedule", str(var / "celerybeat-schedule"))  # fmt: skip
            _start(served, "train", sys.executable, "manage.py", "train_worker", "--slots", "2")
            _wait_until_ready(served)
            own = {name: _root(process) for name, process in served.running.items()}
            served.parts = own | {
                "database": _backends(database_url, whole_server=wanted.whole_server),
                "redis": _redis(wanted.redis),
            }
            yield served


def _production_settings(wanted: Wanted, var: Path, database_url: str) -> dict[str, str]:
    return {
        "CHAINRULE_VAR": str(var),
        "DJANGO_SETTINGS_MODULE": "community.settings.production",
        "CHAINRULE_SECRET_KEY": secrets.token_urlsafe(60),
        "CHAINRULE_HOSTS": "127.0.0.1,localhost",
        "CHAINRULE_DATABASE_URL": database_url,
        "CHAINRULE_REDIS_URL": wanted.redis,
        "CHAINRULE_REDIS_PREFIX": f"bench-{secrets.token_hex(4)}",
        "CHAINRULE_MAIL_FROM": "Chainrule <noreply@chainrule.example>",
        "CHAINRULE_SMTP_HOST": "smtp.chainrule.example",
        "CHAINRULE_MAIL_FOLDER": str(var / "mail"),
        "CHAINRULE_PLAIN_HTTP": "yes",
        "CHAINRULE_TRUSTED_PROXIES": "0",
        "CHAINRULE_LOG_LEVEL": "WARNING",
    }


def _copy_state(filled: Path, var: Path) -> None:
    """Copy what makes a site, the database by its own backup, so that it may be in use."""
    for name in STATE[1:]:
        if (filled / name).is_dir():
            shutil.copytree(filled / name, var / name)
        elif (filled / name).exists():
            shutil.copy2(filled / name, var / name)
    with closing(sqlite3.connect(filled / STATE[0])) as source, closing(sqlite3.connect(var / STATE[0])) as copy:
        source.backup(copy)


def _fill(served: Served, size: str) -> None:
    served.run("-m", "bench.seed_load", "--size", size)


@contextmanager
def _database(wanted: Wanted) -> Iterator[str]:
    """Return the URL of the filled database, or create one and drop it afterwards."""
    if wanted.data:
        yield wanted.data
        return
    import psycopg

    name = f"chainrule_bench_{secrets.token_hex(4)}"
    with psycopg.connect(wanted.postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
    try:
        yield urlunsplit(urlsplit(wanted.postgresql)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(wanted.postgresql, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _backends(database_url: str, *, whole_server: bool) -> Roots:
    """Return the server's processes that are connected to our database, or all of it."""
    import psycopg

    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    def connected() -> list[int]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            return [pid for (pid,) in connection.execute(query)]

    if not whole_server:
        return connected
    with psycopg.connect(database_url) as connection:
        server = meters.parent(connection.info.backend_pid)
    return lambda: [server]


def _redis(url: str) -> Roots:
    import redis

    with redis.Redis.from_url(url) as server:
        pid = server.info("server")["process_id"]
    return lambda: [pid]


def _root(process: subprocess.Popen) -> Roots:
    return lambda: [process.pid]


def _children(served: Served, words: str) -> list[int]:
    """Return the supervisor's programs with these words in their command."""
    supervisor = served.running["site"].pid
    return [
        pid for pid in meters.tree([supervisor]) if words in meters.command(pid) and meters.parent(pid) == supervisor
    ]


NICENESS = {"jobs": 5, "train": 10}  # what CPUWeight does in the units of docs/operating.md


def _start(served: Served, name: str, *command: str) -> None:
    with (Path(served.environ["CHAINRULE_VAR"]) / f"{name}.out").open("ab") as out:
        served.running[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=served.environ | {"PGAPPNAME": name},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(be_nice, NICENESS.get(name, 0)),
        )


def _wait_until_ready(served: Served) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and all(process.poll() is None for process in served.running.values()):
        with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", served.port, timeout=10)) as asking:
            asking.request("GET", "/readyz")
            if asking.getresponse().status == 200:
                return
        time.sleep(0.1)
    said = [path.read_text(errors="replace")[-2000:] for path in Path(served.environ["CHAINRULE_VAR"]).glob("*.out")]
    raise RuntimeError("The site did not become ready:\n" + "\n".join(said))


@contextmanager
def _stopped_afterwards(served: Served) -> Iterator[None]:
    try:
        yield
    finally:
        for process in served.running.values():
            _signal(process, signal.SIGTERM)
        for process in served.running.values():
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()


def _signal(process: subprocess.Popen, number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _outside() -> dict[str, str]:
    """Return the environment without settings of this project."""
    ours = re.compile("CHAINRULE_|DJANGO_|PYTEST")
    return {key: value for key, value in os.environ.items() if not ours.match(key)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
