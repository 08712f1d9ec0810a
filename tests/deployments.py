"""Complete sites in separate processes: `embedded` by ./run, `production` with every component.

with embedded(tmp_path) as site: site.url, site.manage("…"), site.emails()
with production(tmp_path, postgres_url, redis_url) as site: …
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from community.launch.paths import ROOT
from tests.migrated import copy_fonts_and_rates, copy_state, postgres_template

PATIENCE = 120
REDIS_SECONDS = "20"
"""A machine that stalls is not a Redis that is away, and refuses nobody who signs in."""


@dataclass
class Site:
    """A site at `url` (without trailing slash)."""

    url: str
    var: Path
    environ: dict[str, str]
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def manage(self, *arguments: str, patience: float = PATIENCE) -> str:
        """Run a management command against the site and return its output."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(command, env=self.environ, cwd=ROOT, capture_output=True, text=True, timeout=patience)
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


@contextmanager
def embedded(folder: Path, *, demo: bool = False, **more: str) -> Iterator[Site]:
    """Start a site by `./run` with a separate state folder, a copy of one that was prepared."""
    var = folder / "var"
    copy_state(var, demo=demo)
    ours = {"CHAINRULE_VAR": str(var), "CHAINRULE_VENV": sys.prefix, "PORT": str(_free_port())}
    environ = _outside() | ours | ({} if demo else {"CHAINRULE_WITHOUT_DEMO": "1"}) | more
    site = Site(f"http://127.0.0.1:{ours['PORT']}", var, environ)
    site.environ["DJANGO_SETTINGS_MODULE"] = "community.settings.embedded"
    with _family(site):
        _start(site, "run", str(ROOT / "run"))
        _wait_until_ready(site, "run")
        yield site


@contextmanager
def production(folder: Path, postgres_url: str, redis_url: str, **more: str) -> Iterator[Site]:
    """Start a site with production settings: PostgreSQL, Redis, a Celery worker, a training worker, and uvicorn.

    Unlike a real one, it uses plain HTTP, and emails go to files.
    """
    var = folder / "var"
    var.mkdir(parents=True, exist_ok=True)
    copy_fonts_and_rates(var)
    port = _free_port()
    with _database(postgres_url) as database_url:
        environ = _outside() | {
            "CHAINRULE_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "community.settings.production",
            "CHAINRULE_SECRET_KEY": secrets.token_urlsafe(60),
            "CHAINRULE_HOSTS": "127.0.0.1,localhost",
            "CHAINRULE_DATABASE_URL": database_url,
            "CHAINRULE_REDIS_URL": redis_url,
            "CHAINRULE_REDIS_PREFIX": f"test-{secrets.token_hex(4)}",
            "CHAINRULE_REDIS_TIMEOUT": REDIS_SECONDS,
            "CHAINRULE_MAIL_FROM": "Chainrule <noreply@chainrule.example>",
            "CHAINRULE_SMTP_HOST": "smtp.chainrule.example",
            "CHAINRULE_MAIL_FOLDER": str(var / "mail"),
            "CHAINRULE_PLAIN_HTTP": "yes",
            "CHAINRULE_TRUSTED_PROXIES": "0",
            **more,
        }
        site = Site(f"http://127.0.0.1:{port}", var, environ)
        site.manage("prepare", "--without-demo")
        bin_folder = Path(sys.executable).parent
        app = "community.common.tasks_celery"
        schedule = ("--beat", "--schedule", str(var / "celerybeat-schedule"))
        with _family(site):
            _start(site, "web", str(bin_folder / "uvicorn"), "community.asgi:application", "--port", str(port),
                   "--lifespan", "off", "--timeout-graceful-shutdown", "2")  # fmt: skip
            _start(site, "jobs", str(bin_folder / "celery"), "-A", app, "worker", "--concurrency", "1", *schedule)
            _start(site, "train", sys.executable, str(ROOT / "manage.py"), "train_worker")
            _wait_until_ready(site, "web")
            yield site


@contextmanager
def _database(postgres_url: str) -> Iterator[str]:
    """Create a migrated database for one site and drop it afterwards."""
    name = f"chainrule_test_{secrets.token_hex(5)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template(postgres_url)}"')
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _family(site: Site) -> Iterator[None]:
    """End every process of the site, whatever happened."""
    try:
        yield
    finally:
        for process in site.processes.values():
            _signal(process, signal.SIGTERM)
        for process in site.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait(5)


def _signal(process: subprocess.Popen, number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _start(site: Site, name: str, *command: str) -> None:
    with (site.var / f"{name}.out").open("ab") as out:
        site.processes[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=site.environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _without_questions(said: str) -> str:
    """Leave out the lines that our own asking wrote."""
    return "\n".join(line for line in said.splitlines() if "/readyz" not in line)


def _wait_until_ready(site: Site, name: str) -> None:
    ends_at = time.monotonic() + PATIENCE
    last = ""
    while time.monotonic() < ends_at:
        assert site.processes[name].poll() is None, f"{name} ended:\n{site.said(name)[-4000:]}"
        try:
            status, last = site.get("/readyz")
            if status == 200:
                return
        except OSError as error:
            last = repr(error)
        time.sleep(0.5)  # workers have a lower priority than the web processes that answer
    said = "\n".join(f"== {part}\n{_without_questions(site.said(part))[-4000:]}" for part in site.processes)
    raise AssertionError(f"the site did not become ready ({last}):\n{said}")


def _outside() -> dict[str, str]:
    """Return the environment without the settings of this test run."""
    ours = re.compile("CHAINRULE_|DJANGO_|PYTEST")
    return {key: value for key, value in os.environ.items() if not ours.match(key)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
