"""A wake-up reaches every listener, and nothing else."""

import os
import resource
import socket
import threading
import time
from functools import cache

import pytest
import redis

from bpsandbox import wake as wakes
from bpsandbox.wake import EVERYTHING, Pipes, Redis, RedisListener, Topic, notify, write_to
from tests.waiting import eventually

SOON = 60
"""Seconds in which a machine that stalls still does what takes a moment: whoever waits is woken long before."""


@pytest.fixture
def patient(monkeypatch):
    """A Redis of a machine that stalls is slow, and not away. Its client, whose end closes every connection, outlives
    the ears that hear by it.
    """
    monkeypatch.setattr(wakes, "client_at", clients(SOON))
    monkeypatch.setattr(wakes.Ear, "SECONDS", 0.1)
    before = threading.enumerate()
    yield
    for thread in set(threading.enumerate()) - set(before):
        if thread.name == "wake-ear":
            thread.join(SOON)


def clients(seconds):
    return cache(lambda place: redis.Redis.from_url(place, socket_connect_timeout=seconds, socket_timeout=seconds))


@pytest.fixture(params=["pipes", "redis"])
def wake(request, tmp_path, patient):
    if request.param == "pipes":
        return Pipes(str(tmp_path / ("deep" * 30) / "wake"))
    address = os.environ.get("CHAINRULE_TEST_REDIS_URL")
    if not address:
        if os.environ.get("CI") == "true":
            pytest.fail("CHAINRULE_TEST_REDIS_URL is missing")
        pytest.skip("CHAINRULE_TEST_REDIS_URL names no Redis server")
    return Redis(address)


def listening(wake):
    """Return a listener that hears: of Redis, one whose subscription was confirmed."""
    listener = wake.listen()
    while not listener.is_heard:
        assert listener.wait(SOON)
    return listener


def test_a_wake_up_wakes_a_sleeper_before_the_end_of_its_sleep(wake):
    listener = listening(wake)
    timer = threading.Timer(0.3, wake.notify)
    timer.start()
    began = time.monotonic()
    assert listener.wait(10 * SOON) is True
    assert time.monotonic() - began < SOON
    listener.close()


def test_a_wake_up_before_the_sleep_is_not_lost(wake):
    listener = listening(wake)
    wake.notify()
    assert listener.wait(SOON) is True
    listener.close()


def test_all_listeners_hear_it(wake):
    listeners = [listening(wake), listening(wake)]
    wake.notify()
    assert [listener.wait(SOON) for listener in listeners] == [True, True]
    for listener in listeners:
        listener.close()


def test_without_a_wake_up_the_sleep_ends_in_time(wake):
    listener = listening(wake)
    began = time.monotonic()
    assert listener.wait(0.2) is False
    assert 0.2 <= time.monotonic() - began < SOON
    listener.close()


def heard(topic, count=1):
    """Join a topic; return what it hears, and a function that waits until it has heard enough."""
    words, enough = [], threading.Event()

    def hear(more):
        words.extend(sorted(more - {EVERYTHING}))  # which is also heard when a topic begins to be
        if len(words) >= count:
            enough.set()

    topic.join(hear)
    return words, enough.wait, lambda: topic.leave(hear)


def begun(topic):
    """Wait until a topic is heard."""
    eventually(lambda: topic.is_heard, every=0.01)


def test_words_are_heard_by_those_of_their_topic_alone(wake):
    ours, other = Topic(type(wake)(place(wake), "ours")), Topic(type(wake)(place(wake), "other"))
    words, wait, leave = heard(ours, 3)
    begun(ours)
    other.say("1")
    ours.say("2", "3")
    ours.say("4")
    assert wait(SOON)
    leave()
    assert words == ["2", "3", "4"]


def place(wake):
    return wake.place if isinstance(wake, Redis) else str(wake.directory)


class LatePipes(Pipes):
    """Makes its pipe after the first word, unless the thread that joins waits for it."""

    def __init__(self, place):
        super().__init__(place)
        self.joining, self.is_said = threading.current_thread(), threading.Event()

    def listen(self):
        if threading.current_thread() is not self.joining:
            self.is_said.wait(SOON)
        return super().listen()


