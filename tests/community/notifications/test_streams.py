"""The notification stream: ends with the session, limited per person, without a thread or query per stream."""

import asyncio
import threading
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from asgiref.testing import ApplicationCommunicator
from django.test import AsyncClient, Client

from bpsandbox import wake
from community.accounts.models import User
from community.common import open_streams, shared_look
from community.common.asgi import Application
from community.common.connections import close_all
from community.common.open_streams import open_stream
from community.common.sse import event_stream
from community.content.services import add_post
from community.notifications import bell
from community.notifications.bell import changed_counts, unread_events
from community.notifications.services import mark_all_read, notify
from tests.factories import PersonFactory, QuestionFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_open_streams")]
ADDRESS = "/notifications/events/"
PATIENCE = 60
"""Seconds for what takes a moment; a stream that hears no word looks for news by itself after ten times as long."""


@pytest.fixture(autouse=True)
def _never_by_itself(monkeypatch):
    """Let streams hear of news only by word from the process that has it."""
    monkeypatch.setattr(shared_look, "POLL_SECONDS", 600)
    monkeypatch.setattr(shared_look, "LOOK_SECONDS", 600)


@pytest.fixture
def looks(monkeypatch):
    """Return the list of looks for news that streams have taken: the people of each."""
    taken = []
    look = bell._counts.look
    monkeypatch.setattr(
        bell._counts, "look", lambda users: taken.append(sorted(user.pk for user in users)) or look(users)
    )
    return taken


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


async def elsewhere(act, *about):
    """Act in another thread, which closes its connection."""

    def act_and_close():
        try:
            act(*about)
        finally:
            close_all()

    await asyncio.to_thread(act_and_close)


@asynccontextmanager
async def opened(cookies):
    browser = AsyncClient()
    browser.cookies = cookies
    answer = await browser.get(ADDRESS)
    yield answer
    answer.close()


async def ends_after(cookies, act) -> bool:
    async with opened(cookies) as answer, asyncio.timeout(PATIENCE):
        parts = answer.streaming_content
        assert b"unread" in await anext(parts)
        await elsewhere(act)
        return [part async for part in parts] == []


@pytest.mark.parametrize("what", ["signed out", "deactivated", "another password"])
def test_a_stream_ends_with_its_session(person, session, what):
    def act():
        if what == "signed out":
            browser = Client()
            browser.cookies = session
            browser.post("/accounts/logout/")
        if what == "deactivated":
            person.is_active = False
            person.save()
        if what == "another password":
            person.set_password("quite another one")
            person.save()

    assert asyncio.run(ends_after(session, act))


