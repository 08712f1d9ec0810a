"""How many letters one person gets in a day, through a real SMTP server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.mail import send_mail

from community.content.models import Post
from community.mutes.services import mute
from community.notifications.mail import composing
from community.notifications.models import Letter, Mailbox, Notification
from tests.community.notifications.mailing import SOON, WEDNESDAY, answer, open_mailbox, waiting, work
from tests.factories import QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def most(settings):
    settings.MAIL_MOST_A_DAY = 3


def test_the_last_letter_says_so_and_the_rest_is_in_the_digest(clock, server, asker, question):
    open_mailbox(asker, daily_at=WEDNESDAY, weekly_at=WEDNESDAY)
    posts = [answer(QuestionFactory(author=asker, title=f"Question {n}")) for n in range(5)]
    clock.pass_(SOON)
    bodies = [message.get_body(("plain",)).get_content() for message in server.messages]
    said = "This is the last of 3 emails about single notifications that you get in a day."
    assert len(bodies) == 3 and [said in " ".join(body.split()) for body in bodies] == [False, False, True]
    last = server.messages[-1].get_body(("html",)).get_content()
    assert said in " ".join(last.split()) and 'href="http://testserver/notifications/"' in last
    assert waiting() == 0 and Notification.objects.filter(recipient=asker, mailed_at=None, read_at=None).count() == 2
    clock.until(WEDNESDAY + timedelta(hours=21))
    digest = server.messages[-1].get_body(("plain",)).get_content()
    assert len(server.taken) == 4 and "Question 3" in digest and "Question 4" in digest
    assert Notification.objects.filter(recipient=asker, mailed_at=None).count() == 0 and len(posts) == 5


def test_digests_and_mail_about_the_account_do_not_count(clock, server, asker, question):
    for n in range(3):
        answer(QuestionFactory(author=asker, title=f"Question {n}"))
    clock.pass_(SOON)
    box = Mailbox.objects.get(person=asker)
    assert box.in_day == 3
    send_mail("Confirm your address", "Here.", None, [asker.email])
    assert len(server.taken) == 4
    answer(question)
    clock.until(WEDNESDAY + timedelta(hours=21))
    box.refresh_from_db()
    assert len(server.taken) == 5 and box.in_day == 3


def test_a_day_later_there_are_letters_again(clock, server, asker):
    for n in range(4):
        answer(QuestionFactory(author=asker, title=f"Question {n}"))
    clock.pass_(SOON)
    clock.pass_(timedelta(hours=23))
    before = len(server.taken)
    answer(QuestionFactory(author=asker, title="Within the day"))
    clock.pass_(SOON)
    assert len(server.taken) == before
    clock.pass_(timedelta(hours=2))
    before = len(server.taken)
    answer(QuestionFactory(author=asker, title="Next day"))
    clock.pass_(SOON)
    assert len(server.taken) == before + 1


@pytest.mark.parametrize("jumps", [(-5,), (5, -5), (-5, 5), (24 * 60 - 10, -24 * 60)])
def test_a_clock_that_jumps_brings_no_more_in_a_real_day(clock, server, asker, jumps):
    """Minutes; only what passes a whole day by the clock begins another one."""
    for minutes in (0, *jumps):
        clock.now += timedelta(minutes=minutes)
        for n in range(2):
            answer(QuestionFactory(author=asker, title=f"Question {n} after {minutes}"))
        Letter.objects.update(due_at=clock.now)
        work()
    letters = [message for message in server.messages if not str(message["Subject"]).startswith("Digest")]
    assert len(letters) == 3


def test_a_clock_that_was_a_year_ahead_holds_nothing_back_for_a_year(clock, server, asker):
    clock.now += timedelta(days=365)
    answer(QuestionFactory(author=asker, title="In a year"))
    clock.pass_(SOON)
    clock.now -= timedelta(days=365)
    for n in range(4):
        answer(QuestionFactory(author=asker, title=f"Question {n}"))
    clock.pass_(SOON)
    clock.pass_(timedelta(days=1))
    before = len(server.taken)
    answer(QuestionFactory(author=asker, title="Again"))
    clock.pass_(SOON)
    assert len(server.taken) == before + 1


def test_what_the_server_did_not_take_does_not_count(clock, server, asker, question):
    server.recipient = "451 4.3.0 Try again"
    answer(question)
    clock.pass_(SOON)
    assert Mailbox.objects.get(person=asker).in_day == 0 and waiting() == 1


@pytest.mark.parametrize("stop", ["hidden", "read", "muted"])
def test_what_is_stopped_after_it_was_taken_does_not_count(clock, server, asker, question, monkeypatch, stop):
    post = answer(question)
    compose = composing.letter

    def composed_too_late(*args, **more):
        message = compose(*args, **more)
        if stop == "hidden":
            Post.objects.filter(pk=post.pk).update(hidden_at=clock.now)
        elif stop == "read":
            Notification.objects.update(read_at=clock.now)
        else:
            mute(person=asker, other=post.author)
        return message

    monkeypatch.setattr(composing, "letter", composed_too_late)
    clock.pass_(SOON)
    assert server.taken == [] and waiting() == 0
    assert Mailbox.objects.get(person=asker).in_day == 0


def test_none_a_day_leaves_all_to_the_digest(settings, clock, server, asker, question):
    open_mailbox(asker, daily_at=WEDNESDAY, weekly_at=WEDNESDAY)
    settings.MAIL_MOST_A_DAY = 0
    answer(question)
    assert clock.pass_(SOON) == [] and server.taken == []
    clock.until(WEDNESDAY + timedelta(hours=21))
    assert len(server.taken) == 1
