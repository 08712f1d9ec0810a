import socket
import time
from dataclasses import dataclass

import pytest

from community.common import pauses
from community.common.ratelimit import Limit
from community.common.redis_cache import TolerantRedisCache
from tests.stores import OwnKeys


@pytest.fixture
def lost():
    return TolerantRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.2}})


def test_without_redis_reads_find_nothing_and_writes_do_nothing(lost):
    lost.set("a", 1)
    assert (lost.get("a"), lost.get("a", "default"), lost.get_many(["a"]), "a" in lost) == (None, "default", {}, False)
    assert lost.get_or_set("a", lambda: 5) == 5
    assert (lost.add("a", 1), lost.incr("a"), lost.touch("a"), lost.delete("a")) == (True, 1, False, False)
    assert lost.set_many({"a": 1}) == ["a"]


def test_with_redis_it_is_an_ordinary_cache(redis_url):
    found = TolerantRedisCache(redis_url, {"KEY_PREFIX": "tolerant-test"})
    found.set("a", {"学": 1}, 10)
    assert found.get("a") == {"学": 1}
    found.delete("a")
    assert found.get("a") is None


@dataclass
class Hanging:
    """A server that takes connections and never answers."""

    server: socket.socket

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.server.getsockname()[1]}/0"

    def waits(self) -> int:
        """Count the connections since the last count: each is an answer that somebody waited for."""
        for count in range(1_000):
            try:
                self.server.accept()[0].close()
            except BlockingIOError:
                return count
        raise AssertionError


@pytest.fixture
def hanging():
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        server.setblocking(False)
        yield Hanging(server)


@pytest.mark.parametrize(("pause", "waits"), [(600, 1), (0, 60)])
def test_one_of_many_reads_waits_for_a_redis_that_hangs(hanging, monkeypatch, pause, waits):
    """Reading what is missing asks three times: for it, to keep it, and for what is kept."""
    monkeypatch.setattr(pauses, "PAUSE_SECONDS", pause)
    for _ in range(20):  # each thread has a cache of its own
        cache = TolerantRedisCache(hanging.url, {"OPTIONS": {"socket_timeout": 0.01}})
        assert cache.get_or_set("a", lambda: 5) == 5
    assert hanging.waits() == waits


@pytest.mark.parametrize("pause", [600, 0])
def test_one_of_many_counts_waits_for_a_redis_that_hangs(hanging, monkeypatch, settings, pause):
    settings.RATELIMIT_STORAGE, settings.REDIS_SECONDS = hanging.url, 0.01
    monkeypatch.setattr(pauses, "PAUSE_SECONDS", pause)
    limit = Limit("hanging", "1/minute")
    assert limit.hit_key("a") is None
    of_one = hanging.waits()
    assert of_one > 0
    assert [limit.hit_key("a") for _ in range(3)] == [None] * 3
    assert hanging.waits() == (0 if pause else 3 * of_one)


def test_the_counters_wait_as_long_as_the_operator_says(hanging, settings):
    settings.RATELIMIT_STORAGE, settings.REDIS_SECONDS = hanging.url, 1.2
    began = time.monotonic()
    assert Limit("hanging", "1/minute").hit_key("a") is None
    assert time.monotonic() - began >= 1.2


def test_emptying_the_cache_of_one_test_process_leaves_those_of_others(redis_url):
    """Pages are counted in one while drawings are in another."""
    options = {"KEY_PREFIX": "tolerant-test", "KEY_FUNCTION": "tests.stores.make_key"}
    other, own = TolerantRedisCache(redis_url, {"KEY_PREFIX": "tolerant-test"}), OwnKeys(redis_url, options)
    other.set("a", 1, 10)
    own.set("a", 2, 10)
    own.clear()
    assert (other.get("a"), own.get("a")) == (1, None)
