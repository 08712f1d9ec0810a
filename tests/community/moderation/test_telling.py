"""Notifications of reports and staff actions: to moderators, reporters, authors."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.content import services as content
from community.content.models import Category
from community.forum.services import lock_thread, move_thread, pin_thread, unlock_thread
from community.moderation import services
from community.moderation.models import Report
from community.notifications.models import Notification
from community.notifications.selectors import notices, unread_count
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer():
    return AnswerFactory(thread=QuestionFactory(title="Why?"))


@pytest.fixture
def reader():
    return PersonFactory()


def told(person) -> list[tuple[str, str]]:
    """Return a person's notifications, oldest first: the sentence without markup, and the note."""
    rows = Notification.objects.of(person).select_related("actor").order_by("pk")
    return [(strip(notice.sentence), notice.note) for notice in notices(rows, person)]


def strip(sentence: str) -> str:
    for mark in ('<b class="name">', "<bdi>", "</bdi>", "</b>", "<cite>", "</cite>"):
        sentence = sentence.replace(mark, "")
    return sentence


def test_moderators_are_told_once_of_a_reported_post_until_it_is_decided(answer, reader, moderator):
    other = ModeratorFactory()
    services.report_post(reporter=reader, post=answer, reason="spam")
    services.report_post(reporter=PersonFactory(), post=answer, reason="rude")
    assert told(moderator) == told(other) == [("A post in Why? was reported", "")]
    services.dismiss(actor=moderator, post=answer)
    assert unread_count(moderator) == unread_count(other) == 0
    services.report_post(reporter=PersonFactory(), post=answer, reason="spam")
    assert unread_count(moderator) == unread_count(other) == 1


def test_a_moderator_is_not_told_of_reports_on_their_own_post(reader, moderator):
    services.report_post(reporter=reader, post=AnswerFactory(thread=QuestionFactory(), author=moderator), reason="spam")
    assert told(moderator) == []


def test_members_are_told_of_no_report(answer, reader):
    services.report_post(reporter=reader, post=answer, reason="spam")
    assert told(reader) == told(answer.author) == []


def test_the_menu_counts_posts_that_wait_and_only_for_staff(client, answer, reader, moderator):
    for reporter in (reader, PersonFactory()):
        services.report_post(reporter=reporter, post=answer, reason="spam")
    client.force_login(moderator)
    assert 'Review queue <span class="badge">1</span>' in html_of(client.get("/about/"))
    services.dismiss(actor=moderator, post=answer)
    assert "Review queue</a>" in html_of(client.get("/about/"))
    client.force_login(reader)
    assert b"Review queue" not in client.get("/about/").content


def test_a_page_asks_for_the_queue_once_and_only_for_staff(client, reader, moderator):
    asked = []
    for person in (reader, moderator):
        client.force_login(person)
        with CaptureQueriesContext(connection) as queries:
            client.get("/about/")
        asked.append(sum("SELECT DISTINCT" in query["sql"] for query in queries))
    assert asked == [0, 1]


def test_the_reporter_is_told_what_was_decided(answer, reader, moderator):
    services.report_post(reporter=reader, post=answer, reason="spam")
    services.hide(actor=moderator, post=answer, reason="spam")
    assert told(reader) == [("The post you reported was hidden", "")]
    services.unhide(actor=moderator, post=answer)
    services.report_post(reporter=reader, post=answer, reason="rude")
    services.dismiss(actor=moderator, post=answer)
    assert told(reader)[1:] == [("A moderator reviewed your report and left the post unchanged", "")]


def test_the_reporter_sees_the_decision_and_not_what_they_may_no_longer_see(client, answer, reader, moderator):
    report = services.report_post(reporter=reader, post=answer, reason="spam", note="third time")
    services.hide(actor=moderator, post=answer.thread.opening_post)
    services.hide(actor=moderator, post=answer)
    client.force_login(reader)
    page = html_of(client.get(reverse("moderation:own-report", args=[report.pk])))
    assert "A moderator hid the post." in page and "third time" in page and "Why?" not in page
    client.force_login(PersonFactory())
    assert client.get(reverse("moderation:own-report", args=[report.pk])).status_code == 404


def test_the_author_is_told_that_a_post_was_hidden_and_why_but_not_by_whom(answer, moderator):
    services.hide(actor=moderator, post=answer, reason="off_topic", note="internal")
    services.hide(actor=moderator, post=answer, reason="spam")
    services.unhide(actor=moderator, post=answer)
    assert told(answer.author) == [
        ("A moderator hid your post in Why?", "Off topic"),
        ("A moderator restored your post in Why?", ""),
    ]
    assert not Notification.objects.exclude(actor=None).exists()


def test_the_author_is_told_of_a_post_that_staff_deleted_and_restored(answer, moderator):
    content.delete_post(post=answer, by=moderator)
    content.restore_post(post=answer, by=moderator)
    assert [sentence for sentence, _note in told(answer.author)] == [
        "A moderator deleted your post in Why?",
        "A moderator restored your post in Why?",
    ]


def test_the_author_is_told_that_a_thread_was_closed_and_moved_with_the_reason(answer, moderator):
    thread, name = answer.thread, moderator.visible_name
    lock_thread(thread=thread, by=moderator, reason="Settled")
    lock_thread(thread=thread, by=moderator, reason="Again")
    unlock_thread(thread=thread, by=moderator)
    move_thread(thread=thread, by=moderator, category=Category.objects.get(slug="meta"), reason="About us")
    pin_thread(thread=thread, by=moderator)
    assert told(thread.author) == [
        (f"{name} closed Why?", "Settled"),
        (f"{name} reopened Why?", ""),
        (f"{name} moved Why?", "About us"),
    ]


def test_what_authors_do_to_their_own_is_no_news(answer):
    content.delete_post(post=answer, by=answer.author)
    content.restore_post(post=answer, by=answer.author)
    assert told(answer.author) == []


def test_the_queue_offers_the_reason_of_the_reports(client, answer, reader, moderator):
    for person, reason in ((reader, "poor"), (PersonFactory(), "duplicate"), (PersonFactory(), "duplicate")):
        services.report_post(reporter=person, post=answer, reason=reason)
    client.force_login(moderator)
    assert '<option value="duplicate" selected>' in html_of(client.get(reverse("moderation:queue")))
    decided = {"action": "hide", "reason": "duplicate", "note": ""}
    client.post(reverse("moderation:decide", args=[answer.pk]), decided)
    assert told(answer.author) == [("A moderator hid your post in Why?", "Duplicate of another post")]


def test_the_decision_waits_for_no_reason_it_does_not_know(client, answer, moderator):
    client.force_login(moderator)
    forged = {"action": "hide", "reason": "because", "note": ""}
    assert client.post(reverse("moderation:decide", args=[answer.pk]), forged).status_code == 400
    answer.refresh_from_db()
    assert answer.is_visible and not Report.objects.exists()
