"""Statements of a reply and of its notices, on the database under test."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.content import delivery, services
from community.content.models import Draft, Mention, Post
from community.notifications.models import Notification
from community.search.models import Document
from community.social import feeds
from tests.factories import PersonFactory, PostFactory, ThreadFactory

pytestmark = pytest.mark.django_db
SOURCE = "Why $\\delta$, @{handle}?\n\n$$\\frac{{\\partial L}}{{\\partial w}}$$\n"
WRITING = 50  # with its notices and letters: in tests a job is done when it is enqueued; on SQLite, with words of names
TELLING = 29  # one for the devices of those who are told, one for those who have read it


@pytest.fixture(autouse=True)
def no_feed_is_trimmed(monkeypatch):
    """Every fiftieth delivery of a post trims a feed, by their keys."""
    monkeypatch.setattr(feeds, "TRIMMED_EVERY", 10**12)


def statements(act) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"] for query in captured]


def test_a_reply_costs_the_same_statements_in_a_thread_of_any_length():
    def reply(thread) -> int:
        handle, author = PersonFactory().handle, PersonFactory()
        Draft.objects.create(owner=author, key=f"reply:{thread.pk}", source="x")
        source, key = SOURCE.format(handle=handle), f"reply:{thread.pk}"
        return len(
            statements(
                lambda: services.add_post(
                    thread=thread, author=author, source=source, submission=uuid.uuid4(), draft_key=key
                )
            )
        )

    short, long = ThreadFactory(), ThreadFactory()
    for _ in range(40):
        PostFactory(thread=long)
    assert reply(short) == reply(long) <= WRITING
    assert not Draft.objects.exists() and Mention.objects.count() == 2
    assert Document.objects.filter(body__contains="Why").count() == 2


def test_its_notices_cost_the_same_statements_for_any_number_of_people():
    def tell(people: int) -> int:
        thread = ThreadFactory()
        named = " ".join(f"@{PersonFactory().handle}" for _ in range(people))
        post = services.add_post(thread=thread, author=PersonFactory(), source=f"Look, {named}")
        Mention.objects.filter(post=post).update(notified_at=None)
        Notification.objects.all().delete()
        cost = len(statements(lambda: delivery.announce(post.pk)))
        assert Notification.objects.count() == people + 1
        assert not Mention.objects.filter(notified_at=None).exists()
        return cost

    assert tell(1) == tell(8) <= TELLING


def test_a_reply_sent_twice_is_one_even_if_the_thread_was_closed_meanwhile():
    thread, author, submission = ThreadFactory(), PersonFactory(), uuid.uuid4()
    sent = {"thread": thread, "author": author, "source": "Once.", "submission": submission}
    first = services.add_post(**sent)
    thread.locked_at = timezone.now()
    thread.save(update_fields=["locked_at"])
    assert services.add_post(**sent) == first
    assert Post.objects.filter(author=author).count() == 1


def test_a_counted_thread_is_told_what_its_row_says():
    thread = ThreadFactory()
    post = services.add_post(thread=thread, author=PersonFactory(), source="One more.")
    told = {name: getattr(post.thread, name) for name in ("post_count", "answer_count", "last_number", "last_post_at")}
    post.thread.refresh_from_db()
    assert told == {name: getattr(post.thread, name) for name in told}
