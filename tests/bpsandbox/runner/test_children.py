"""The fork server: fast, single-threaded, replaced when it dies, and outlived by nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpsandbox.runner import Children
from tests.bpsandbox.runner.acting import AT_ONCE, ENGINE, is_gone, perform
from tests.waiting import eventually

SLOW = {"points": 1000, "pause": 0.01}


@pytest.fixture
def children():
    children = Children(engine=ENGINE)
    children.prepare()
    yield children
    children.close()


def server_of(children):
    return children.source.process


def test_a_child_is_forked_by_the_warm_server_and_loads_nothing(children):
    parents = []
    for _ in range(3):
        perform(points=1, start=children.start, on_progress=lambda child: parents.append(parent_of(child.pid)))
    assert parents == [server_of(children).pid] * 3


def test_children_share_the_processor_as_their_worker_does(children):
    """A session of their own would not have the worker's niceness, and a page would wait for them."""
    for child in (children.start(), Children(engine=ENGINE, forks=False).start()):
        assert os.getsid(child.pid) == os.getsid(0)
        assert os.getpgid(child.pid) == child.pid
        perform(child=child)


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_children_of_one_server_run_side_by_side(children):
    several = [children.start() for _ in range(5)]
    assert len({child.pid for child in several}) == 5
    assert [perform(child=child, seed=number).outcome.document is not None for number, child in enumerate(several)]


def forgotten(server):
    """Wait until a server has no children left; return its number of open files."""
    eventually(lambda: not Path(f"/proc/{server}/task/{server}/children").read_text().split(), every=0.01)
    return len(os.listdir(f"/proc/{server}/fd"))


def test_the_server_has_one_thread_and_forgets_who_has_ended(children):
    for _ in range(3):
        perform(start=children.start)
    server = server_of(children).pid
    before = forgotten(server)
    for _ in range(10):
        perform(start=children.start)
    assert forgotten(server) == before
    assert os.listdir(f"/proc/{server}/task") == [str(server)]


def test_a_number_belongs_to_its_child_until_it_is_let_go(children):
    child = children.start()
    os.kill(child.pid, signal.SIGKILL)
    assert child.process.wait(timeout=60) == -signal.SIGKILL
    assert Path(f"/proc/{child.pid}").exists()
    child.kill()
    assert is_gone(child.pid)


def test_a_run_whose_server_is_killed_has_crashed_and_the_next_one_has_a_new_server(children):
    first = server_of(children)
    seen = perform(start=children.start, on_progress=lambda _: first.kill(), **SLOW)
    assert (seen.outcome.failure.code, seen.outcome.failure.is_final) == ("crashed", False)
    assert len(seen.outcome.points) >= 1
    assert is_gone(seen.child.pid)
    assert perform(start=children.start).outcome.document is not None
    assert server_of(children).pid != first.pid


def test_a_server_that_died_waiting_costs_no_run(children):
    perform(start=children.start)
    server_of(children).kill()
    server_of(children).wait()
    assert perform(start=children.start).outcome.document is not None


@pytest.mark.parametrize("moment", ["before", "during"])
def test_a_server_that_hangs_cannot_keep_a_run_from_its_end(children, moment):
    perform(start=children.start)
    server = server_of(children)
    if moment == "before":
        server.send_signal(signal.SIGSTOP)
    asked = []

    def keep_going():
        asked.append(time.monotonic())
        if moment == "during" and len(asked) == 3:
            server.send_signal(signal.SIGSTOP)
        return "cancelled" if asked[-1] - asked[0] > 0.5 else None

    seen = perform("hang", start=children.start, keep_going=keep_going)
    assert seen.outcome.stopped == "cancelled"
    assert seen.seconds < AT_ONCE
    assert is_gone(server.pid)
    assert perform(start=children.start).outcome.document is not None


def test_where_nothing_can_be_forked_a_loaded_child_is_kept_ahead():
    children = Children(engine=ENGINE, forks=False)
    children.prepare()
    first = children.source.child
    assert perform(start=children.start).child is first
    children.prepare()
    os.kill(children.source.child.pid, signal.SIGKILL)
    children.source.child.process.wait(timeout=60)
    assert perform(start=children.start).outcome.document is not None
    children.close()


OWNER = """
import signal
from tests.bpsandbox.runner.acting import FORKED
children = [FORKED.start() for _ in range(3)]
print(FORKED.source.process.pid, *(child.pid for child in children), flush=True)
signal.pause()
"""


@pytest.mark.parametrize("victim", ["owner", "server"])
def test_when_its_owner_or_itself_is_killed_nothing_is_left(victim):
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    with owner:
        server, *children = map(int, owner.stdout.readline().split())
        os.kill(owner.pid if victim == "owner" else server, signal.SIGKILL)
        assert all(is_gone(pid) for pid in (server, *children))
        owner.kill()
