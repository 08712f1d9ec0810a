"""Faults on the embedded site: processes die at the worst moment, and nothing is lost, duplicated or left behind."""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.deployments import Site, embedded
from tests.faults.people import (
    A_POLL,
    LONG,
    SHORT,
    acknowledged,
    are_posted,
    ask,
    assert_invariants,
    is_answering,
    is_under_way,
    kill,
    processes,
    program,
)
from tests.waiting import eventually, seconds_until

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at processes through /proc"),
]
RUNS = "SELECT state, attempts, fence, archive IS NOT NULL, announced_at IS NOT NULL FROM bpsandbox_run WHERE id = ?"
CLAIMED_ONCE, CLAIMED_TWICE = 2, 4  # each transition of a run increments it: claimed, ended
NOTES = "SELECT count(*) FROM content_post WHERE source LIKE 'Note number %'"
UNDONE = "SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE finished_at IS NULL"
NOTICES = """
SELECT count(*) FROM notifications_notification AS notice
JOIN accounts_user AS reader ON reader.id = notice.recipient_id
JOIN accounts_user AS actor ON actor.id = notice.actor_id
WHERE reader.handle = 'ada' AND actor.handle = 'bela'
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with embedded(tmp_path_factory.mktemp("embedded")) as site:
        yield site


def row(site: Site, run_id: int) -> tuple:
    """Return state, attempts, fencing token, whether it has results, whether it was announced."""
    [found] = ask(site, RUNS, run_id)
    return found


def test_web_processes_killed_while_people_post(site, ada, say) -> None:
    others = [program(site, name) for name in ("berta", "carl")]
    writers = [ada, *others]
    with assert_invariants(site), ThreadPoolExecutor(6) as hands:
        wishes = [hands.submit(acknowledged, writers[n % 3], n) for n in range(75)]
        back = []
        for posted in (15, 30, 45):
            eventually(lambda posted=posted: are_posted(site, posted))
            for pid in processes(site, "community.launch.web"):
                kill(pid)
            back.append(seconds_until(lambda: is_answering(site)))
        ids = [wish.result() for wish in wishes]
    assert len(set(ids)) == 75
    for number, pk in enumerate(ids):
        if number % 5 == 0:
            assert f"Note number {number}." in ada.call("GET", f"/api/v1/threads/{pk}").json["source"]
    assert ask(site, NOTES) == [(75,)]
    say(f"both web processes killed 3 times during 75 posts: back after {', '.join(f'{s:.2f}' for s in back)} s")


def test_a_training_worker_killed_in_mid_run(site, ada, tmp_path, say) -> None:
    with assert_invariants(site):
        made = ada.run(LONG % 3)
        eventually(lambda: is_under_way(site, made["id"]))
        [worker] = processes(site, "train_worker")
        began = time.monotonic()
        kill(worker)
        eventually(lambda: ada.state(made["id"]) == "succeeded", every=A_POLL)
        ended = time.monotonic() - began
    eventually(lambda: row(site, made["id"])[4] == 1)
    assert row(site, made["id"]) == ("succeeded", 2, CLAIMED_TWICE, True, True)
    final = ada.call("GET", f"/api/v1/runs/{made['id']}").json["final"]
    assert final == undisturbed(site, tmp_path, LONG % 3)
    say(f"training worker killed in mid-run: ended once, right, {ended:.1f} s after the kill")


def undisturbed(site: Site, folder: Path, config: str) -> dict:
    """Return the result of the same config without kills."""
    path = folder / "config.yaml"
    path.write_text(config)
    return json.loads(site.manage("train", str(path), "--json", "-"))["final"]


def test_two_workers_share_many_runs_and_train_none_twice(site, say) -> None:
    submit = (
        "from bpsandbox import api\n"
        "import json\n"
        f"text = {SHORT!r}\n"
        "made = [api.submit(config_text=text % n, is_system=True, target=('page', n)) for n in range(2, 26)]\n"
        "print(json.dumps([each.run.pk for each in made]))\n"
    )
    site.programs["second"] = (sys.executable, "manage.py", "train_worker", "--slots", "2")
    site.start("second")
    with assert_invariants(site):
        ids = json.loads(site.manage("shell", "-v", "0", "-c", submit).splitlines()[-1])
        began = time.monotonic()
        eventually(lambda: all(row(site, pk)[0] == "succeeded" for pk in ids))
        seconds = time.monotonic() - began
    assert len(ids) == 24
    assert [row(site, pk)[1:3] for pk in ids] == [(1, CLAIMED_ONCE)] * 24
    site.stop("second")
    say(f"two workers, 24 runs: each trained once, {seconds:.1f} s")


def test_the_job_worker_killed_and_what_it_should_tell_is_told(site, ada, say) -> None:
    berta = program(site, "bela")
    with assert_invariants(site):
        question = ada.call(
            "POST", "/api/v1/threads", {"kind": "question", "title": "Why?", "source": "Words.", "publish": True}
        ).json
        [jobs] = processes(site, "job_worker")
        kill(jobs)
        answered = berta.call(
            "POST", "/api/v1/posts", {"thread": question["id"], "role": "answer", "source": "Because of that."}
        )
        assert answered.status == 201, answered.text
        took = seconds_until(lambda: ask(site, NOTICES) == [(1,)])
        eventually(lambda: ask(site, UNDONE) == [(0,)])
        assert ask(site, NOTICES) == [(1,)]
    say(f"job worker killed: the notice arrived once, {took:.1f} s after the answer")


def test_a_full_disk_is_a_sentence_and_the_site_goes_on(site, ada) -> None:
    """A file size limit simulates it: the database can no longer grow."""
    import resource

    before = site.get("/latest/")[0]
    pids = processes(site, "community.launch.web")
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    big = {"kind": "note", "title": "", "source": "x " * 2400, "publish": True}
    with assert_invariants(site):
        try:
            for pid in pids:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, limits[pid][1]))
            refused = ada.call("POST", "/api/v1/threads", big)
            read = site.get("/latest/")[0]
        finally:
            for pid in pids:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits[pid])
    assert (before, read) == (200, 200)
    assert refused.status == 503, refused.text
    assert refused.json["error"]["code"] == "no_room"
    assert ada.call("POST", "/api/v1/threads", big).status == 201
