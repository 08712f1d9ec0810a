"""The benchmark of open streams works, and what it promises holds for a few streams on a whole site."""

import json
import os
import subprocess
import sys

import pytest

from community.launch.paths import ROOT
from tests.deployments import database
from tests.migrated import copy_state

pytestmark = pytest.mark.full

SMALL = ("--streams", "20", "--watchers", "3", "--seconds", "3", "--notices", "5", "--pages", "6", "--json")


def measured(*options: str) -> dict[str, float]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("CHAINRULE_", "DJANGO_"))}
    command = [sys.executable, "-m", "bench.streams", *SMALL, *options]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def check(found: dict[str, float]) -> None:
    assert found["opened"] == 23
    assert found["lost"] == 0
    assert found["notice to event, ms: p95"] < 1_500  # within a second, on a machine that may be busy
    assert found["threads with streams"] - found["threads before"] < 20
    assert found["events a watcher and second"] > 0.5


def test_streams_of_the_embedded_site_cost_nothing_while_nothing_happens(tmp_path):
    copy_state(tmp_path / "var")
    found = measured("--deployment", "embedded", "--data", str(tmp_path / "var"))
    check(found)
    assert found["idle: reads/s of web"] < 5


@pytest.mark.services
def test_streams_of_a_production_site_ask_the_database_for_nothing(postgres_url, redis_url):
    with database(postgres_url) as database_url:
        found = measured("--deployment", "production", "--data", database_url, "--redis", redis_url)
    check(found)
    assert found["opening: connections of web with a query"] > 0
    assert found["idle: connections of web with a query"] == 0
