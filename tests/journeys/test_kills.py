"""What dies while people are on the site comes back, and nothing is lost, doubled or left behind."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.people import (
    LONG,
    Program,
    acknowledged,
    alive,
    are_posted,
    ask,
    family,
    is_answering,
    is_under_way,
    kill,
    processes,
    program,
    training_child,
)
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks at processes through /proc")
RUN = "SELECT state, attempts, fence, archive IS NOT NULL FROM bpsandbox_run WHERE id = ?"
CLAIMED_TWICE = 4  # each transition of a run increments it: claimed, ended


@pytest.fixture(scope="module")
def writer(embedded_site) -> Program:
    return program(embedded_site, "writes-on")


def test_web_processes_killed_while_somebody_posts(embedded_site, writer) -> None:
    with ThreadPoolExecutor(3) as hands:
        wishes = [hands.submit(acknowledged, writer, number) for number in range(12)]
        eventually(lambda: are_posted(embedded_site, 3))
        for pid in processes(embedded_site, "community.launch.web"):
            kill(pid)
        eventually(lambda: is_answering(embedded_site))
        ids = [wish.result() for wish in wishes]
    assert len(set(ids)) == 12
    assert "Note number 3." in writer.call("GET", f"/api/v1/threads/{ids[3]}").json["source"]
    assert ask(embedded_site, "SELECT count(*) FROM content_post WHERE source LIKE 'Note number %'") == [(12,)]


def test_a_child_killed_in_mid_run(embedded_site, writer) -> None:
    made = writer.run(LONG % 4)
    eventually(lambda: is_under_way(embedded_site, made["id"]))
    kill(training_child(embedded_site))
    eventually(lambda: ask(embedded_site, RUN, made["id"])[0][0] not in ("queued", "running"))
    assert ask(embedded_site, RUN, made["id"]) == [("succeeded", 2, CLAIMED_TWICE, 1)]


def test_one_signal_ends_the_whole_tree_and_what_was_written_is_there_after_a_restart(embedded_site, writer) -> None:
    number = acknowledged(writer, 100)
    pids = family(embedded_site)
    assert len(pids) >= 6
    embedded_site.stop("run")
    assert alive(pids) == []
    embedded_site.start("run")
    assert "Preparing" not in embedded_site.said("run")
    assert "Note number 100." in writer.call("GET", f"/api/v1/threads/{number}").json["source"]
    embedded_site.manage("check_invariants")
