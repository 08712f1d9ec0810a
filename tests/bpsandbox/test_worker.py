"""Real worker processes: whatever dies, a run ends once, in the right state, soon."""

import os
import signal
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import F

from bpsandbox import leases, wake
from bpsandbox.models import Run, Worker
from bpsandbox.services import RunRequest, detach
from tests.bpsandbox.conftest import busy_child, children_of, ended, shows_points
from tests.bpsandbox.runner.acting import is_gone
from tests.full import FULL, some
from tests.waiting import eventually

SLOW = {"points": 150, "pause": 0.02}
ENDLESS = {"points": 20_000, "pause": 0.02}  # for tests that see no end of it


def test_a_run_is_trained_stored_and_announced(workers, wanted):
    workers()
    run = ended(wanted(points=30).run.pk)
    assert run.state == "succeeded"
    assert run.result["epochs"] == run.card["epochs"] == list(range(30))
    assert run.summary["final"] == 0.0327957
    assert (run.attempts, run.progress, run.lease_until) == (1, None, None)
    assert run.spec.current_run_id == run.pk
    eventually(lambda: Run.objects.filter(pk=run.pk, announced_at__isnull=False).exists())


def test_a_waiting_worker_is_woken_and_its_first_point_is_there_before_the_last(workers, wanted):
    workers(BPSANDBOX_POLL_SECONDS=600)
    ended(wanted(points=1).run.pk)  # after which it looks once more, and then waits
    run = eventually(shows_points(wanted(**ENDLESS).run.pk))
    assert 0 < len(run.progress["points"]) < ENDLESS["points"]


@FULL
def test_live_points_grow_while_it_trains(workers, wanted):
    workers()
    run_id = wanted(points=80, pause=0.02).run.pk
    first = eventually(shows_points(run_id))
    later = eventually(lambda: (run := Run.objects.get(pk=run_id)).progress_seq > first.progress_seq + 2 and run)
    assert later.state == "running"
    assert len(later.progress["points"]) > len(first.progress["points"])
    assert later.progress["points"][: len(first.progress["points"])] == first.progress["points"]
    assert later.progress["eta"] > 0


@pytest.mark.both
def test_a_killed_worker_is_replaced_and_the_run_ends_once(workers, wanted):
    first = workers()
    run_id = wanted(**SLOW).run.pk
    eventually(shows_points(run_id))
    child = busy_child(first)
    workers()
    first.kill()
    assert is_gone(child)
    first.wait()
    eventually(lambda: Run.objects.get(pk=run_id).attempts == 2)
    run = ended(run_id)
    assert (run.state, run.attempts) == ("succeeded", 2)
    assert run.result["epochs"] == list(range(150))


def test_a_worker_of_another_machine_is_missed_when_its_lease_is_over(workers, wanted):
    run_id = wanted(points=3).run.pk
    claim = leases.claim_next("elsewhere/0123456789ab/1/abcdef")
    workers()
    eventually(lambda: Run.objects.get(pk=run_id).attempts == 2)
    assert ended(run_id).state == "succeeded"
    assert leases.renew(claim) == "lost"


def test_a_killed_child_is_tried_again(workers, wanted):
    worker = workers()
    run_id = wanted(**ENDLESS).run.pk
    eventually(shows_points(run_id))
    killed = busy_child(worker)
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: Run.objects.get(pk=run_id).attempts == 2)
    assert busy_child(worker) != killed


@FULL
def test_a_killed_fork_server_is_replaced_and_its_run_tried_again(workers, wanted):
    worker = workers()
    run_id = wanted(**ENDLESS).run.pk
    eventually(shows_points(run_id))
    killed = children_of(worker.pid)
    for server in killed:
        os.kill(server, signal.SIGKILL)
    eventually(lambda: Run.objects.get(pk=run_id).attempts == 2)
    assert busy_child(worker)
    assert not set(killed) & set(children_of(worker.pid))


@pytest.mark.parametrize("minutes", some([5, -5], every=2))
@pytest.mark.both
def test_a_clock_that_jumps_disturbs_nobody(workers, wanted, minutes):
    """The database clock moves relative to stored times; here the rows move instead of the clock."""
    workers()
    run_id = wanted(**SLOW).run.pk
    eventually(shows_points(run_id))
    jump = timedelta(minutes=minutes)
    for _ in range(3):
        Run.objects.filter(pk=run_id).update(lease_until=F("lease_until") - jump, started_at=F("started_at") - jump)
        before = Run.objects.get(pk=run_id).progress_seq
        eventually(lambda before=before: Run.objects.get(pk=run_id).progress_seq > before)
    run = ended(run_id)
    assert (run.state, run.attempts) == ("succeeded", 1)


@FULL
def test_a_clock_that_went_back_makes_no_lease_eternal(workers, wanted):
    run_id = wanted(points=3).run.pk
    leases.claim_next("elsewhere/0123456789ab/1/abcdef")
    Run.objects.update(lease_until=F("lease_until") + timedelta(minutes=5))
    workers()
    run = ended(run_id)
    assert (run.state, run.attempts) == ("succeeded", 2)