def test_a_session_that_ended_without_a_word_is_noticed_at_the_next_look(person, session, monkeypatch):
    monkeypatch.setattr(shared_look, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(shared_look, "POLL_SECONDS", 0.2)
    assert asyncio.run(ends_after(session, lambda: type(person).objects.update(is_active=False)))


def test_a_word_that_no_channel_carries_is_made_up_for_by_polling(person, session, monkeypatch):
    monkeypatch.setattr(shared_look, "POLL_SECONDS", 0.2)
    deaf = wake.Topic(wake.Redis("redis://127.0.0.1:1/0", "people"))
    monkeypatch.setattr(shared_look, "people", lambda: deaf)
    first, second = asyncio.run(told_after(session, lambda: tell(person), until=lambda: asyncio.sleep(0)))
    assert b'{"unread": 0}' in first and b'{"unread": 1}' in second


class LatePipes(wake.Pipes):
    """Makes its pipe when a word was said, or late, for a stream that waits for it."""

    is_said = threading.Event()

    def listen(self):
        self.is_said.wait(0.3)
        return super().listen()


def test_news_of_the_first_moment_are_told(person, session, monkeypatch, tmp_path):
    """A stream is heard before it reads the count that it shows first."""
    topic = wake.Topic(LatePipes(str(tmp_path), "people"))
    monkeypatch.setattr(shared_look, "people", lambda: topic)

    async def scenario():
        async with opened(session) as answer, asyncio.timeout(PATIENCE):
            parts = answer.streaming_content
            first = await anext(parts)
            await elsewhere(tell, person)
            LatePipes.is_said.set()
            return first, await anext(parts)

    first, second = asyncio.run(scenario())
    assert b'{"unread": 0}' in first and b'{"unread": 1}' in second


def test_streams_without_news_look_for_nothing(person, session, looks, monkeypatch):
    other, heard_of = PersonFactory(), set()
    named = shared_look._Watch._named
    monkeypatch.setattr(
        shared_look._Watch, "_named", lambda watch, words: heard_of.update(words) or named(watch, words)
    )

    async def scenario():
        async with opened(session) as answer:
            await anext(answer.streaming_content)
            await heard()
            await elsewhere(tell, person)
            await anext(answer.streaming_content)
            looks.clear()
            await elsewhere(tell, other)
            async with asyncio.timeout(PATIENCE):
                while str(other.pk) not in heard_of:
                    await asyncio.sleep(0.02)
            await elsewhere(tell, person)
            await anext(answer.streaming_content)
            return list(looks)

    assert asyncio.run(scenario()) == [[person.pk]]


def test_a_process_has_a_bounded_number_of_streams(person, session, monkeypatch):
    monkeypatch.setattr(open_streams, "MOST_OF_A_PROCESS", 1)

    async def scenario():
        async with opened(session) as first, opened(session) as second:
            return first.status_code, second.status_code

    assert asyncio.run(scenario()) == (200, 429)


def test_a_person_has_twelve_streams_and_a_closed_one_makes_room(person, session):
    async def scenario():
        opening = [opened(session) for _ in range(12)]
        answers = [await each.__aenter__() for each in opening]
        async with opened(session) as one_more:
            refused = one_more
        answers[0].close()
        async with opened(session) as again:
            pass
        for each in answers:
            each.close()
        return [each.status_code for each in answers], refused, again.status_code

    twelve, refused, again = asyncio.run(scenario())
    assert (twelve, refused.status_code, refused["Retry-After"], again) == ([200] * 12, 429, "60", 200)
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


async def heard() -> None:
    """Wait until words are heard: one said before is lost, and its news comes with the next look."""
    async with asyncio.timeout(PATIENCE):
        while not shared_look.people().is_heard:
            await asyncio.sleep(0.02)


async def told_after(cookies, act, until=heard) -> tuple[bytes, bytes]:
    async with opened(cookies) as answer, asyncio.timeout(2 * PATIENCE):
        parts = answer.streaming_content
        first = await anext(parts)
        await until()
        await elsewhere(act)
        return first, await anext(parts)


def test_a_new_notification_is_sent_at_a_word_without_a_look(person, session):
    first, second = asyncio.run(told_after(session, lambda: tell(person)))
    assert b'{"unread": 0}' in first and b'{"unread": 1}' in second


def test_what_is_read_in_one_window_is_read_in_the_others(person, session):
    tell(person)
    first, second = asyncio.run(told_after(session, lambda: mark_all_read(reader=person, up_to_id=10**9)))
    assert b'{"unread": 1}' in first and b'{"unread": 0}' in second


def test_a_number_that_an_earlier_page_was_told_is_told_to_a_later_one(person, session):
    left = User.objects.get(pk=person.pk)  # the reader of a page that was left, which nothing has cleared away so far
    changed_counts([left])
    tell(person)
    first, second = asyncio.run(told_after(session, lambda: mark_all_read(reader=person, up_to_id=10**9)))
    assert b'{"unread": 1}' in first and b'{"unread": 0}' in second


def test_an_event_that_joins_an_unread_line_is_told_with_the_same_number(person, session):
    question = QuestionFactory(author=person)
    answer = partial(add_post, thread=question, source="Words.")
    answer(author=PersonFactory())
    assert person.notifications.lines().count() == 1
    first, second = asyncio.run(told_after(session, lambda: answer(author=PersonFactory())))
    assert person.notifications.lines().count() == 1
    assert b'{"unread": 1}' in first and b'{"unread": 1}' in second


def test_readers_are_told_different_times_to_come_back(person, session):
    async def scenario():
        async with opened(session) as one, opened(session) as other:
            return await anext(one.streaming_content), await anext(other.streaming_content)

    one, other = (int(part.split(b"\n")[0].removeprefix(b"retry: ")) for part in asyncio.run(scenario()))
    assert 2_000 <= one <= 20_000
    assert one != other


def test_one_query_tells_for_all_who_has_news(django_assert_num_queries):
    people = [PersonFactory() for _ in range(5)]
    tell(people[0])
    changed_counts(people)
    with django_assert_num_queries(1):
        assert changed_counts(people) == {}
    tell(people[0])
    assert {user: news.unread for user, news in changed_counts(people).items()} == {people[0]: 2}


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
            assert (await stream.receive_output(timeout=PATIENCE))["status"] == 200
            assert b"unread" in (await stream.receive_output(timeout=PATIENCE))["body"]
        async with asyncio.timeout(PATIENCE):  # those in which they began end
            while threading.active_count() - before >= 10:
                await asyncio.sleep(0.02)
        for stream in streams:
            await stream.send_input({"type": "http.disconnect"})
            await stream.wait(timeout=PATIENCE)

    before = threading.active_count()
    asyncio.run(scenario())
    assert not open_streams._open


def test_who_asks_again_without_news_gets_an_empty_answer_for_one_small_query(
    person, session, django_assert_num_queries
):
    browser = Client()
    browser.cookies = session
    tell(person)
    first = browser.get("/notifications/count/")
    assert first.json() == {"unread": 1}
    with django_assert_num_queries(2) as taken:  # the session with its person, and the count
        again = browser.get("/notifications/count/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert not [query for query in taken if not query["sql"].startswith("SELECT")]
    tell(person)
    assert browser.get("/notifications/count/", headers={"If-None-Match": first["ETag"]}).json() == {"unread": 2}


def test_the_tag_of_another_reader_is_of_no_use(person, session):
    tell(person)
    other, browser = Client(), Client()
    browser.cookies = session
    stranger = PersonFactory()
    other.force_login(stranger)
    tell(stranger)
    tag = other.get("/notifications/count/")["ETag"]
    assert browser.get("/notifications/count/", headers={"If-None-Match": tag}).status_code == 200
