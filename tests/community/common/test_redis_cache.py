import pytest

from community.common.redis_cache import TolerantRedisCache


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
