"""Followers of a run receive each change once, and its end."""

import asyncio
import threading

import pytest
from django.db import connection, connections

from bpsandbox import leases, live
from bpsandbox.models import Run
from bpsandbox.services import engine_version
from tests.bpsandbox.documents import typed
from tests.bpsandbox.runner.acting_engine import document
from tests.waiting import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]


def points(*numbers):
    return [[n, n * 4, {"train_loss": [1.0 / (n + 1)]}] for n in numbers]


def snapshot(*numbers, attempt=1):
    return {"points": points(*numbers), "epoch": numbers[-1], "epochs": 9, "eta": 1.0, "attempt": attempt}


def train(heard):
    """Act as a worker that goes on when everybody has heard of its points; `heard` has the changes of each follower."""
    try:
        claim = leases.claim_next("test")
        for numbers in ((0,), (0, 1), (0, 1, 2, 3)):
            leases.report(claim, snapshot(*numbers))
            eventually(lambda last=numbers[-1]: all(last in told(changes) for changes in heard))
        leases.finish(claim, typed({**document({}, [0], points(0, 1, 2, 3, 4)), "engine": engine_version()}))
    finally:
        connection.close()


def told(changes):
    return [point[0] for change in changes for point in change.new_points]


async def follow(run_id, changes=None):
    changes = [] if changes is None else changes
    async for change in live.events(run_id, -1):
        changes.append(change)
    return changes


def followed(*followers):
    async def main():
        return await asyncio.wait_for(asyncio.gather(*followers), 60)

    try:
        return asyncio.run(main())
    finally:
        live.READERS.submit(connections.close_all).result()


def test_two_followers_hear_every_point_once_and_the_end(wanted):
    run_id = wanted().run.pk
    both = [], []
    worker = threading.Thread(target=train, args=(both,))
    worker.start()
    followed(*(follow(run_id, changes) for changes in both))
    worker.join()
    for heard in both:
        assert told(heard) == [0, 1, 2, 3]
        assert [change.seq for change in heard] == sorted({change.seq for change in heard})
        assert heard[-1].state == "succeeded"


def test_followers_of_a_run_that_waits_read_nothing(wanted, monkeypatch):
    """Their hub settles to wait for a word. One word later it has looked once, and all five know."""
    run_id = wanted().run.pk
    looks = []
    read, passed = live.read, live.passed
    monkeypatch.setattr(live, "read", lambda seen: looks.append(seen) or read(seen))

    async def main():
        settled = asyncio.Event()

        async def noted(event, seconds):
            if seconds == live.LOOK_SECONDS and not event.is_set():
                settled.set()
            await passed(event, seconds)

        monkeypatch.setattr(live, "passed", noted)
        followers = [asyncio.create_task(follow(run_id)) for _ in range(5)]
        await asyncio.wait_for(settled.wait(), 60)
        looks.clear()
        await asyncio.to_thread(lambda: Run.objects.filter(pk=run_id).move("withdraw"))
        await asyncio.wait_for(asyncio.gather(*followers), 60)

    try:
        asyncio.run(main())
        assert len(looks) == 1
    finally:
        live.READERS.submit(connections.close_all).result()


def test_many_followers_are_told_less_often():
    async def ticks():
        hub = live.Hub()
        for count in (1, 50, 5_000):
            hub.followers = {asyncio.Queue(): (1, 0) for _ in range(count)}
            yield hub.tick

    async def main():
        return [tick async for tick in ticks()]

    assert asyncio.run(main()) == [0.15, 2.0, 10.0]


def test_an_ended_run_is_told_at_once(wanted):
    run_id = wanted().run.pk
    Run.objects.filter(pk=run_id).move("withdraw")
    ((change,),) = followed(follow(run_id))
    assert (change.state, change.is_last) == ("cancelled", True)


def test_a_run_that_is_gone_ends_the_stream(wanted):
    ((change,),) = followed(follow(12345))
    assert change.state == "gone"
    assert change.is_last


def test_a_new_attempt_starts_again(wanted):
    change = live.Change(1, 2, "running", snapshot(0, attempt=2))
    told, last, attempt = live.with_new_points(change, 12, 1)
    assert told.starts_again
    assert told.new_points == tuple(points(0))
    assert (last, attempt) == (0, 2)


def test_polling_says_nothing_when_nothing_has_happened(wanted, django_assert_num_queries):
    run_id = wanted().run.pk
    claim = leases.claim_next("test")
    leases.report(claim, snapshot(0, 1))
    change = live.progress(run_id)
    assert change.progress["points"] == points(0, 1)
    with django_assert_num_queries(1):
        assert live.progress(run_id, change.seq) is None
