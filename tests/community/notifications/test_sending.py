"""Email through a real SMTP server, what its answers mean, and two workers at once."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone

from community.common.pauses import pause_of
from community.content.models import Thread
from community.content.services import add_post
from community.notifications.mail import digests, letters, outbox, stopping
from community.notifications.models import Letter, Mailbox, Notification
from community.notifications.services import mark_all_read
from community.social.services import follow
from tests.at_once import at_once
from tests.community.notifications.mailing import FORMULA, SOON, answer, waiting, work
from tests.factories import PersonFactory, QuestionFactory


@pytest.fixture
def asker():
    return PersonFactory(handle="asker")


@pytest.fixture
def question(asker):
    return QuestionFactory(author=asker, title="为什么 W?", title_html="为什么 <b>W</b>?")


def due(since: timedelta = SOON) -> None:
    """Let the letters that wait be due now."""
    Letter.objects.update(due_at=timezone.now() - since)


@pytest.mark.django_db
def test_what_a_mail_server_gets(server, question):
    post = answer(question, author=PersonFactory(display_name="阿达"))
    due()
    work()
    [(recipients, raw)] = server.taken
    [message] = server.messages
    assert recipients == ["asker@example.org"]
    assert message["Subject"] == "Re: 为什么 W?" and message["To"] == "asker@example.org"
    assert message["From"].addresses[0].display_name == "阿达 on Chainrule"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated" and message["Date"]
    assert message["References"] == f"<thread-{question.pk}@testserver>"
    assert message.get_content_type() == "multipart/alternative"
    plain = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert "∂L/∂w = δ x" in plain and "<math" in html
    assert f"http://testserver/t/{question.pk}/-/{post.number}/#post-{post.number}" in plain
    assert all(len(line) <= 998 for line in raw.splitlines()) and raw.isascii()


@pytest.mark.django_db
def test_a_client_ends_it_with_the_headers_alone(server, asker, question):
    answer(question)
    due()
    work()
    [message] = server.messages
    path = str(message["List-Unsubscribe"]).strip("<>").removeprefix(settings.SITE_ADDRESS)
    name, value = str(message["List-Unsubscribe-Post"]).split("=")
    assert Client(enforce_csrf_checks=True).post(path, {name: value}).status_code == 200
    answer(question)
    due()
    assert work() == [] and len(server.taken) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("recipient", "data"),
    [("450 4.2.0 Later", "250 Ok"), ("250 Ok", "451 4.3.0 Later"), ("550 5.1.1 No such user", "250 Ok")],
)
def test_an_answer_of_the_server_means_later_or_never(server, asker, question, recipient, data):
    server.recipient, server.data = recipient, data
    answer(question)
    due()
    work()
    is_refused = recipient.startswith("550")
    assert waiting() == (0 if is_refused else 1)
    assert Mailbox.objects.get().stop_reason == ("refused" if is_refused else "")
    server.recipient = server.data = "250 Ok"
    due()
    work()
    assert len(server.taken) == (0 if is_refused else 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("recipient", "data"),
    [
        ("550 5.7.1 Blocked", "250 Ok"),
        ("553 5.1.8 Sender", "250 Ok"),
        ("554 Spam", "250 Ok"),
        ("250 Ok", "554 5.6.0 Content"),
        ("250 Ok", ""),
    ],
)
def test_what_is_not_about_the_address_stops_nothing_and_is_not_sent_again(server, question, recipient, data):
    server.recipient, server.data = recipient, data
    answer(question)
    due()
    work()
    assert waiting() == 0 and Mailbox.objects.get().stopped_at is None
    assert Notification.objects.get().mailed_at is not None and server.taken == []


@pytest.mark.django_db
def test_a_server_that_is_away_is_asked_again_and_then_left_to_the_digest(settings, question):
    options = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    answer(question)
    for attempts in range(1, letters.ATTEMPTS):
        due()
        work()
        assert Letter.objects.get().attempts == attempts
        pause_of.cache_clear()
    due()
    work()
    assert waiting() == 0 and Notification.objects.get().mailed_at is None


class Away(BaseEmailBackend):
    """A mail server that cannot be reached, or that does not answer once it has the message."""

    attempts = 0

    def __init__(self, *, is_reached: bool, **options) -> None:
        super().__init__(**options)
        self.is_reached = is_reached

    def open(self) -> None:
        if not self.is_reached:
            self.fail()

    def send_messages(self, messages) -> None:
        try:
            self.fail()
        except TimeoutError as error:  # as smtplib does
            raise SMTPServerDisconnected("Connection unexpectedly closed") from error

    def fail(self) -> None:
        Away.attempts += 1
        raise TimeoutError


@pytest.mark.django_db
@pytest.mark.parametrize("is_reached", [False, True])
def test_a_server_that_does_not_answer_is_asked_once_by_all_batches(settings, monkeypatch, question, is_reached):
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.Away", "OPTIONS": {"is_reached": is_reached}}}
    monkeypatch.setattr(Away, "attempts", 0)
    for _ in range(3):
        answer(question)
    letters.send_letters(Letter.objects.values_list("pk", flat=True))
    assert Away.attempts == 1
    assert waiting() == (2 if is_reached else 3)
    letters.send_letters(Letter.objects.values_list("pk", flat=True))  # the next batch, a moment later
    assert Away.attempts == 1 and waiting() == (2 if is_reached else 3)
    pause_of.cache_clear()
    month = timezone.now() - timedelta(days=30)
    people = [PersonFactory() for _ in range(3)]
    for person in people:
        Mailbox.objects.create(person=person, began_at=month, daily_at=month, weekly_at=month)
        follow(follower=PersonFactory(), person=person)
    digests.send_digests([person.pk for person in people])
    assert Away.attempts == 2
    assert Mailbox.objects.filter(person__in=people, weekly_at=month).count() == (2 if is_reached else 3)


@pytest.mark.django_db
def test_what_is_due_is_handed_out_once_until_its_lease_ends(question, monkeypatch):
    given: list[list[int]] = []
    monkeypatch.setattr(letters, "send_letters", lambda keys: given.append(keys))
    answer(question)
    assert outbox.hand_out_letters() == 0
    due()
    assert outbox.hand_out_letters() == 1 and outbox.hand_out_letters() == 0
    due()  # the worker was killed, and the lease has ended
    assert outbox.hand_out_letters() == 1 and len(given) == 2


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def test_each_letter_is_sent_once(self, server, asker):
        question = QuestionFactory(author=asker)
        for _ in range(3):
            add_post(thread=Thread.objects.get(pk=question.pk), author=PersonFactory(), source=FORMULA)
        keys = list(Letter.objects.values_list("pk", flat=True))
        assert len(keys) == 3
        outcomes = at_once(4, lambda n: letters.send_letters(keys if n % 2 else keys[::-1]))
        assert outcomes == [None] * 4
        assert len(server.taken) == 3 and waiting() == 0
        assert len({message["Message-ID"] for message in server.messages}) == 3
        assert Mailbox.objects.get().in_hour == 3

    def test_each_digest_is_sent_once(self, server):
        reader = PersonFactory()
        month = timezone.now() - timedelta(days=30)
        Mailbox.objects.create(person=reader, began_at=month, daily_at=month, weekly_at=month)
        follow(follower=PersonFactory(), person=reader)
        assert at_once(4, lambda n: digests.send_digests([reader.pk])) == [None] * 4
        assert len(server.taken) == 1
        assert digests.take(reader.pk) is None

    def test_a_letter_that_is_read_while_it_is_taken_is_sent_at_most_once(self, server, asker):
        question = QuestionFactory(author=asker)
        add_post(thread=Thread.objects.get(pk=question.pk), author=PersonFactory(), source=FORMULA)
        key, newest = Letter.objects.get().pk, Notification.objects.get().pk
        acts = [lambda: letters.send_letters([key]), lambda: mark_all_read(reader=asker, up_to_id=newest)]
        outcomes = at_once(2, lambda n: acts[n]())
        assert outcomes == [None, 1]
        assert len(server.taken) <= 1 and waiting() == 0

    def test_a_click_on_unsubscribe_twice_at_once_is_one(self, asker):
        for scope in ("answers", stopping.DIGESTS, stopping.ALL):
            path = stopping.path_for(asker, scope)
            codes = at_once(4, lambda n, path=path: Client().post(path).status_code)
            assert codes == [200] * 4
        assert Mailbox.objects.count() == 1
