"""A thread that somebody reads for some minutes is tracked, unless they chose otherwise."""

import pytest

from community.content.models import LONG_READ, ReadPosition
from community.mutes import services as mutes
from community.social.levels import Level
from community.social.models import FeedEntry, Follow
from tests.factories import AnswerFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread():
    question = QuestionFactory()
    AnswerFactory(thread=question)
    return question


def read(browser, thread, seconds):
    return browser.post(f"/threads/{thread.pk}/read/?posts=1,2&seconds={seconds}")


def read_long(browser, thread) -> None:
    for _minute in range(LONG_READ // 60):
        assert read(browser, thread, 60).status_code == 204


def level(reader, thread) -> int | None:
    return Follow.objects.filter(follower=reader, thread=thread).values_list("level", flat=True).first()


def test_four_minutes_make_it_tracked_and_bring_it_into_the_feed(as_user, ada, thread):
    browser = as_user(ada)
    for _minute in range(3):
        read(browser, thread, 60)
    assert level(ada, thread) is None
    read(browser, thread, 59)
    read(browser, thread, 1)
    assert level(ada, thread) == Level.TRACKING
    assert FeedEntry.objects.filter(reader=ada, thread=thread).exists()


def test_a_clock_that_jumps_counts_for_a_minute_at_most(as_user, ada, thread):
    read(as_user(ada), thread, 80_000)
    assert ReadPosition.objects.get(reader=ada).seconds == 60 and level(ada, thread) is None


@pytest.mark.parametrize("seconds", ["-5", "many", "1e9", "999999999999999999999"])
def test_what_no_script_sends_is_refused_and_counts_nothing(as_user, ada, thread, seconds):
    assert read(as_user(ada), thread, seconds).status_code == 400
    assert not ReadPosition.objects.exists()


def test_without_seconds_nothing_is_tracked(as_user, ada, thread):
    browser = as_user(ada)
    for _times in range(6):
        browser.post(f"/threads/{thread.pk}/read/?posts=1,2")
        browser.get(f"/threads/{thread.pk}/read/?posts=1,2&seconds=60", headers={"Sec-Fetch-Site": "same-origin"})
    assert ReadPosition.objects.get().seconds == 0 and level(ada, thread) is None


@pytest.mark.parametrize("chosen", [Level.MUTED, Level.NORMAL, Level.WATCHING])
def test_a_level_that_was_chosen_stays(as_user, ada, thread, chosen):
    Follow.objects.create(follower=ada, thread=thread, level=chosen)
    read_long(as_user(ada), thread)
    assert level(ada, thread) == chosen


def test_it_can_be_turned_off_and_on(as_user, ada, thread):
    browser = as_user(ada)
    assert "A thread you read for four minutes is tracked" in html_of(browser.get("/following/"))
    assert browser.post("/following/reading/", {"on": "0"}).url == "/following/#tracking"
    assert "Track what I read for four minutes" in html_of(browser.get("/following/"))
    read_long(browser, thread)
    assert level(ada, thread) is None
    browser.post("/following/reading/", {"on": "1"})
    other = QuestionFactory()
    read_long(browser, other)
    assert level(ada, other) == Level.TRACKING


def test_a_thread_of_somebody_muted_is_not_tracked(as_user, ada, thread):
    mutes.mute(person=ada, other=thread.author)
    read_long(as_user(ada), thread)
    assert level(ada, thread) is None


def test_unfollowing_is_not_undone_by_reading_on(as_user, ada, thread):
    browser = as_user(ada)
    read_long(browser, thread)
    Follow.objects.filter(follower=ada).update(level=Level.NORMAL)
    read_long(browser, thread)
    assert level(ada, thread) == Level.NORMAL