def test_who_has_joined_hears_the_next_word(tmp_path):
    late = LatePipes(str(tmp_path))
    words, wait, leave = heard(Topic(late))
    Pipes(str(tmp_path)).notify("1")
    late.is_said.set()
    assert wait(SOON)
    leave()
    assert words == ["1"]


def test_more_words_than_a_pipe_takes_are_heard_as_everything(tmp_path):
    wake = Pipes(str(tmp_path))
    listener = wake.listen()
    wake.notify(*(str(number) for number in range(100_000)))
    assert listener.words(1) == {EVERYTHING}
    wake.notify(*(str(number) for number in range(3_000)))
    assert len(listener.words(1)) == 3_000
    listener.close()


@pytest.fixture
def redis_wake(patient):
    address = os.environ.get("CHAINRULE_TEST_REDIS_URL")
    if not address:
        pytest.skip("CHAINRULE_TEST_REDIS_URL names no Redis server")
    return Redis(address, "gaps")


def test_after_a_lost_connection_everything_may_have_changed(redis_wake):
    listener = redis_wake.listen()
    assert listener.words(SOON) == {EVERYTHING}
    client = wakes.client_at(redis_wake.place)
    (ours,) = [each for each in client.client_list(_type="pubsub") if each["sub"] == "1" and is_ours(each, listener)]
    client.client_kill(ours["addr"])
    assert listener.words(SOON) == set() and not listener.is_heard
    assert listener.words(SOON) == {EVERYTHING} and listener.is_heard
    redis_wake.notify("7")
    assert listener.words(SOON) == {"7"}
    listener.close()


def is_ours(client, listener):
    host, port = listener.subscription.connection._sock.getsockname()
    return client["addr"] == f"{host}:{port}"


def test_a_server_that_is_silent_for_long_counts_as_away(monkeypatch):
    monkeypatch.setattr(RedisListener, "PING_SECONDS", 0.1)
    monkeypatch.setattr(wakes, "client_at", clients(0.2))
    with socket.create_server(("127.0.0.1", 0)) as hung:
        listener = Redis(f"redis://127.0.0.1:{hung.getsockname()[1]}/0").listen()
        for _ in range(4):
            assert listener.words(0.2) == set()
            assert not listener.is_heard
        listener.close()


def test_a_slow_server_does_not_hold_up_who_speaks():
    """To wait for each word would take two seconds."""
    with socket.create_server(("127.0.0.1", 0)) as hung:
        topic = Topic(Redis(f"redis://127.0.0.1:{hung.getsockname()[1]}/0", "slow"))
        began = time.monotonic()
        for number in range(100):
            topic.say(str(number))
        assert time.monotonic() - began < SOON


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
    try:
        while True:
            os.write(listener.descriptor, b"!" * 4096)
    except BlockingIOError:
        pass
    wake.notify()
    assert listener.wait(SOON) is True
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
    assert listener.wait(SOON) is True
    listener.close()


class Leaving:
    """A topic of which words arrive at first, and then no more."""

    is_heard = True

    def __init__(self, raises: bool) -> None:
        self.raises, self.may_leave = raises, threading.Event()

    def listen(self):
        return self

    def words(self, seconds):
        if not self.may_leave.wait(0.01):
            return set()
        if self.raises:
            raise OSError("no room for a pipe")
        self.is_heard = False
        return set()

    def close(self): ...


@pytest.mark.parametrize("raises", [False, True])
def test_that_words_arrive_no_more_is_heard_as_everything(monkeypatch, raises):
    """Who waits for words would look by itself only after a minute."""
    monkeypatch.setattr(wakes.Ear, "SECONDS", 0.01)
    channel, told, words = Leaving(raises), threading.Event(), []
    topic = Topic(channel)

    def hear(more):
        words.append(more)
        told.set()

    topic.join(hear)
    begun(topic)
    assert topic.is_heard and words == []
    channel.may_leave.set()
    assert told.wait(SOON)
    topic.leave(hear)
    assert words == [{EVERYTHING}] and not topic.is_heard
