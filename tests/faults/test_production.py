"""Faults on the production site: PostgreSQL, an unreliable Redis, Celery, training workers."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse
from collections import Counter
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.deployments import Site, production
from tests.faults.people import A_POLL, LONG, SHORT, Program, assert_invariants, kill, program
from tests.waiting import eventually, seconds_until

pytestmark = [
    pytest.mark.services,
    pytest.mark.full,
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
        back = seconds_until(lambda: sign_in(site) == 302)
        told = seconds_until(lambda: rows(site, UNDONE) == [(0,)])
    say(f"Redis stopped: sign-in 503 after {shut:.1f} s, a page {read:.2f} s; started: sign-in back after {back:.1f} s")
    say(f"what was written meanwhile was announced {told:.1f} s later")


def note(text: str) -> dict:
    return {"kind": "note", "title": "", "source": text, "publish": True}


def test_a_celery_worker_killed_and_its_tasks_done_by_the_next(site, ada, say) -> None:
    site.kill("jobs")
    berta = program(site, "berta")
    with assert_invariants(site):
        question = ada.call("POST", "/api/v1/threads", note("Whose words?") | {"kind": "question", "title": "Why?"})
        answer = {"thread": question.json["id"], "role": "answer", "source": "Because."}
        assert berta.call("POST", "/api/v1/posts", answer).status == 201
        began = time.monotonic()
        site.start("jobs")
        eventually(lambda: rows(site, NOTICES) == [(1,)])
        told = time.monotonic() - began
    say(f"Celery worker killed: its successor told of the answer once, {told:.1f} s after it was started")


def test_two_training_workers_and_one_killed_in_mid_run(site, ada, say) -> None:
    site.programs["more"] = (*site.programs["train"], "--slots", "2")
    site.start("more")
    submit = (
        "from bpsandbox import api\nimport json\n"
        f"made = [api.submit(config_text={SHORT!r} % n, is_system=True, target=('page', n)) for n in range(2, 22)]\n"
        "print(json.dumps([each.run.pk for each in made]))\n"
    )
    with assert_invariants(site):
        ids = json.loads(site.manage("shell", "-v", "0", "-c", submit).splitlines()[-1])
        made = ada.run(LONG % 5)
        progress = "SELECT progress IS NOT NULL FROM bpsandbox_run WHERE id = %s"
        eventually(lambda: rows(site, progress, made["id"]) == [(True,)])
        [[holder]] = rows(site, "SELECT worker FROM bpsandbox_run WHERE id = %s", made["id"])
        victim = int(holder.split("/")[2])
        began = time.monotonic()
        kill(victim)
        eventually(lambda: ada.state(made["id"]) == "succeeded", every=A_POLL)
        ended = time.monotonic() - began
        active = "SELECT count(*) FROM bpsandbox_run WHERE state IN ('queued', 'running')"
        eventually(lambda: rows(site, active) == [(0,)])
    found = rows(site, "SELECT state, attempts FROM bpsandbox_run WHERE id = ANY(%s)", [*ids, made["id"]])
    assert [state for state, _attempts in found] == ["succeeded"] * 21
    assert sum(attempts for _state, attempts in found) <= 21 + 3, "only what the dead one held was begun again"
    site.stop("more")
    say(f"two training workers on PostgreSQL, one killed in mid-run: its run ended right {ended:.1f} s after the kill")


def test_the_database_throws_everybody_out_again_and_again(site, ada, say) -> None:
    """As when PostgreSQL restarts: every connection ends, whatever it was doing. A person has 30 posts a minute."""
    database = urllib.parse.urlsplit(site.environ["CHAINRULE_DATABASE_URL"]).path.lstrip("/")
    statuses: Counter[int] = Counter()
    with assert_invariants(site), psycopg.connect(site.environ["CHAINRULE_DATABASE_URL"], autocommit=True) as killer:
        for number in range(20):
            if number % 2 == 0:
                killer.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = %s AND pid <> pg_backend_pid()",
                    (database,),
                )
            wish = note(f"Thrown out {number}.")
            eventually(partial(_is_posted, ada, wish, f"thrown-{number}", statuses), every=0.2)
    [[stored]] = rows(site, "SELECT count(*) FROM content_post WHERE source LIKE 'Thrown out%%'")
    assert stored == statuses[201] == 20
    assert set(statuses) <= {201, 503}, statuses
    say(f"every connection ended 10 times during 20 posts: answers {dict(statuses)}, each post there once")


def _is_posted(ada: Program, wish: dict, key: str, statuses: Counter[int]) -> bool:
    answer = ada.call("POST", "/api/v1/threads", wish, **{"Idempotency-Key": key})
    statuses[answer.status] += 1
    return answer.status == 201
