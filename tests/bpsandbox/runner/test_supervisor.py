"""Whatever a child does, the run ends in the right state, with what was reported."""

import json
import os
import signal
import time
from dataclasses import replace
from functools import partial

import pytest

from bpsandbox.runner import Failure, Job, supervisor
from bpsandbox.runner.process import ENVIRONMENT
from tests.bpsandbox.runner import acting
from tests.bpsandbox.runner.acting import AT_ONCE, QUICK, WAYS, is_gone, loaded
from tests.full import some

in_both_ways = pytest.mark.parametrize("start", WAYS, indirect=True)
"""Elsewhere a child is forked; started as a new process it is in full."""


@pytest.fixture(params=some(WAYS, kept={"forked"}))
def start(request):
    """Return a function that starts a child: forked from a server, or as a new process."""
    return WAYS[request.param]


@pytest.fixture
def perform(start):
    return partial(acting.perform, start=start)


@in_both_ways
def test_a_run_reports_every_point_once_and_brings_its_document(perform):
    seen = perform(points=30, pause=0.01)
    reported = [point[0] for message in seen.messages for point in message["points"]]
    assert len(seen.messages) > 2
    assert reported == list(range(len(reported))) == [point[0] for point in seen.outcome.points]
    assert seen.outcome.document.epochs == tuple(range(30))
    assert seen.outcome.failure is None and seen.outcome.stopped is None
    assert is_gone(seen.child.pid)


def test_the_first_point_does_not_wait_for_the_others(perform):
    seen = perform(points=3, pause=0.3)
    assert seen.messages[0]["points"] == [[0, 0, {"train_loss": [1.0, 0.5]}]]


def test_a_child_that_hangs_is_ended_at_the_wall(perform, start):
    seen = perform("hang", limits=replace(QUICK, wall_seconds=5.0), child=loaded(start()))
    assert seen.outcome.failure == Failure("wall", {"seconds": 5.0})
    assert len(seen.outcome.points) == 1
    assert seen.seconds < AT_ONCE and is_gone(seen.child.pid)


@pytest.mark.parametrize("slow", ["keep_going", "on_progress"])
def test_a_parent_that_is_held_up_takes_no_time_from_the_child(perform, monkeypatch, slow):
    late = [0.0]
    monkeypatch.setattr(supervisor.time, "monotonic", lambda now=time.monotonic: now() + late[0])

    def hold_up(*_given):
        late[0] += 600.0  # as a database that does not answer

    seen = perform(points=3, limits=replace(QUICK, wall_seconds=60.0), **{slow: hold_up})
    assert seen.outcome.failure is None
    assert late[0] > 0
    assert len(seen.outcome.document.epochs) == 3


def test_a_child_is_dead_when_its_job_cannot_be_told(start):
    child = loaded(start())
    with pytest.raises(TypeError, match="not JSON serializable"):
        supervisor.supervise(child, Job(spec=object()), on_progress=lambda message: None)
    assert is_gone(child.pid)


def test_a_stopped_child_is_ended_at_the_wall(perform, start):
    seen = perform(
        child=loaded(start()),
        points=1000,
        pause=0.01,
        limits=replace(QUICK, wall_seconds=1.5),
        on_progress=lambda child: os.kill(child.pid, signal.SIGSTOP),
    )
    assert seen.outcome.failure.code == "wall"
    assert is_gone(seen.child.pid)


@pytest.mark.parametrize("act", ["spin", "multiply"])
def test_a_child_is_stopped_by_its_processor_limit(perform, act):
    seen = perform(act, limits=replace(QUICK, cpu_seconds=0.5))
    assert seen.outcome.failure == Failure("cpu", {"seconds": 0.5})


@in_both_ways
def test_memory_is_bounded(perform):
    seen = perform("hog", limits=replace(QUICK, memory_bytes=128 << 20))
    assert seen.outcome.failure == Failure("memory", {"bytes": 128 << 20})
    assert len(seen.outcome.points) == 1


@pytest.mark.parametrize("act", ["flood", "long_line"])
def test_a_flood_is_dammed(perform, act):
    seen = perform(act, limits=replace(QUICK, line_bytes=1 << 20, output_bytes=4 << 20))
    assert seen.outcome.failure.code == "flood"
    assert seen.outcome.failure.is_final
    assert len(seen.outcome.points) == 1


