import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from community.common.errors import TooManyRequests, Unavailable
from community.common.network import client_network
from community.common.ratelimit import Limit, SharedLimit
from community.common.ratelimit.sqlite import SQLiteStorage
from community.common.ratelimit.store import limiter
from tests.factories import PersonFactory


@pytest.fixture(params=["memory", "sqlite", "redis"])
def storage(request, settings, tmp_path):
    if request.param == "sqlite":
        settings.RATELIMIT_STORAGE = f"sqlite://{tmp_path / 'limits.sqlite3'}"
    elif request.param == "redis":
        settings.RATELIMIT_STORAGE = request.getfixturevalue("redis_url")
    else:
        settings.RATELIMIT_STORAGE = "memory://"


def test_the_narrowest_of_several_rates_decides(storage):
    limit = Limit("narrow", "2/minute", "100/day")
    assert limit.hit_key("a").remaining == 1
    limit.hit_key("a")
    with pytest.raises(TooManyRequests) as refused:
        limit.hit_key("a")
    assert 0 < refused.value.retry_after <= 60
    assert limit.hit_key("b").remaining == 1


def test_a_hit_asks_the_store_once_for_each_rate(monkeypatch):
    asked = []
    storage = limiter().storage
    count = storage.incr
    monkeypatch.setattr(storage, "incr", lambda *given, **more: asked.append("incr") or count(*given, **more))
    monkeypatch.setattr(limiter(), "get_window_stats", lambda *given: asked.append("stats"))
    Limit("thrifty", "2/minute", "100/day").hit_key("a")
    assert asked == ["incr", "incr"]


def allowed(limit, who, user=None):
    """Return whether one more action of a visitor, or a member, is let through."""
    request = RequestFactory().get("/", HTTP_X_WHO=who)
    request.user = user or AnonymousUser()
    try:
        limit.hit(request)
    except TooManyRequests as refused:
        assert user or str(refused).startswith("Your network has had enough.")
        return False
    return True


def test_the_first_visitor_of_a_network_leaves_each_of_the_others_a_few(storage):
    limit = SharedLimit(
        "class", "4/minute", sure=["2/minute"], spare=["3/minute"], visitor=lambda request: request.headers["X-Who"],
        refusal="Your network has had enough.",
    )  # fmt: skip
    assert [allowed(limit, "first") for _ in range(6)] == [True] * 4 + [False] * 2
    assert [allowed(limit, "second") for _ in range(3)] == [True, True, False]
    assert not allowed(limit, "")
    assert [allowed(limit, who) for who in ("third", "fourth", "fifth")] == [True, False, False]
    member = PersonFactory.build(pk=7)
    assert [allowed(limit, "first", member) for _ in range(5)] == [True] * 4 + [False]


def test_a_cleared_key_starts_anew(storage):
    limit = Limit("clear", "1/minute")
    limit.hit_key("a")
    limit.clear("a")
    assert limit.hit_key("a").remaining == 0


def test_a_window_opens_again_when_it_is_over(tmp_path, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("community.common.ratelimit.sqlite.time.time", lambda: now[0])
    store = SQLiteStorage(f"sqlite://{tmp_path / 'limits.sqlite3'}")
    assert [store.incr("k", 10), store.incr("k", 10)] == [1, 2]
    assert store.get_expiry("k") == 1010
    now[0] = 1010.0
    assert (store.get("k"), store.incr("k", 10)) == (0, 1)


def test_processes_share_one_count(tmp_path):
    stores = [SQLiteStorage(f"sqlite://{tmp_path / 'limits.sqlite3'}") for _ in range(4)]
    gate = threading.Barrier(4)

    def count(store):
        gate.wait()
        return [store.incr("k", 60) for _ in range(25)]

    with ThreadPoolExecutor(4) as pool:
        counts = sorted(number for numbers in pool.map(count, stores) for number in numbers)
    assert counts == list(range(1, 101))


def test_old_rows_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr("community.common.ratelimit.sqlite.SWEEP_EVERY", 2)
    store = SQLiteStorage(f"sqlite://{tmp_path / 'limits.sqlite3'}")
    store.incr("old", -1)
    store.incr("new", 60)
    assert store.reset() == 1


def test_without_its_store_an_open_limit_lets_go_on_and_a_closed_one_refuses(settings, tmp_path):
    (tmp_path / "limits.sqlite3").mkdir()
    settings.RATELIMIT_STORAGE = f"sqlite://{tmp_path / 'limits.sqlite3'}"
    assert Limit("read", "1/minute").hit_key("a") is None
    with pytest.raises(Unavailable):
        Limit("sign-in", "1/minute", fails_closed=True).hit_key("a")


def test_one_slow_answer_of_the_store_refuses_no_sign_in(monkeypatch):
    storage, answers = limiter().storage, iter([OSError("slow")])
    count = storage.incr

    def slow_once(*given, **named):
        for error in answers:
            raise error
        return count(*given, **named)

    monkeypatch.setattr(storage, "incr", slow_once)
    assert Limit("sign-in", "1/minute", fails_closed=True).hit_key("a").remaining == 0


def test_a_redis_that_is_gone_counts_as_a_missing_store(settings):
    settings.RATELIMIT_STORAGE = "redis://127.0.0.1:1/0"
    assert Limit("read", "1/minute").hit_key("a") is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_household_is_one_network(address, network):
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [(0, "192.0.2.1", "127.0.0.1"), (1, "192.0.2.1, 192.0.2.2", "192.0.2.2"), (2, "192.0.2.2", "127.0.0.1")],
)
def test_only_our_own_proxies_are_believed(settings, proxies, forwarded, network):
    settings.TRUSTED_PROXIES = proxies
    assert client_network(RequestFactory().get("/", headers={"x-forwarded-for": forwarded})) == network
