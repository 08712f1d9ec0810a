"""A wake-up reaches every listener, and nothing else."""

import os
import resource
import threading
import time

import pytest

from bpsandbox.wake import Pipes, Redis, notify, write_to


@pytest.fixture(params=["pipes", "redis"])
def wake(request, tmp_path):
    if request.param == "pipes":
        return Pipes(str(tmp_path / ("deep" * 30) / "wake"))
    address = os.environ.get("CHAINRULE_TEST_REDIS_URL")
    if not address:
        if os.environ.get("CI") == "true":
            pytest.fail("CHAINRULE_TEST_REDIS_URL is missing")
        pytest.skip("CHAINRULE_TEST_REDIS_URL names no Redis server")
    return Redis(address)


def test_a_wake_up_wakes_a_sleeper_within_a_tenth_of_a_second(wake):
    listener = wake.listen()
    listener.wait(0.2)
    timer = threading.Timer(0.3, wake.notify)
    timer.start()
    began = time.monotonic()
    assert listener.wait(5) is True
    assert time.monotonic() - began < 3
    listener.close()


def test_a_wake_up_before_the_sleep_is_not_lost(wake):
    listener = wake.listen()
    listener.wait(0.2)
    wake.notify()
    assert listener.wait(5) is True
    listener.close()


def test_all_listeners_hear_it(wake):
    listeners = [wake.listen(), wake.listen()]
    for listener in listeners:
        listener.wait(0.2)
    wake.notify()
    assert [listener.wait(5) for listener in listeners] == [True, True]
    for listener in listeners:
        listener.close()


def test_without_a_wake_up_the_sleep_ends_in_time(wake):
    listener = wake.listen()
    listener.wait(0.1)
    began = time.monotonic()
    assert listener.wait(0.2) is False
    assert time.monotonic() - began < 4
    listener.close()


def test_waking_nobody_is_fine(wake):
    wake.notify()


def test_the_pipe_of_a_dead_listener_is_swept_away(tmp_path):
    wake = Pipes(str(tmp_path))
    dead = tmp_path / "1-dead.pipe"
    os.mkfifo(dead)
    wake.notify()
    assert not dead.exists()


def test_a_full_pipe_has_a_wake_up_in_it(tmp_path):
    wake = Pipes(str(tmp_path))
    listener = wake.listen()
    for _ in range(70_000):
        os.write(listener.descriptor, b"!") if os.get_blocking(listener.descriptor) else None
    try:
        while True:
            os.write(listener.descriptor, b"!" * 4096)
    except BlockingIOError:
        pass
    wake.notify()
    assert listener.wait(1) is True
    listener.close()


def test_a_redis_that_is_away_neither_fails_the_writer_nor_the_worker():
    wake = Redis("redis://127.0.0.1:1/0")
    wake.notify()
    listener = wake.listen()
    assert listener.wait(0.1) is False
    listener.close()


def test_a_wake_that_cannot_be_delivered_fails_nobody(settings):
    settings.BPSANDBOX_WAKE = "bpsandbox.wake.Pipes"
    settings.BPSANDBOX_WAKE_PLACE = "/proc/no-such-place"
    notify()


def test_a_process_that_cannot_open_anything_leaves_the_listeners_alone(tmp_path):
    wake = Pipes(str(tmp_path / "wake"))
    listener = wake.listen()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        write_to(listener.path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    wake.notify()
    assert listener.wait(5) is True
    listener.close()