def test_garbage_ends_the_run_at_once(perform):
    seen = perform("garbage")
    assert seen.outcome.failure == Failure("garbage", {"detail": "not a message: b'this is no message'"})


def test_a_flood_of_errors_drowns_nothing(perform, start):
    seen = perform("flood_errors", limits=replace(QUICK, wall_seconds=2.5), child=loaded(start()))
    assert seen.outcome.failure.code == "wall"
    assert len(seen.outcome.points) == 1
    assert len(seen.outcome.stderr) <= QUICK.stderr_bytes


def test_what_comes_after_the_end_is_not_heard(perform):
    seen = perform("write_after_the_end")
    assert seen.outcome.failure is None
    assert seen.outcome.document.final == {"train_loss": (0.5,)}
    assert seen.seconds < AT_ONCE and is_gone(seen.child.pid)


@pytest.mark.parametrize("act", ["half_line", "die", "close_the_pipe"])
def test_a_child_that_dies_without_a_last_line_has_crashed_and_keeps_its_points(perform, act):
    seen = perform(act)
    assert seen.outcome.failure.code == "crashed"
    assert not seen.outcome.failure.is_final
    assert seen.outcome.points == ([0, 0, {"train_loss": [1.0, 0.5]}],)


def test_a_result_counts_even_when_its_child_dies_after_the_line(perform):
    seen = perform("last_line_then_die")
    assert seen.outcome.document.final == {"train_loss": (0.5,)}


def test_a_killed_child_has_crashed(perform):
    seen = perform(points=1000, pause=0.01, on_progress=lambda child: os.kill(child.pid, signal.SIGKILL))
    assert seen.outcome.failure == Failure("crashed", {"status": -9}, is_final=False)


def test_an_error_for_people_is_told_as_it_is(perform):
    seen = perform("raise_taught")
    assert seen.outcome.failure == Failure("engine", {"message": "layer 2 wants 3 columns, got 4"})


def test_a_bug_is_told_as_one(perform):
    seen = perform("raise_bug")
    assert seen.outcome.failure == Failure("internal", {"message": "KeyError: 'surprise'"})


def test_what_the_engine_prints_disturbs_no_message(perform):
    seen = perform("chatter")
    assert seen.outcome.document is not None
    assert len(seen.outcome.stderr) <= QUICK.stderr_bytes


@in_both_ways
def test_the_child_has_no_environment_no_files_and_an_empty_place(perform, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setenv("DATABASE_URL", "postgres://hush")
    world = json.loads(perform("tell").outcome.failure.values["message"])
    assert "hush" not in json.dumps(world)
    assert set(world["env"]) - {"LC_CTYPE"} == set(ENVIRONMENT)
    assert world["cwd"].endswith("(deleted)")
    assert world["fds"] <= 6


@pytest.mark.parametrize("act", ["hang", "multiply", "spin", "cling", "flood_errors", "stop"])
def test_a_wish_to_stop_is_met_at_once(perform, act):
    asked = []

    def keep_going():
        asked.append(time.monotonic())
        return "cancelled" if asked[-1] - asked[0] > 0.5 else None

    seen = perform(act, limits=replace(QUICK, memory_bytes=512 << 20), keep_going=keep_going)
    assert seen.outcome.stopped == "cancelled"
    assert time.monotonic() - asked[-1] < AT_ONCE and is_gone(seen.child.pid)


def test_a_reader_that_raises_takes_its_child_along(perform, start):
    def refuse(child):
        raise ZeroDivisionError

    child = start()
    with pytest.raises(ZeroDivisionError):
        perform(points=100, pause=0.05, child=child, on_progress=refuse)
    assert is_gone(child.pid)


@in_both_ways
def test_a_child_that_dies_at_the_handover_has_crashed(perform, start):
    child = start()
    os.kill(child.pid, signal.SIGKILL)
    assert perform(child=child).outcome.failure.code == "crashed"


def test_a_job_larger_than_a_pipe_arrives_whole(perform):
    seen = perform(ballast="x" * 300_000)
    assert seen.outcome.document is not None


def test_an_engine_that_watches_its_budget_ends_with_what_it_has(perform, start):
    child = loaded(start())
    seen = perform(points=10_000, pause=0.01, obeys=True, limits=replace(QUICK, wall_seconds=6), child=child)
    assert seen.outcome.failure is None
    assert seen.outcome.document.stop[0].reason == "limit"
    assert 0 < len(seen.outcome.document.epochs) < 10_000
