"""Daily and weekly digests: when they come, what they tell, and that nobody gets one twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from community.accounts.models import User
from community.accounts.services import update_preferences
from community.content.models import Post, Thread
from community.content.services import start_thread
from community.forum.services import accept_answer
from community.moderation.services import report_post
from community.mutes.services import block, mute
from community.notifications.channels import Channel, Frequency
from community.notifications.mail import boxes, composing, digests, outbox, sending
from community.notifications.mail.sending import Outcome
from community.notifications.models import Letter, Mailbox, Notification
from community.notifications.preferences import choose
from community.notifications.services import mark_all_read, notify
from community.notifications.topics import Topic
from community.social.services import follow
from tests.community.notifications.mailing import answer, html_of, open_mailbox, work
from tests.factories import ModeratorFactory, PersonFactory, QuestionFactory
from tests.training import XOR, train

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def reader(clock):
    """A person who hears of answers in the digest, and has had one today."""
    person = PersonFactory(handle="reader")
    open_mailbox(person)
    choose(person=person, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.DAILY})
    clock.now += MINUTE
    return person


@pytest.fixture
def question(reader):
    return QuestionFactory(author=reader, title="Why $W$?", title_html="Why <b>W</b>?")


def test_what_was_not_read_comes_in_the_morning_by_thread(clock, reader, question):
    for name in ("Ada", "Bob"):
        answer(question, author=PersonFactory(display_name=name))
    answer(QuestionFactory(author=reader, title="Another?", title_html="Another?"))
    assert clock.until(THURSDAY - MINUTE) == []
    [digest] = clock.until(THURSDAY)
    assert digest.to == ["reader@example.org"] and digest.subject == "Digest: Another? and 1 more"
    assert "Bob and 1 other answered Why W?" in digest.body
    assert f"http://testserver{question.get_absolute_url()}" in digest.body
    assert "Because ∂L/∂w = δ x." in html_of(digest)
    assert digest.extra_headers["List-Id"] == '"Chainrule digests" <digests.notifications.testserver>'
    assert "In-Reply-To" not in digest.extra_headers
    assert not Notification.objects.filter(mailed_at=None).exists()


def test_nothing_to_say_is_no_letter_and_nothing_is_said_twice(clock, reader, question):
    assert clock.until(THURSDAY) == []
    answer(question)
    assert len(clock.pass_(timedelta(days=1))) == 1
    for _day in range(9):
        assert clock.pass_(timedelta(days=1)) == []


def test_a_digest_is_in_the_persons_zone_and_language(clock, reader, question):
    User.objects.filter(pk=reader.pk).update(time_zone="Asia/Shanghai", language="zh-hans")
    answer(question, author=PersonFactory(display_name="Ada"))
    morning = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
    assert clock.until(morning - MINUTE) == []
    [digest] = clock.until(morning)
    assert digest.subject.startswith("摘要：") and "2026年12月3日" in digest.body and "Ada 回答了" in digest.body


def test_a_chosen_time_zone_moves_the_next_digest(clock, reader, question):
    answer(question)
    morning = THURSDAY - timedelta(hours=4)
    assert clock.until(morning - MINUTE) == []
    update_preferences(user=reader, time_zone="Asia/Dubai")
    assert len(clock.until(morning)) == 1


def test_a_digest_waits_for_the_end_of_quiet_hours(clock, reader, question):
    open_mailbox(reader, quiet_from="22:00", quiet_until="09:30")
    answer(question)
    assert clock.until(THURSDAY) == []
    assert clock.pass_(timedelta(minutes=89)) == []
    assert len(clock.pass_(MINUTE)) == 1


def test_weekly_topics_come_on_monday_alone(clock, reader):
    follow(follower=PersonFactory(display_name="Ada"), person=reader)
    assert clock.until(MONDAY - MINUTE) == []
    [digest] = clock.until(MONDAY)
    assert "Ada follows you" in digest.body and digest.subject == "Digest: Ada follows you"


def test_a_monday_that_was_missed_is_made_up_for_once(clock, reader):
    follow(follower=PersonFactory(), person=reader)
    assert len(clock.until(MONDAY + timedelta(days=1, hours=3))) == 1
    assert clock.pass_(timedelta(days=2)) == []


def test_clocks_that_jump_send_nothing_twice(clock, reader, question):
    answer(question)
    assert len(clock.until(THURSDAY)) == 1
    answer(question)
    for jump in (-timedelta(minutes=5), timedelta(minutes=5), -timedelta(hours=3), timedelta(hours=3)):
        assert clock.pass_(jump) == []
    assert len(clock.until(THURSDAY + timedelta(days=1))) == 1


def read_all(reader, post):
    mark_all_read(reader=reader, up_to_id=Notification.objects.latest("pk").pk)


def hide_post(reader, post):
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())


def delete_post(reader, post):
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())


def unpublish(reader, post):
    Thread.objects.filter(pk=post.thread_id).update(published_at=None, hidden_at=timezone.now())


def mute_author(reader, post):
    mute(person=reader, other=post.author)


def block_reader(reader, post):
    block(person=post.author, other=reader)


def suspend_author(reader, post):
    User.objects.filter(pk=post.author_id).update(is_active=False)


def suspend(reader, post):
    User.objects.filter(pk=reader.pk).update(is_active=False)


def lose_address(reader, post):
    User.objects.filter(pk=reader.pk).update(email="")


def turn_off(reader, post):
    choose(person=reader, choices={(topic, Channel.MAIL): Frequency.NEVER for topic in Topic})


def stop_digests(reader, post):
    open_mailbox(reader, digests_stopped_at=timezone.now())


def stop_all(reader, post):
    open_mailbox(reader, stopped_at=timezone.now(), stop_reason="unsubscribed")


BEFORE = [
    read_all,
    hide_post,
    delete_post,
    unpublish,
    mute_author,
    block_reader,
    suspend_author,
    suspend,
    lose_address,
    turn_off,
    stop_digests,
    stop_all,
]
AFTER = [read_all, hide_post, delete_post, mute_author, suspend_author, suspend, lose_address]


@pytest.mark.parametrize("act", BEFORE, ids=lambda act: act.__name__)
def test_what_happens_before_the_morning_stops_a_digest(clock, reader, question, act):
    act(reader, answer(question))
    assert clock.until(THURSDAY) == []


@pytest.mark.parametrize("act", AFTER, ids=lambda act: act.__name__)
def test_what_happens_after_a_digest_was_taken_stops_it_too(clock, reader, question, act):
    post = answer(question)
    clock.now = THURSDAY
    taken = digests.take(reader.pk)
    act(reader, post)
    sending.deliver(taken, digests.MAILING)
    assert mail.outbox == []


def test_an_account_that_is_deleted_a_second_before_gets_nothing(clock):
    leaver = PersonFactory()
    open_mailbox(leaver)
    follow(follower=PersonFactory(), person=leaver)
    clock.now = MONDAY
    taken = digests.take(leaver.pk)
    assert taken.lines
    key = leaver.pk
    leaver.delete()
    sending.deliver(taken, digests.MAILING)
    digests.send_digests([key])
    assert mail.outbox == [] and not Mailbox.objects.filter(person_id=key).exists()


def test_a_digest_is_taken_once(clock, reader, question):
    answer(question)
    clock.now = THURSDAY
    assert digests.take(reader.pk) is not None
    assert digests.take(reader.pk) is None
    digests.send_digests([reader.pk, reader.pk])
    assert work() == mail.outbox == []  # a worker that is killed now loses this one


def test_a_mail_server_that_is_away_gets_it_later(clock, reader, question, monkeypatch):
    answer(question)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "send", lambda message: Outcome.LATER)
        assert clock.until(THURSDAY) == []
    assert clock.pass_(MINUTE) == []
    assert len(clock.pass_(timedelta(minutes=15))) == 1


def test_what_moderators_did_comes_with_the_digest(clock, reader, question):
    about = {"target_kind": "thread", "target_id": question.pk, "subject": question.pk}
    notify(listeners={reader.pk: "lock"}, actor=ModeratorFactory(display_name="Mo"), event="audit:1", **about)
    [digest] = clock.until(THURSDAY)
    assert "Mo closed Why W?" in digest.body


@pytest.mark.parametrize("act", [hide_post, delete_post], ids=lambda act: act.__name__)
def test_moderators_are_mailed_without_the_right_to_see_what_is_hidden(clock, act):
    keeper = ModeratorFactory()
    open_mailbox(keeper)
    choose(person=keeper, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.DAILY})
    clock.now += MINUTE
    asked = QuestionFactory(author=keeper)
    first, second = answer(asked), answer(asked)
    report_post(reporter=PersonFactory(), post=second, reason="spam")
    clock.now = THURSDAY
    taken = digests.take(keeper.pk)
    act(keeper, first)
    sending.deliver(taken, digests.MAILING)
    [digest] = mail.outbox
    assert "other" not in digest.body and "reported" not in digest.body
    assert Notification.objects.get(verb="reported").mailed_at is None


@pytest.mark.parametrize("act", [hide_post, delete_post, suspend_author], ids=lambda act: act.__name__)
@pytest.mark.parametrize("is_taken", [False, True])
def test_a_line_whose_first_post_is_gone_tells_the_others(clock, reader, question, act, is_taken):
    posts = [answer(question, author=PersonFactory(display_name=name)) for name in ("Ada", "Bob", "Carol")]
    if not is_taken:
        act(reader, posts[0])
    clock.now = THURSDAY
    taken = digests.take(reader.pk)
    if is_taken:
        act(reader, posts[0])
    sending.deliver(taken, digests.MAILING)
    [digest] = mail.outbox
    assert "Carol and 1 other answered Why W?" in digest.body


def test_what_is_told_by_email_alone_waits_for_a_digest_with_room(clock, reader, monkeypatch):
    monkeypatch.setattr(digests, "MOST_SHOWN", 2)
    about = {"target_kind": "thread", "actor": None}
    for number in range(3):
        asked = QuestionFactory(author=reader, title=f"On site {number}", title_html=f"On site {number}")
        notify(listeners={reader.pk: "lock"}, target_id=asked.pk, subject=asked.pk, event=f"audit:{number}", **about)
    Notification.objects.update(last_at=clock.now - MINUTE)
    choose(person=reader, choices={(Topic.ANSWERS, Channel.SITE): Frequency.NEVER})
    for number in range(3):
        answer(QuestionFactory(author=reader, title=f"Mail {number}", title_html=f"Mail {number}"))
        clock.now += MINUTE
    [first] = clock.until(THURSDAY)
    assert "Mail 2" in first.body and "Mail 1" in first.body and "Mail 0" not in first.body
    assert "3 more notifications are on the site." in first.body
    [second] = clock.pass_(timedelta(days=1))
    assert "Mail 0" in second.body and "on the site" not in second.body
    assert clock.pass_(timedelta(days=1)) == []


def test_a_weekly_topic_by_email_alone_comes_a_week_later(clock, reader, monkeypatch):
    monkeypatch.setattr(digests, "MOST_SHOWN", 1)
    weekly = {(Topic.ANSWERS, Channel.MAIL): Frequency.WEEKLY, (Topic.ANSWERS, Channel.SITE): Frequency.NEVER}
    choose(person=reader, choices=weekly)
    for _ in range(2):
        answer(QuestionFactory(author=reader))
        clock.now += MINUTE
    assert len(clock.until(MONDAY)) == 1
    assert len(clock.pass_(timedelta(days=7))) == 1


def test_one_that_cannot_be_written_holds_up_no_other_and_comes_later(clock, reader, question, monkeypatch):
    other = PersonFactory()
    open_mailbox(other)
    answer(question)
    answer(QuestionFactory(author=other))
    choose(person=other, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.DAILY})
    Letter.objects.all().delete()
    write = composing.digest

    def fails(person, *args, **kwargs):
        if person == reader:
            raise ValueError
        return write(person, *args, **kwargs)

    clock.now = THURSDAY
    with monkeypatch.context() as patch:
        patch.setattr(composing, "digest", fails)
        digests.send_digests([reader.pk, other.pk])
    assert [sent.to for sent in mail.outbox] == [[other.email]]
    assert [sent.to for sent in clock.pass_(timedelta(minutes=15))] == [[reader.email]]


def test_a_clock_that_was_years_ahead_stops_no_mail(clock, reader, question):
    right = clock.now
    answer(question, author=PersonFactory(display_name="Ada"))
    assert len(clock.pass_(timedelta(days=800))) == 0  # too old to tell by then
    choose(person=reader, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.IMMEDIATELY})
    answer(question, author=PersonFactory(display_name="Bob"))
    clock.now = right + MINUTE
    assert outbox.set_back() > 0 and outbox.set_back() == 0
    [letter] = clock.pass_(MINUTE)
    assert "Bob" in letter.body
    assert clock.until(THURSDAY - MINUTE) == []
    [digest] = clock.until(THURSDAY)
    assert "Ada" in digest.body


def test_nothing_from_before_the_mailbox_is_mailed(clock):
    reader = PersonFactory()
    choose(person=reader, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.DAILY})
    answer(QuestionFactory(author=reader))
    clock.now += MINUTE
    assert outbox.add_mailboxes() == 2  # the reader's and the answerer's
    assert clock.until(THURSDAY) == []


@pytest.mark.parametrize("is_swept", [True, False], ids=["by the sweep", "by a look"])
def test_the_first_hour_of_a_new_account_comes_with_the_digest(clock, is_swept):
    newcomer = PersonFactory(date_joined=clock.now)
    choose(person=newcomer, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.DAILY})
    clock.now += MINUTE
    answer(QuestionFactory(author=newcomer))
    clock.now += timedelta(minutes=58)
    if is_swept:
        outbox.add_mailboxes()
    else:
        boxes.mailbox_of(newcomer)
    assert [sent.to for sent in clock.until(THURSDAY)] == [[newcomer.email]]


def test_mailboxes_are_only_for_those_who_can_be_mailed(clock):
    person = PersonFactory()
    for changes in ({"email": ""}, {"is_demo": True}, {"is_active": False}):
        PersonFactory(**changes)
    assert outbox.add_mailboxes() == 1 and Mailbox.objects.get().person == person
    assert outbox.add_mailboxes() == 0


def test_what_a_person_follows_comes_on_monday(clock, reader):
    ada, bob = PersonFactory(display_name="Ada"), PersonFactory(display_name="Bob")
    follow(follower=reader, person=ada, level=2)
    article = start_thread(author=ada, kind="article", title="By hand, $x^2$", source="Slowly.\n")
    question = start_thread(author=ada, kind="question", title="Why $\\frac14$?", source=f"See.\n\n```bp\n{XOR}\n```\n")
    train()
    follow(follower=reader, thread=question, level=2)
    reply = answer(question, "Like this.", author=bob)
    accept_answer(answer=reply, by=ada)
    assert [sent for sent in clock.until(MONDAY - MINUTE) if sent.to == [reader.email]] == []
    [digest] = [sent for sent in clock.until(MONDAY) if sent.to == [reader.email]]
    html = html_of(digest)
    assert digest.subject == "Digest: By hand, x² and 2 more"
    for words in (
        "# New articles",
        "* By hand, x² · Ada",
        "# Answered questions",
        "* Why 1/4? · Bob",
        "Like this.",
        "# A run",
        " · Why 1/4?",
    ):
        assert words in digest.body
    assert "frac" not in digest.body + html
    assert f"http://testserver{article.get_absolute_url()}" in digest.body
    assert f"http://testserver{reply.get_absolute_url()}" in digest.body
    assert ">By hand, x²</a>" in html and "<math" not in html  # a text browser shows what is hidden too
    assert '<img src="http://testserver/runs/' in html and '<th scope="row" align="left">Final loss</th>' in html
    assert "Final loss: " in digest.body and "Parameters: 13" in digest.body
    assert clock.pass_(timedelta(days=7)) == []


def test_the_roundup_has_a_line_or_two_of_each(clock, reader):
    ada = PersonFactory()
    follow(follower=reader, person=ada, level=2)
    start_thread(author=ada, kind="article", title="By hand", source="误差一层一层地传回去。" * 60)
    [digest] = [sent for sent in clock.until(MONDAY) if sent.to == [reader.email]]
    [shown] = [line.strip() for line in digest.body.splitlines() if "误差" in line]
    assert 100 < len(shown) <= 160 and shown.endswith("…") and shown in html_of(digest)


@pytest.mark.parametrize("hidden", ["hidden_at", "deleted_at"])
def test_nothing_hidden_or_muted_is_in_the_roundup(clock, reader, hidden):
    ada, bob = PersonFactory(), PersonFactory()
    for author in (ada, bob):
        follow(follower=reader, person=author, level=2)
        start_thread(author=author, kind="article", title="By hand", source=f"Slowly.\n\n```bp\n{XOR}\n```\n")
    train()
    Thread.objects.filter(author=ada).update(**{hidden: timezone.now()})
    mute(person=reader, other=bob)
    assert clock.until(MONDAY) == []


@pytest.mark.parametrize("closed", ["ada", "bob"])
def test_what_closed_accounts_wrote_is_not_in_the_roundup(clock, reader, closed):
    ada, bob = PersonFactory(handle="ada", display_name="Ada"), PersonFactory(handle="bob", display_name="Bob")
    follow(follower=reader, person=ada, level=2)
    start_thread(author=ada, kind="article", title="By hand", source="Slowly.\n")
    question = start_thread(author=ada, kind="question", title="Why?", source=f"See.\n\n```bp\n{XOR}\n```\n")
    train()
    follow(follower=reader, thread=question, level=2)
    answer(question, "Like this.", author=bob)
    User.objects.filter(handle=closed).update(is_active=False)
    [digest] = [sent for sent in clock.until(MONDAY) if sent.to == [reader.email]]
    is_bob_closed = closed == "bob"
    assert ("By hand · Ada" in digest.body) == is_bob_closed
    assert ("* Why? · Bob" in digest.body) != is_bob_closed
    assert ("# A run" in digest.body) == is_bob_closed


def test_a_run_alone_is_no_reason_for_a_letter(clock, reader):
    ada = PersonFactory()
    follow(follower=reader, person=ada, level=2)
    start_thread(author=ada, kind="question", title="Why?", source=f"See.\n\n```bp\n{XOR}\n```\n")
    train()
    assert clock.until(MONDAY) == []
