"""Preparation before the site starts: tables, static files, fonts, demo content.

A stamp records what was prepared, so that the next start need not load Django to find nothing to do.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from community.launch.environment import report
from community.launch.paths import ROOT, var
from community.launch.stop import Stop, failure_line, full_sentence, require_space, writing_to

DATABASE = "chainrule.sqlite3"
STAMP = "prepared.json"
NEEDED_MEGABYTES = 50


def prepare(python: Path) -> None:
    """Prepare the state for this version of the code. Raises Stop."""
    require_space(var(), NEEDED_MEGABYTES)
    refuse_newer_database(var() / DATABASE)
    stamp = fingerprint()
    if _is_current(stamp):
        return
    report("Preparing the database, the static files and the demo content …")
    _run_prepare(python)
    with writing_to(var()):
        (var() / STAMP).write_text(json.dumps({"made_from": stamp}))


def refuse_newer_database(path: Path) -> None:
    """Raise Stop if the database has migrations unknown to this code."""
    unknown = sorted(applied_migrations(path) - known_migrations())
    if unknown:
        app, name = unknown[0]
        raise Stop(
            f"{path} was made by a newer version of Chainrule ({app} {name}); "
            "update the code to that version, or set CHAINRULE_VAR to another folder."
        )


def applied_migrations(path: Path) -> set[tuple[str, str]]:
    """Return our apps' applied migrations."""
    if not path.exists() or path.stat().st_size == 0:
        return set()
    ours = {app for app, _name in known_migrations()}
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
            rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return set()
        raise Stop(f"{path} cannot be read ({error}); check its rights and the disk.") from error
    except sqlite3.DatabaseError as error:
        raise Stop(f"{path} is no database ({error}); restore a backup of it or move it away.") from error
    return {(app, name) for app, name in rows if app in ours}


def known_migrations() -> set[tuple[str, str]]:
    """Return (app label, name) of every migration in the source tree."""
    return {(path.parent.parent.name, path.stem) for path in _migrations()}


def fingerprint() -> str:
    """Return a digest of everything that preparation depends on."""
    digest = hashlib.sha256()
    for path in sorted({*_migrations(), *_static_files(), *_inputs()}):
        about = path.stat()
        digest.update(f"{path.relative_to(ROOT)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _migrations() -> Iterator[Path]:
    for package in ("community", "bpsandbox"):
        yield from (path for path in ROOT.glob(f"{package}/**/migrations/*.py") if path.name != "__init__.py")


def _static_files() -> Iterator[Path]:
    for folder in (*ROOT.glob("community/static"), *ROOT.glob("community/*/static"), ROOT / "bpsandbox" / "static"):
        yield from (path for path in folder.rglob("*") if path.is_file())


def _inputs() -> Iterator[Path]:
    """Return the code that makes bundles, fonts and demo content, and the requirements with their own static files."""
    yield from (
        ROOT / name for name in ("requirements.txt", "community/common/bundles.py", "community/common/static.py")
    )
    for pattern in ("community/common/fonts/*.py", "community/**/commands/demo.py", "community/**/demo/**/*"):
        yield from (path for path in ROOT.glob(pattern) if path.is_file() and "__pycache__" not in path.parts)


def _is_current(stamp: str) -> bool:
    """Return whether the same state was prepared before and still exists."""
    try:
        remembered = json.loads((var() / STAMP).read_text())
    except (OSError, ValueError):
        return False
    still_there = (var() / DATABASE).exists() and (var() / "static" / "staticfiles.json").exists()
    return still_there and remembered.get("made_from") == stamp


def _run_prepare(python: Path) -> None:
    command = [str(python), str(ROOT / "manage.py"), "prepare"]
    command += ["--without-demo"] if os.environ.get("CHAINRULE_WITHOUT_DEMO") else []
    log = var() / "prepare.log"
    with writing_to(var()), log.open("wb") as file:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=file, env=os.environ)
    if done.returncode == 0:
        return
    text = log.read_text(encoding="utf-8", errors="replace")
    if "No space left on device" in text or "database or disk is full" in text:
        raise Stop(full_sentence(var()))
    raise Stop(f"Preparing failed: {failure_line(text)} (details: {log})")
