"""Visits of members, and the line in lists between what is newer than the last one and what is older."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts import visits
from community.accounts.models import User
from community.common import afterwards
from community.content.models import Category, Kind, Thread
from community.content.services.tags import replace as replace_tags
from community.social.models import FeedEntry
from tests.factories import PersonFactory, ThreadFactory
from tests.html import html_of

START = timezone.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)


class Days:
    """A clock that tests set, and a member's browser."""

    def __init__(self, monkeypatch, client) -> None:
        self.client, self.person = client, PersonFactory(handle="reader")
        self.now = START
        client.force_login(self.person)
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def open(self, path: str = "/about/", after: timedelta = timedelta(), **asked):
        """Open a page some time later, and let what is left to be done be done."""
        self.now += after
        response = self.client.get(path, **asked)
        afterwards.run()
        return response

    def last_visit(self) -> timedelta | None:
        """Return when the last visit ended, as a page that is opened now would say."""
        moment = visits.last_visit(User.objects.get(pk=self.person.pk))
        return None if moment is None else moment - START


@pytest.fixture
def days(monkeypatch, client, db) -> Days:
    return Days(monkeypatch, client)


def test_there_is_none_before_the_first_visit_has_ended(days):
    assert days.last_visit() is None
    for _ in range(4):
        days.open(after=20 * MINUTE)
        assert days.last_visit() is None


def test_a_visit_ends_when_no_page_was_opened_for_half_an_hour(days):
    for minutes in (0, 10, 10):
        days.open(after=minutes * MINUTE)
    days.now += 31 * MINUTE
    assert days.last_visit() == 20 * MINUTE
    for minutes in (0, 10, 25):
        days.open(after=minutes * MINUTE)
        assert days.last_visit() == 20 * MINUTE
    days.now += 31 * MINUTE
    assert days.last_visit() == (20 + 31 + 35) * MINUTE


def test_two_devices_begin_one_visit(days):
    days.open()
    days.now += timedelta(days=1)
    for _ in range(2):
        visits.note(days.person.pk)
        assert days.last_visit() == timedelta()


def test_what_a_page_left_open_asks_for_is_no_visit(days):
    days.open()
    for _ in range(8):
        days.open("/notifications/count/", after=10 * MINUTE)
        days.open("/", headers={"X-Requested-With": "fetch"})
    assert days.last_visit() == timedelta()


def test_a_clock_that_was_ahead_is_set_right(days):
    days.open()
    days.open(after=timedelta(days=20))
    days.open(after=-timedelta(days=19))
    assert User.objects.get().seen_at == days.now
    days.now += 31 * MINUTE
    assert days.last_visit() == timedelta(days=1)


def test_a_page_costs_no_query_for_it_and_is_noted_every_few_minutes_after_it_was_sent(days):
    ThreadFactory.create_batch(3)
    days.open("/latest/")
    counts = []
    for minutes, written in ((1, 0), (31, 1)):
        days.now += minutes * MINUTE
        with CaptureQueriesContext(connection) as queries:
            days.client.get("/latest/")
        counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            afterwards.run()
        assert len(queries) == written
    assert len(set(counts)) == 1


LINE = "Your last visit"


def main(response) -> str:
    """Return the list, without the questions that wait beside that of the front page."""
    return html_of(response).partition("<main")[2].partition('id="waiting-title"')[0]


class TestLists:
    @pytest.fixture(autouse=True)
    def threads(self, days) -> None:
        """Two threads of each kind, one from before the last visit and one that came after it, which is now."""
        meta = Category.objects.get(slug="meta")
        for title in ("Old", "New"):
            for kind in Kind.values:
                thread = ThreadFactory(kind=kind, title=f"{title} {kind}", category=meta, published_at=days.now)
                Thread.objects.filter(pk=thread.pk).update(last_post_at=days.now)
                replace_tags(thread, {"xor": "xor"})
                entry = {"thread": thread, "post": thread.opening_post, "created_at": days.now}
                FeedEntry.objects.create(reader=days.person, **entry)
            if title == "Old":
                days.open(after=MINUTE)
            days.now += timedelta(days=1)

    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/?order=latest",
            "/latest/",
            "/latest/?order=new",
            "/questions/",
            "/questions/?order=unanswered",
            "/discussions/",
            "/articles/",
            "/notes/",
            "/tags/xor/",
            "/c/meta/",
        ],
    )
    def test_a_line_is_between_what_is_newer_and_what_is_older(self, days, path):
        above, line, below = main(days.open(path)).partition(LINE)
        assert line
        assert "New " in above and "Old " not in above
        assert "Old " in below and "New " not in below

    def test_lists_by_score_and_visitors_have_none(self, days, visitor):
        assert LINE not in main(days.open("/latest/?order=top"))
        assert LINE not in main(visitor.get("/latest/"))
