"""SQLite with the settings of the embedded deployment and concurrent writers."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from community.launch.paths import ROOT

WRITER = f"""
import sys
from django.conf import settings
sys.path.insert(0, {str(ROOT)!r})
from community.settings.env import sqlite_at
from pathlib import Path
settings.configure(DATABASES={{"default": sqlite_at(Path(sys.argv[1]))}}, USE_TZ=True)
import django
django.setup()
from django.db import connection, transaction
for _ in range(int(sys.argv[2])):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT n FROM counter")
        (n,) = cursor.fetchone()
        cursor.execute("UPDATE counter SET n = %s", [n + 1])
"""


@pytest.mark.parametrize(("count", "rounds"), [(4, 50), pytest.param(8, 250, marks=pytest.mark.full)])
def test_writers_lose_nothing_and_are_never_locked_out(tmp_path, count, rounds):
    path = tmp_path / "counter.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE counter (n INTEGER)")
        connection.execute("INSERT INTO counter VALUES (0)")
    command = [sys.executable, "-c", WRITER, str(path), str(rounds)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(count)]
    complaints = [writer.communicate(timeout=120)[1] for writer in writers]
    assert complaints == [""] * count
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT n FROM counter").fetchone() == (count * rounds,)
