"""Faults on the production site: PostgreSQL, an unreliable Redis, Celery, training workers."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from community.launch.paths import ROOT
from tests.deployments import Site, production
from tests.faults.people import A_POLL, LONG, SHORT, assert_invariants, eventually, kill, processes, program

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at processes through /proc"),
]
UNDONE = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE finished_at IS NULL"
NOTICES = """
SELECT count(*) FROM notifications_notification AS notice
JOIN accounts_user AS reader ON reader.id = notice.recipient_id
JOIN accounts_user AS actor ON actor.id = notice.actor_id
WHERE reader.handle = 'ada' AND actor.handle = 'berta'
"""


class OwnRedis:
    """A Redis for this test alone, which can be stopped."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                   "--appendonly", "yes", "--daemonize", "no"]  # fmt: skip
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(self.answers)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory):
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server to start and stop")
    server = OwnRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory, postgres_url, own_redis):
    with production(tmp_path_factory.mktemp("production"), postgres_url, own_redis.url) as site:
        yield site


def rows(site: Site, query: str, *values: object) -> list[tuple]:
    """Ask the database directly."""
    with psycopg.connect(site.environ["CHAINRULE_DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


def sign_in(site: Site) -> int:
    """Sign in as a new browser; return the status."""
    where = urllib.parse.urlsplit(site.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    form = {"login": "ada", "password": "correct horse battery"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": site.url}
    connection.request("POST", "/accounts/login/", urllib.parse.urlencode(form), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_without_redis_the_door_is_shut_and_reading_goes_on(site, ada, own_redis, say) -> None:
    thread = ada.call("POST", "/api/v1/threads", note("Before.")).json
    assert sign_in(site) == 302
    with assert_invariants(site):
        own_redis.stop()
        try:
            began = time.monotonic()
            assert sign_in(site) == 503
            shut = time.monotonic() - began
            began = time.monotonic()
            for path in ("/", "/latest/", "/accounts/login/", f"/notes/{thread['id']}/", "/playground/", "/healthz"):
                assert site.get(path)[0] == 200, path
            read = (time.monotonic() - began) / 6
            written = ada.call("POST", "/api/v1/threads", note("While Redis is away."))
            assert written.status == 201, written.text
        finally:
            own_redis.start()
        back = eventually(lambda: sign_in(site) == 302)
        told = eventually(lambda: rows(site, UNDONE) == [(0,)], within=90)
    say(f"Redis stopped: sign-in 503 after {shut:.1f} s, a page {read:.2f} s; started: sign-in back after {back:.1f} s")
    say(f"what was written meanwhile was announced {told:.1f} s later")


def note(text: str) -> dict:
    return {"kind": "note", "title": "", "source": text, "publish": True}


def test_a_celery_worker_killed_and_its_tasks_done_by_the_next(site, ada, say) -> None:
    for pid in [site.processes["jobs"].pid, *processes(site, "celery")]:
        kill(pid)
    site.processes["jobs"].wait(60)
    berta = program(site, "berta")
    with assert_invariants(site):
        question = ada.call("POST", "/api/v1/threads", note("Whose words?") | {"kind": "question", "title": "Why?"})
        answer = {"thread": question.json["id"], "role": "answer", "source": "Because."}
        assert berta.call("POST", "/api/v1/posts", answer).status == 201
        began = time.monotonic()
        celery = [str(Path(sys.executable).parent / "celery"), "-A", "community.common.tasks_celery", "worker"]
        beat = ["--concurrency", "1", "--beat", "--schedule", str(site.var / "schedule-2")]
        with (site.var / "jobs.out").open("ab") as out:
            site.processes["jobs"] = subprocess.Popen(
                [*celery, *beat], env=site.environ, cwd=ROOT, stdout=out, stderr=out, start_new_session=True
            )
        eventually(lambda: rows(site, NOTICES) == [(1,)], within=90)
        told = time.monotonic() - began
    say(f"Celery worker killed: its successor told of the answer once, {told:.1f} s after it was started")


def test_two_training_workers_and_one_killed_in_mid_run(site, ada, say) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "train_worker", "--slots", "2"]
    second = subprocess.Popen(
        command,
        env=site.environ,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    submit = (
        "from bpsandbox import api\nimport json\n"
        f"made = [api.submit(config_text={SHORT!r} % n, is_system=True, target=('page', n)) for n in range(2, 22)]\n"
        "print(json.dumps([each.run.pk for each in made]))\n"
    )
    try:
        with assert_invariants(site):
            ids = json.loads(site.manage("shell", "-v", "0", "-c", submit).splitlines()[-1])
            made = ada.run(LONG % 5)
            eventually(lambda: ada.state(made["id"]) == "running", every=A_POLL)
            time.sleep(0.5)
            [[holder]] = rows(site, "SELECT worker FROM bpsandbox_run WHERE id = %s", made["id"])
            victim = int(holder.split("/")[2])
            began = time.monotonic()
            kill(victim)
            eventually(lambda: ada.state(made["id"]) == "succeeded", every=A_POLL, within=90)
            ended = time.monotonic() - began
            active = "SELECT count(*) FROM bpsandbox_run WHERE state IN ('queued', 'running')"
            eventually(lambda: rows(site, active) == [(0,)], within=90)
        found = rows(site, "SELECT state, attempts FROM bpsandbox_run WHERE id = ANY(%s)", [*ids, made["id"]])
        assert [state for state, _attempts in found] == ["succeeded"] * 21
        assert sum(attempts for _state, attempts in found) <= 21 + 3, "only what the dead one held was begun again"
    finally:
        if second.poll() is None:
            second.send_signal(signal.SIGTERM)
        second.wait(60)
    say(f"two training workers on PostgreSQL, one killed in mid-run: its run ended right {ended:.1f} s after the kill")


def test_the_database_throws_everybody_out_again_and_again(site, ada, say) -> None:
    """As when PostgreSQL restarts: every connection ends, whatever it was doing. A person has 30 posts a minute."""
    database = urllib.parse.urlsplit(site.environ["CHAINRULE_DATABASE_URL"]).path.lstrip("/")
    statuses: Counter[int] = Counter()
    acknowledged = 0
    with assert_invariants(site), psycopg.connect(site.environ["CHAINRULE_DATABASE_URL"], autocommit=True) as killer:
        for number in range(20):
            if number % 2 == 0:
                killer.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = %s AND pid <> pg_backend_pid()",
                    (database,),
                )
            wish = note(f"Thrown out {number}.")
            for _try in range(20):
                answer = ada.call("POST", "/api/v1/threads", wish, **{"Idempotency-Key": f"thrown-{number}"})
                statuses[answer.status] += 1
                if answer.status == 201:
                    acknowledged += 1
                    break
                time.sleep(0.2)
    [[stored]] = rows(site, "SELECT count(*) FROM content_post WHERE source LIKE 'Thrown out%%'")
    assert stored == acknowledged == 20
    assert set(statuses) <= {201, 503}, statuses
    say(f"every connection ended 10 times during 20 posts: answers {dict(statuses)}, each post there once")
