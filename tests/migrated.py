"""Databases with all migrations applied, to be copied: to apply them takes many seconds, and the tests need a dozen.

Of each kind one is kept until any code changes: a file below var/, and a database on the server of the tests.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from community.launch.paths import ROOT

KEPT = ROOT / "var" / "migrated"
CHECKOUT = f"chainrule_migrated_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}_"
OURS = ("CHAINRULE_", "DJANGO_", "PYTEST")


def copy_sqlite(to: Path | str) -> None:
    """Copy a migrated database to a file that is not there yet."""
    code = _code()
    folder = KEPT / code
    with _one_process():
        if not folder.exists():
            for old in KEPT.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            made = KEPT / "made"
            _migrate("community.settings.embedded", CHAINRULE_VAR=str(made))
            assert _code() == code, "The code was changed meanwhile."
            made.rename(folder)
        shutil.copyfile(folder / "chainrule.sqlite3", to)


def postgres_template(server: str) -> str:
    """Return the name of a database that is copied and never opened."""
    code = _code()
    name = CHECKOUT + code
    # That of the address may not exist yet, and libpq knows no words of the settings.
    with _one_process(), psycopg.connect(_at(server, "postgres", query=""), autocommit=True) as connection:
        there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if name not in there:
            made = CHECKOUT + "made"
            for old in there:
                if old.startswith(CHECKOUT):
                    connection.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{made}"')
            _migrate("community.settings.test", CHAINRULE_TEST_DATABASE_URL=_at(server, made))
            assert _code() == code, "The code was changed meanwhile."
            connection.execute(f'ALTER DATABASE "{made}" RENAME TO "{name}"')
    return name


def _at(server: str, database: str, **other: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}", **other))


def _code() -> str:
    """Return what changes with any line that a migration could run."""
    found = hashlib.sha256(sys.version.encode())
    sources = (path for part in ("community", "bpsandbox") for path in (ROOT / part).rglob("*.py"))
    for path in [ROOT / "requirements.txt", *sorted(sources)]:
        found.update(str(path).encode() + path.read_bytes())
    return found.hexdigest()[:12]


def _migrate(settings: str, **environ: str) -> None:
    outside = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    environ = {**outside, "DJANGO_SETTINGS_MODULE": settings, **environ}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@contextmanager
def _one_process() -> Iterator[None]:
    """Let the others wait for what one process makes."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