@FULL
def test_a_wake_that_comes_many_times_starts_nothing_twice(workers, wanted):
    workers()
    run_id = wanted(points=20, pause=0.02).run.pk
    for _ in range(25):
        wake.notify()
    eventually(shows_points(run_id))
    for _ in range(25):
        wake.notify()
    run = ended(run_id)
    assert (run.state, run.attempts, run.fence) == ("succeeded", 1, 2)


def test_a_run_that_kills_its_child_is_tried_three_times(workers, wanted):
    workers()
    run = ended(wanted("die").run.pk)
    assert (run.state, run.attempts) == ("failed", 3)
    assert run.failure_sentence == "The training process died in 3 of 3 attempts."
    assert run.progress["points"][0] == [0, 0, {"train_loss": [1.0, 0.5]}]


@FULL
def test_a_run_that_hangs_ends_at_the_first_attempt(workers, wanted):
    workers(BPSANDBOX_WALL_SECONDS=1.5)
    run = ended(wanted("hang").run.pk)
    assert (run.state, run.attempts, run.failure["code"]) == ("failed", 1, "wall")


def test_limits_and_lies_end_a_run_at_the_first_attempt(workers, wanted):
    workers(BPSANDBOX_MEMORY_BYTES=128 << 20)
    runs = {act: wanted(act).run.pk for act in ("hog", "flood", "garbage", "raise_taught", "raise_bug")}
    seen = {act: (run.state, run.attempts, run.failure["code"]) for act, pk in runs.items() for run in [ended(pk)]}
    assert seen == {
        "hog": ("failed", 1, "memory"),
        "flood": ("failed", 1, "flood"),
        "garbage": ("failed", 1, "garbage"),
        "raise_taught": ("failed", 1, "engine"),
        "raise_bug": ("failed", 1, "internal"),
    }


@FULL
def test_every_seed_diverged_is_a_state_of_its_own_with_a_result(workers, wanted):
    workers()
    run = ended(wanted(reason="diverged").run.pk)
    assert run.state == "diverged"
    assert run.summary["diverged"] == 2


@FULL
def test_two_workers_train_each_run_once(workers, wanted):
    workers()
    workers()
    runs = [wanted(number=number, points=3).run.pk for number in range(20)]
    for pk in runs:
        assert ended(pk).state == "succeeded"
    assert list(Run.objects.values_list("attempts", flat=True)) == [1] * 20
    assert Run.objects.values("worker").distinct().count() == 2


def freeze(process) -> None:
    """Stop a process while it writes nothing: on SQLite nobody else could write before it goes on."""
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        try:
            Worker.objects.filter(pk=0).update(slots=1)
            return
        except OperationalError:
            os.kill(process.pid, signal.SIGCONT)


@pytest.mark.both
def test_a_worker_that_was_frozen_beyond_its_lease_writes_nothing(workers, wanted):
    first = workers()
    run_id = wanted(**ENDLESS).run.pk
    eventually(shows_points(run_id))
    child = busy_child(first)
    freeze(first)
    second = workers()
    eventually(lambda: Run.objects.get(pk=run_id).attempts == 2)
    os.kill(first.pid, signal.SIGCONT)
    assert is_gone(child)  # it has learned that the run is not its own any more
    eventually(shows_points(run_id))
    detach(target=("post", 1))
    run = ended(run_id)
    assert (run.state, run.attempts) == ("cancelled", 2)
    assert run.worker.split("/")[2] == str(second.pid)


@pytest.mark.both
def test_a_worker_told_to_end_gives_its_run_back_at_once(workers, wanted):
    first = workers()
    run_id = wanted(**ENDLESS).run.pk
    eventually(shows_points(run_id))
    first.terminate()
    assert first.wait(timeout=60) == 0
    run = Run.objects.get(pk=run_id)
    assert (run.state, run.attempts) == ("queued", 0)
    assert not Worker.objects.exists()


@pytest.mark.both
def test_a_system_run_makes_room_for_a_person(workers, wanted, django_user_model):
    workers()
    system = wanted(**ENDLESS).run.pk
    eventually(shows_points(system))
    person = django_user_model.objects.create_user("ada", "ada@example.org", "pw")
    mine = ended(wanted(points=3, request=RunRequest(user=person)).run.pk)
    later = eventually(lambda: Run.objects.filter(pk=system, state="running", started_at__gte=mine.finished_at).first())
    assert (mine.state, later.attempts) == ("succeeded", 1)


@pytest.mark.parametrize("act", some(["multiply", "hang", "stop", "flood_errors"], kept={"multiply"}))
def test_cancelling_ends_a_running_child_before_any_limit(workers, wanted, act):
    worker = workers(BPSANDBOX_WALL_SECONDS=600)
    run_id = wanted(act).run.pk
    eventually(shows_points(run_id))
    child = busy_child(worker)
    detach(target=("post", 1))
    run = ended(run_id)
    assert run.state == "cancelled"
    assert run.progress["points"] == [[0, 0, {"train_loss": [1.0, 0.5]}]]
    assert is_gone(child)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connections that could be cut")
@pytest.mark.both
def test_a_run_survives_the_loss_of_its_workers_connections(workers, wanted):
    workers()
    run_id = wanted(**SLOW).run.pk
    eventually(shows_points(run_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
    run = ended(run_id)
    assert (run.state, run.attempts) == ("succeeded", 1)
