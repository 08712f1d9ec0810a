"""Specs for the fake engine, and real worker processes on the test database."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from bpsandbox import services
from bpsandbox.models import Run
from tests.bpsandbox.runner.acting import ENGINE
from tests.bpsandbox.runner.acting_engine import canonical
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
# Idle workers repeat no runs, except in the tests of certificates and of the archive.
OF_WORKERS = {
    "BPSANDBOX_ENGINE": ENGINE, "BPSANDBOX_LEASE_SECONDS": 3, "BPSANDBOX_CERTIFICATE_SECONDS": 0,
    "BPSANDBOX_ARCHIVE_SECONDS": 0,
}  # fmt: skip


@pytest.fixture
def acting(settings, tmp_path):
    """Train with the fake engine, and wake only this test's workers."""
    settings.BPSANDBOX_ENGINE = ENGINE
    settings.BPSANDBOX_WAKE = "bpsandbox.wake.Pipes"
    settings.BPSANDBOX_WAKE_PLACE = str(tmp_path / "wake")
    settings.BPSANDBOX_VISIBLE_SPECS = "bpsandbox.policies.all_targets"
    settings.BPSANDBOX_HAS_MEMBER_QUOTA = "bpsandbox.policies.every_account"
    settings.BPSANDBOX_LEASE_SECONDS = 3
    return settings


@pytest.fixture
def wanted(acting, db):
    """Return a function that submits a run of the fake engine."""

    def submit(act="finish", *, request=None, **parts):
        text = canonical(act, **parts)
        return services.submit(
            spec_hash=sha256(text.encode()).hexdigest()[:32],
            canonical=text,
            facts={},
            request=request or services.RunRequest(is_system=True, target=("post", 1), visibility="public"),
        )

    return submit


@pytest.fixture
def workers(acting, transactional_db, tmp_path):
    """Return a function that starts `manage.py train_worker` processes; they end with the test."""
    started = []

    def start(**extra):
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.bpsandbox.host.settings",
            "HOST_VAR": str(tmp_path),
            "HOST_DATABASE": json.dumps(database()),
            "HOST_SETTINGS": json.dumps({**OF_WORKERS, **extra}),
        }
        log = (tmp_path / f"worker-{len(started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "manage.py", "train_worker"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
    for process in started:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        process.kill()
        process.wait()


def database():
    """Return the test database's settings for another process."""
    names = ("ENGINE", "NAME", "HOST", "PORT", "USER", "PASSWORD", "OPTIONS")
    parts = {name: connection.settings_dict[name] for name in names}
    return {**parts, "NAME": str(parts["NAME"])}


def ended(run_id, *, seconds=60):
    """Wait for a run to end and return it."""
    return eventually(
        lambda: Run.objects.exclude(state__in=("queued", "running")).filter(pk=run_id).first(), seconds=seconds
    )


def shows_points(run_id):
    return lambda: (run := Run.objects.get(pk=run_id)).progress and run.progress["points"] and run


def children_of(pid):
    """Return the process ids of a process's children, whichever of its threads started them."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def busy_child(worker):
    """Return the training child of a worker, forked by its fork server, and none that has ended before."""

    def running() -> list[int]:
        return [pid for server in children_of(worker.pid) for pid in children_of(server) if lives(pid)]

    return eventually(running)[-1]


def lives(pid):
    """Return whether a process has not ended: one that has stays in the list until it is waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
