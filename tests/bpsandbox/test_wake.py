"""A bell rings through to whoever listens, and nothing else."""

import os
import resource
import threading
import time

import pytest

from bpsandbox.wake import Pipes, Redis, knock, ring


@pytest.fixture(params=["pipes", "redis"])
def bell(request, tmp_path):
    if request.param == "pipes":
        return Pipes(str(tmp_path / ("deep" * 30) / "wake"))
    address = os.environ.get("CHAINRULE_TEST_REDIS_URL")
    if not address:
        if os.environ.get("CI") == "true":
            pytest.fail("CHAINRULE_TEST_REDIS_URL is missing")
        pytest.skip("CHAINRULE_TEST_REDIS_URL names no Redis server")
    return Redis(address)


def test_a_ring_wakes_a_sleeper_within_a_tenth_of_a_second(bell):
    ear = bell.listen()
    ear.wait(0.2)
    timer = threading.Timer(0.3, bell.ring)
    timer.start()
    began = time.monotonic()
    assert ear.wait(5) is True
    assert time.monotonic() - began < 3
    ear.close()


def test_a_ring_before_the_sleep_is_not_lost(bell):
    ear = bell.listen()
    ear.wait(0.2)
    bell.ring()
    assert ear.wait(5) is True
    ear.close()


def test_all_listeners_hear_it(bell):
    ears = [bell.listen(), bell.listen()]
    for ear in ears:
        ear.wait(0.2)
    bell.ring()
    assert [ear.wait(5) for ear in ears] == [True, True]
    for ear in ears:
        ear.close()


def test_without_a_ring_the_sleep_ends_in_time(bell):
    ear = bell.listen()
    ear.wait(0.1)
    began = time.monotonic()
    assert ear.wait(0.2) is False
    assert time.monotonic() - began < 4
    ear.close()


def test_ringing_for_nobody_is_fine(bell):
    bell.ring()


def test_the_pipe_of_a_dead_listener_is_swept_away(tmp_path):
    bell = Pipes(str(tmp_path))
    dead = tmp_path / "1-dead.pipe"
    os.mkfifo(dead)
    bell.ring()
    assert not dead.exists()


def test_a_full_pipe_has_been_heard(tmp_path):
    bell = Pipes(str(tmp_path))
    ear = bell.listen()
    for _ in range(70_000):
        os.write(ear.descriptor, b"!") if os.get_blocking(ear.descriptor) else None
    try:
        while True:
            os.write(ear.descriptor, b"!" * 4096)
    except BlockingIOError:
        pass
    bell.ring()
    assert ear.wait(1) is True
    ear.close()


def test_a_redis_that_is_away_neither_fails_the_writer_nor_the_worker():
    bell = Redis("redis://127.0.0.1:1/0")
    bell.ring()
    ear = bell.listen()
    assert ear.wait(0.1) is False
    ear.close()


def test_a_wake_that_cannot_be_delivered_fails_nobody(settings):
    settings.BPSANDBOX_WAKE = "bpsandbox.wake.Pipes"
    settings.BPSANDBOX_WAKE_PLACE = "/proc/no-such-place"
    ring()


def test_a_process_that_cannot_open_anything_leaves_the_listeners_alone(tmp_path):
    bell = Pipes(str(tmp_path / "wake"))
    ear = bell.listen()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        knock(ear.path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    bell.ring()
    assert ear.wait(5) is True
    ear.close()
