"""Progress of a run as server-sent events."""

import asyncio

import pytest
from django.test import AsyncClient

from bpsandbox import leases
from community.common import open_streams
from tests.training import CALM

from .conftest import train

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_open_streams")]


async def told(address: str, most: int = 10, after_first=lambda: None, **headers) -> list[str]:
    """Read a stream to its end, or for a minute; call a function once it has begun."""
    answer = await AsyncClient().get(address, headers=headers)
    assert answer.status_code == 200, answer
    found: list[str] = []
    async with asyncio.timeout(60):
        async for chunk in answer.streaming_content:
            found.append(chunk.decode())
            if len(found) == 1:
                await asyncio.to_thread(after_first)
            if len(found) == most:
                break
    return found


def test_an_ended_run_says_so_and_closes(trained):
    events = asyncio.run(told(f"/runs/{trained(CALM)}/events"))
    assert len(events) == 1 and "event: end" in events[0] and '"state": "succeeded"' in events[0]


def test_each_change_is_told_until_the_end(wanted):
    spec_hash = wanted(CALM).spec_hash
    events = asyncio.run(told(f"/runs/{spec_hash}/events", after_first=train))
    assert '"state": "queued"' in events[0] and "event: progress" in events[0]
    assert "event: end" in events[-1] and '"state": "succeeded"' in events[-1]


def test_who_comes_back_hears_only_what_is_new(wanted):
    spec_hash = wanted().spec_hash
    claim = leases.claim_next("test")
    leases.report(
        claim, {"type": "progress", "points": [[0, 0, {"train_loss": [0.3]}]], "epoch": 0, "epochs": 40, "eta": 1}
    )
    first = asyncio.run(told(f"/runs/{spec_hash}/events", most=1))[0]
    number = first.partition("id: ")[2].split("\n")[0]
    leases.report(claim, {"type": "progress", "points": [], "epoch": 20, "epochs": 40, "eta": 1})
    again = asyncio.run(told(f"/runs/{spec_hash}/events", most=1, **{"Last-Event-ID": number}))[0]
    assert '"epoch": 20' in again


def test_a_run_that_may_not_be_seen_is_not_there(wanted, member):
    spec_hash = wanted(requester=member).spec_hash
    answer = asyncio.run(AsyncClient().get(f"/runs/{spec_hash}/events"))
    assert answer.status_code == 404


def test_the_visitors_of_a_network_share_their_streams(wanted, monkeypatch):
    monkeypatch.setattr(open_streams, "MOST_OF_A_NETWORK", 1)
    spec_hash = wanted().spec_hash

    async def scenario():
        first, second = [await AsyncClient().get(f"/runs/{spec_hash}/events") for _ in range(2)]
        first.close()
        return first.status_code, second.status_code

    assert asyncio.run(scenario()) == (200, 429)
