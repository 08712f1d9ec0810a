"""The notification stream: ends with the session, limited per person, without a thread or query per stream."""

import asyncio
import threading
from contextlib import asynccontextmanager
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.sessions.models import Session
from django.test import AsyncClient, Client

from community.common import open_streams, shared_poll
from community.common.asgi import Application
from community.common.open_streams import open_stream
from community.common.sse import event_stream
from community.notifications.bell import changed_counts, unread_events
from community.notifications.services import notify
from tests.factories import PersonFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_open_streams")]
ADDRESS = "/notifications/events/"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(shared_poll, "POLL_SECONDS", 0.05)


@pytest.fixture
def person(db):
    return PersonFactory()


@pytest.fixture
def session(person):
    """Return the cookies of a browser with the person signed in."""
    browser = Client()
    browser.force_login(person)
    return browser.cookies


def tell(person):
    follower = PersonFactory()
    event = f"follow:{follower.pk}"
    notify(listeners={person.pk: "follow"}, actor=follower, target_kind="person", target_id=follower.pk, event=event)


@asynccontextmanager
async def opened(cookies):
    browser = AsyncClient()
    browser.cookies = cookies
    answer = await browser.get(ADDRESS)
    yield answer
    answer.close()


async def ends_after(cookies, act) -> bool:
    async with opened(cookies) as answer, asyncio.timeout(5):
        parts = answer.streaming_content
        assert b"unread" in await anext(parts)
        await asyncio.to_thread(act)
        return [part async for part in parts] == []


@pytest.mark.parametrize("what", ["signed out", "deactivated", "another password"])
def test_a_stream_ends_with_its_session(person, session, what):
    def act():
        if what == "signed out":
            Session.objects.all().delete()
        if what == "deactivated":
            type(person).objects.update(is_active=False)
        if what == "another password":
            person.set_password("quite another one")
            person.save()

    assert asyncio.run(ends_after(session, act))


def test_a_person_has_six_streams_and_a_closed_one_makes_room(person, session):
    async def scenario():
        opening = [opened(session) for _ in range(6)]
        answers = [await each.__aenter__() for each in opening]
        async with opened(session) as seventh:
            refused = seventh
        answers[0].close()
        async with opened(session) as again:
            pass
        for each in answers:
            each.close()
        return [each.status_code for each in answers], refused, again.status_code

    six, refused, again = asyncio.run(scenario())
    assert (six, refused.status_code, refused["Retry-After"], again) == ([200] * 6, 429, "60", 200)
    assert "Too many live pages are open. This one updates less often." in refused.content.decode()
    assert not open_streams._open


def test_streams_whose_reader_left_before_they_began_keep_no_place(rf, person):
    async def dropped():
        request = rf.get(ADDRESS)
        request.session = SimpleNamespace(session_key="")
        request.auser = AsyncMock(return_value=person)
        event_stream(unread_events(person), await open_stream(request))

    async def scenario():
        for _ in range(10):
            await dropped()

    asyncio.run(scenario())
    assert not open_streams._open


def test_a_new_notification_is_sent(person, session):
    async def scenario():
        async with opened(session) as answer, asyncio.timeout(5):
            parts = answer.streaming_content
            first = await anext(parts)
            await asyncio.to_thread(tell, person)
            return first, await anext(parts)

    first, second = asyncio.run(scenario())
    assert b'{"unread": 0}' in first and b'{"unread": 1}' in second


def test_one_query_tells_for_all_who_has_news(django_assert_num_queries):
    people = [PersonFactory() for _ in range(5)]
    tell(people[0])
    changed_counts(people)
    with django_assert_num_queries(1):
        assert changed_counts(people) == {}
    tell(people[0])
    assert changed_counts(people) == {people[0]: 2}


def test_one_look_checks_the_sessions_of_all(person, session, django_assert_num_queries):
    key = session["sessionid"].value
    streams = [
        open_streams.OpenStream(f"user:{person.pk}", person.pk, key, person.get_session_auth_hash()) for _ in range(9)
    ]
    with django_assert_num_queries(2):
        assert open_streams.ended_sessions(streams) == {}


def test_an_open_stream_keeps_no_thread(person, session, monkeypatch):
    monkeypatch.setattr(open_streams, "MOST_OF_A_PERSON", 20)
    cookie = f"sessionid={session['sessionid'].value}".encode()
    headers = [(b"host", b"testserver"), (b"cookie", cookie)]
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "path": ADDRESS, "query_string": b""}

    async def scenario():
        streams = [ApplicationCommunicator(Application(), {**scope, "headers": headers}) for _ in range(20)]
        for stream in streams:
            await stream.send_input({"type": "http.request", "body": b""})
            assert (await stream.receive_output(timeout=10))["status"] == 200
            assert b"unread" in (await stream.receive_output(timeout=10))["body"]
        await asyncio.sleep(0.3)
        count = threading.active_count()
        for stream in streams:
            await stream.send_input({"type": "http.disconnect"})
            await stream.wait(timeout=10)
        return count

    before = threading.active_count()
    assert asyncio.run(scenario()) - before < 10
    assert not open_streams._open
