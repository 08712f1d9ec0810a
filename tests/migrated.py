"""Databases with all migrations applied, and state folders of whole sites, to be copied.

To make one takes many seconds, and the tests need a dozen. Each is kept until what makes it changes, as files below
var/ and as a database on the server of the tests: a database until a migration or what migrations import changes
(Django then applies what hangs on the models, such as triggers, to the copy), a prepared state until any code does.
"""

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from community.launch.paths import ROOT
from community.launch.preparation import DATABASE, fingerprint

PACKAGES = ("community", "bpsandbox")
KEPT = ROOT / "var" / "migrated"
CHECKOUT = f"chainrule_migrated_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}_"
OURS = ("CHAINRULE_", "DJANGO_", "PYTEST", "PYTHONDONTWRITEBYTECODE")
OLD_SECONDS = 3600
"""Another run, of the code as it was before, may still copy what was used since then."""
TRAIN = """
import django
django.setup()
from bpsandbox.worker import Slot, TrainWorker
slot = Slot(TrainWorker(slots=1))
while slot.work_once():
    pass
slot.children.close()
slot.listener.close()
"""
"""The trainings of the demo end before its state is copied: each site would train all of them again."""
PREPARE = "import sys, pathlib; from community.launch.preparation import prepare; prepare(pathlib.Path(sys.executable))"


def copy_sqlite(to: Path | str) -> None:
    """Copy a migrated database to a file that is not there yet."""
    shutil.copyfile(_migrated() / DATABASE, to)


def copy_state(var: Path, *, demo: bool = False) -> None:
    """Fill the state folder of a site as its first start by ./run does."""
    shutil.copytree(_prepared(demo=demo), var, dirs_exist_ok=True)


def copy_fonts_and_rates(var: Path) -> None:
    """Give a site what is the same for every site on this machine, whatever its settings."""
    prepared = _prepared(demo=False)
    shutil.copytree(prepared / "fonts", var / "fonts")
    if (prepared / "rates.json").exists():  # a busy machine is not measured
        shutil.copy2(prepared / "rates.json", var)


def _migrated() -> Path:
    return _kept("migrated", _migrations, _migrate_sqlite)


def _prepared(*, demo: bool) -> Path:
    def prepare(var: Path) -> None:
        copy_sqlite(var / DATABASE)
        environ = {"CHAINRULE_VAR": str(var), "DJANGO_SETTINGS_MODULE": "community.settings.embedded"}
        _run("-c", PREPARE, **environ, **({} if demo else {"CHAINRULE_WITHOUT_DEMO": "1"}))
        if demo:
            _run("-c", TRAIN, **environ)
            shutil.rmtree(var / "wake", ignore_errors=True)  # pipes are not copied

    return _kept("demo" if demo else "empty", _code, prepare)


def _kept(name: str, key: Callable[[], str], make: Callable[[Path], None]) -> Path:
    """Return a state folder that is made once for this key; those of other keys are removed in time."""
    made_from = key()
    kept = KEPT / f"{name}-{made_from}"
    if kept.exists():
        return kept
    with _one_process(name):
        if not kept.exists():
            for old in KEPT.glob(f"{name}-*"):
                if old.stat().st_mtime < time.time() - OLD_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)
            made = KEPT / f"being-made-{name}"
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(mode=0o700)
            make(made)
            assert key() == made_from, "The code was changed meanwhile."
            made.rename(kept)
    return kept


def postgres_template(server: str) -> str:
    """Return the name of a database that is copied and never opened."""
    made_from = _migrations()
    name = CHECKOUT + made_from
    # That of the address may not exist yet, and libpq knows no words of the settings.
    with (
        _one_process("postgresql"),
        psycopg.connect(beside(server, "postgres", query=""), autocommit=True) as connection,
    ):
        there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if name not in there:
            made = CHECKOUT + "made"
            for old in there:
                if old.startswith(CHECKOUT):
                    connection.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{made}"')
            _migrate("community.settings.test", CHAINRULE_TEST_DATABASE_URL=beside(server, made))
            assert _migrations() == made_from, "The code was changed meanwhile."
            connection.execute(f'ALTER DATABASE "{made}" RENAME TO "{name}"')
    return name


def beside(server: str, database: str, **other: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{database}", **other))


def _migrations() -> str:
    """Return what changes with a migration, with a module of ours that one imports, and with Django."""
    migrations = [path for part in PACKAGES for path in (ROOT / part).glob("**/migrations/*.py")]
    return _digest([*migrations, *{path for each in migrations for path in _imported(each)}])


def _imported(source: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            found = (ROOT / name.replace(".", "/")).with_suffix(".py")
            if name.startswith(PACKAGES) and found.exists():
                yield found


def _code() -> str:
    """Return what changes with any line that preparing a site could run."""
    sources = [path for part in PACKAGES for path in (ROOT / part).rglob("*.py")]
    return hashlib.sha256((_digest(sources) + fingerprint()).encode()).hexdigest()[:12]


def _digest(sources: list[Path]) -> str:
    found = hashlib.sha256(sys.version.encode())
    for path in [ROOT / "requirements.txt", *sorted(sources)]:
        found.update(str(path).encode() + path.read_bytes())
    return found.hexdigest()[:12]


def _migrate_sqlite(var: Path) -> None:
    _migrate("community.settings.embedded", CHAINRULE_VAR=str(var))


def _migrate(settings: str, **environ: str) -> None:
    _run(str(ROOT / "manage.py"), "migrate", "-v", "0", DJANGO_SETTINGS_MODULE=settings, **environ)


def _run(*arguments: str, **environ: str) -> None:
    outside = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, env=outside | environ, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@contextmanager
def _one_process(name: str) -> Iterator[None]:
    """Let the others wait for what one process makes."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
