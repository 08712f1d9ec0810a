"""Complete sites in separate processes: `embedded` by ./run, `production` with every component, or on several hosts.

with embedded(tmp_path) as site: site.url, site.manage("…"), site.emails()
with production(tmp_path, postgres_url, redis_url) as site: …
with several_hosts(tmp_path, postgres_url, redis_url, a=("web",), t=("jobs", "train")) as hosts: hosts["a"].stop("web")
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from community.launch.paths import ROOT
from tests import leftovers
from tests.migrated import copy_fonts_and_rates, copy_state, postgres_template
from tests.waiting import eventually

PATIENCE = 120
PREPARED = 480
"""Seconds at most to prepare a host."""
ROLLING = ("prepare", "--without-demo", "--rolling")
REDIS_SECONDS = "20"
"""A machine that stalls is not a Redis that is away, and refuses nobody who signs in."""
OF_A_HOST = "/readyz?exclude=workers&exclude=training"
BIN = Path(sys.executable).parent
GRANIAN = (
    str(BIN / "granian"), "--interface", "asginl", "--workers", "1", "--backpressure", "5000",
    "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws", "community.asgi:application",
)  # fmt: skip
UVICORN = (
    str(BIN / "uvicorn"), "--lifespan", "off", "--timeout-graceful-shutdown", "2", "community.asgi:application",
)  # fmt: skip


@dataclass
class Site:
    """A site at `url` (without trailing slash), or one host of it. `programs` are its services, `code` its release."""

    url: str
    var: Path
    environ: dict[str, str]
    programs: dict[str, tuple[str, ...]]
    code: Path = ROOT
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def manage(self, *arguments: str, patience: float = PATIENCE) -> str:
        """Run a management command against the site and return its output."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, env=self._environ(), cwd=self.code, capture_output=True, text=True, timeout=patience
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def emails(self) -> list:
        """Return the emails written to files, oldest first."""
        files = sorted((self.var / "mail").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        texts = [text for path in files for text in path.read_bytes().split(b"-" * 79 + b"\n")]
        return [message_from_bytes(text.lstrip(), policy=policy.default) for text in texts if text.strip()]

    def said(self, name: str) -> str:
        return (self.var / f"{name}.out").read_text(errors="replace")

    def last_words(self) -> list[tuple[str, str]]:
        """Return the name of each process that has said something, and the end of it."""
        return [(path.stem, path.read_text(errors="replace")[-6000:]) for path in sorted(self.var.glob("*.out"))]

    def start(self, *names: str, ready: str = "/readyz") -> None:
        """Start services; wait until a web service among them says at `ready` that it is."""
        for name in names:
            self.processes[name] = self.started(name, *self.programs[name])
        if not {"web", "run"}.isdisjoint(names):
            self._wait_until_ready(ready)

    def started(self, name: str, *command: str) -> subprocess.Popen:
        """Start a process of the site, whose words are kept under a name."""
        with (self.var / f"{name}.out").open("ab") as out:
            process = subprocess.Popen(
                command,
                cwd=self.code,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        leftovers.note("group", process.pid)
        return process

    def stop(self, *names: str) -> float:
        """Stop services as systemd does, and return the seconds it took."""
        began = time.monotonic()
        for name in names:
            _signal(self.processes[name], signal.SIGTERM)
        for name in names:
            try:
                _wait(self.processes[name], 60)
            except subprocess.TimeoutExpired as error:
                raise AssertionError(f"{name} did not end:\n{self.said(name)[-2000:]}") from error
        return time.monotonic() - began

    def kill(self, *names: str) -> None:
        """End services as a power cut does."""
        for name in names:
            _signal(self.processes[name], signal.SIGKILL)
            _wait(self.processes[name], 60)

    def end(self) -> None:
        """End every process, whatever happened."""
        for process in self.processes.values():
            _signal(process, signal.SIGTERM)
        for process in self.processes.values():
            try:
                _wait(process, 15)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                _wait(process, 5)

    def _environ(self) -> dict[str, str]:
        """Return its environment, in which Python finds the code of its release and not that of the tests."""
        return self.environ | {"PYTHONPATH": str(self.code)}

    def _wait_until_ready(self, path: str) -> None:
        last = ""

        def is_ready() -> bool:
            nonlocal last
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            assert not ended, f"{ended[0]} ended:\n{self.said(ended[0])[-4000:]}"
            try:
                status, last = self.get(path)
                return status == 200
            except OSError as error:
                last = repr(error)
                return False

        try:
            eventually(is_ready, seconds=PATIENCE, every=0.2)
        except AssertionError as error:
            said = "\n".join(f"== {name}\n{_without_questions(self.said(name))[-4000:]}" for name in self.processes)
            raise AssertionError(f"the site did not become ready ({last}): {error}\n{said}") from error


@contextmanager
def embedded(folder: Path, *, demo: bool = False, **more: str) -> Iterator[Site]:
    """Start a site by `./run` with a separate state folder, a copy of one that was prepared."""
    var = folder / "var"
    copy_state(var, demo=demo)
    ours = {
        "CHAINRULE_VAR": str(var),
        "CHAINRULE_VENV": sys.prefix,
        "PORT": str(_free_port()),
        "DJANGO_SETTINGS_MODULE": "community.settings.embedded",
    }
    environ = outside() | ours | ({} if demo else {"CHAINRULE_WITHOUT_DEMO": "1"}) | more
    site = Site(f"http://127.0.0.1:{ours['PORT']}", var, environ, {"run": (str(ROOT / "run"),)})
    try:
        site.start("run")
        yield site
    finally:
        site.end()


@contextmanager
def production(folder: Path, postgres_url: str, redis_url: str) -> Iterator[Site]:
    """Start a site with production settings: PostgreSQL, Redis, a Celery worker, a training worker, and uvicorn.

    Unlike a real one, it uses plain HTTP, and emails go to files.
    """
    with database(postgres_url) as database_url:
        environ = _production_settings(database_url, redis_url) | {"CHAINRULE_TRUSTED_PROXIES": "0"}
        site = _host(folder / "var", environ, ("web", "jobs", "train"), web=UVICORN)
        site.manage("prepare", "--without-demo", patience=PREPARED)
        try:
            site.start(*site.programs)
            yield site
        finally:
            site.end()


@contextmanager
def several_hosts(
    folder: Path,
    postgres_url: str,
    redis_url: str,
    *,
    code: Path = ROOT,
    more: dict[str, str],
    **hosts: tuple[str, ...],
) -> Iterator[dict[str, Site]]:
    """Start hosts with some of the services each, which share a database, a Redis and what `more` names."""
    with ExitStack() as stack:
        database_url = stack.enter_context(database(postgres_url))
        environ = _production_settings(database_url, redis_url) | {"CHAINRULE_TRUSTED_PROXIES": "1"} | more
        made = {name: _host(folder / name, environ, services, code=code) for name, services in hosts.items()}
        for site in made.values():
            stack.callback(site.end)
        together([partial(site.manage, *ROLLING, patience=PREPARED) for site in made.values()])
        for site in made.values():
            site.start(*site.programs, ready=OF_A_HOST)
        yield made


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Do all at once."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(act) for act in acts]]


def _production_settings(database_url: str, redis_url: str) -> dict[str, str]:
    """Return the one environment file of all hosts of a site."""
    return {
        "DJANGO_SETTINGS_MODULE": "community.settings.production",
        "CHAINRULE_SECRET_KEY": secrets.token_urlsafe(60),
        "CHAINRULE_HOSTS": "127.0.0.1,localhost,community.test",
        "CHAINRULE_DATABASE_URL": database_url,
        "CHAINRULE_REDIS_URL": redis_url,
        "CHAINRULE_REDIS_PREFIX": f"test-{secrets.token_hex(4)}",
        "CHAINRULE_REDIS_TIMEOUT": REDIS_SECONDS,
        "CHAINRULE_MAIL_FROM": "Chainrule <noreply@chainrule.example>",
        "CHAINRULE_SMTP_HOST": "smtp.chainrule.example",
        "CHAINRULE_PLAIN_HTTP": "yes",
    }


def _host(
    var: Path, environ: dict[str, str], services: tuple[str, ...], *, code: Path = ROOT, web: tuple[str, ...] = GRANIAN
) -> Site:
    var.mkdir(parents=True)
    copy_fonts_and_rates(var)
    port = str(_free_port())
    celery = (str(BIN / "celery"), "-A", "community.common.tasks_celery", "worker", "--loglevel", "WARNING")
    programs = {
        "web": (*web, "--host", "127.0.0.1", "--port", port),
        "jobs": (*celery, "--concurrency", "1", "--beat", "--schedule", str(var / "celerybeat-schedule")),
        "train": (sys.executable, "manage.py", "train_worker"),
    }
    own = {"CHAINRULE_VAR": str(var), "CHAINRULE_MAIL_FOLDER": str(var / "mail")}
    chosen = {name: programs[name] for name in services}
    return Site(f"http://127.0.0.1:{port}", var, outside() | environ | own, chosen, code)


@contextmanager
def database(postgres_url: str) -> Iterator[str]:
    """Create a migrated database for one site and drop it afterwards."""
    name = f"chainrule_test_{secrets.token_hex(5)}"
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    left = leftovers.note("database", url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template(postgres_url)}"')
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        yield url
    finally:
        leftovers.drop_database(url)
        leftovers.forget(left)


def _signal(process: subprocess.Popen, number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _wait(process: subprocess.Popen, seconds: float) -> None:
    process.wait(seconds)
    leftovers.forget(("group", process.pid))


def _without_questions(said: str) -> str:
    """Leave out the lines that our own asking wrote."""
    return "\n".join(line for line in said.splitlines() if "/readyz" not in line)


def outside() -> dict[str, str]:
    """Return the environment without the settings of this test run. Compiled modules are kept: else each process of
    each site compiles all of them.
    """
    ours = re.compile("CHAINRULE_|DJANGO_|PYTEST|PYTHONDONTWRITEBYTECODE")
    return {key: value for key, value in os.environ.items() if not ours.match(key)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
