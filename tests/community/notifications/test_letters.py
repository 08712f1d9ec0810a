"""Immediate email: who gets what, once, and what stops it on its way."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.utils import timezone

from community.accounts.models import User
from community.content.models import Category, Post, Tag, Thread
from community.content.services import start_thread
from community.forum.services import accept_answer
from community.mutes.services import mute
from community.notifications.channels import Channel, Frequency
from community.notifications.mail import composing, letters, sending, stopping
from community.notifications.models import Letter, Mailbox, Notification
from community.notifications.preferences import choose
from community.notifications.selectors import unread_count
from community.notifications.services import mark_all_read, notify
from community.notifications.topics import Topic
from community.social.services import follow
from tests.community.notifications.mailing import SOON, WEDNESDAY, answer, html_of, open_mailbox, waiting, work
from tests.factories import AnswerFactory, ModeratorFactory, NewcomerFactory, PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker():
    return PersonFactory(handle="asker")


@pytest.fixture
def question(clock, asker):
    return QuestionFactory(author=asker, title="Why is $W$ transposed?", title_html="Why is <b>W</b> transposed?")


def test_a_letter_has_the_post_its_place_and_the_headers_of_a_list(clock, question):
    post = answer(question, author=PersonFactory(display_name="Ada"))
    assert work() == []
    [sent] = clock.pass_(SOON)
    assert (sent.to, sent.subject) == (["asker@example.org"], "Re: Why is W transposed?")
    assert sent.from_email == "Ada on Chainrule <noreply@localhost>"
    link = f"http://testserver{post.get_absolute_url()}"
    assert link in sent.body and f'href="{link}"' in html_of(sent)
    assert "Ada answered Why is W transposed?" in sent.body
    assert "Because ∂L/∂w = δ x." in sent.body and "And more." in sent.body
    html = html_of(sent)
    assert '<code class="written-math">∂L/∂w = δ x</code>' in html and "<math xmlns=" in html
    assert "<strong>more</strong>" in html and "@supports (math-style: normal)" in html
    event = Notification.objects.get()
    assert event.mailed_at == clock.now
    headers = sent.extra_headers
    assert headers["Message-ID"] == f"<notification-{event.pk}@testserver>"
    assert headers["References"] == headers["In-Reply-To"] == f"<thread-{question.pk}@testserver>"
    assert headers["Auto-Submitted"] == "auto-generated" and headers["Precedence"] == "list"
    assert headers["List-Id"] == '"Chainrule answers" <answers.notifications.testserver>'
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = headers["List-Unsubscribe"].strip("<>")
    assert stop.startswith("http://testserver/notifications/email/") and stop in sent.body and stop in html


def test_two_letters_about_one_thread_belong_together_and_another_thread_does_not(clock, asker, question):
    answer(question)
    answer(question)
    answer(QuestionFactory(author=asker, title="Another?"))
    sent = clock.pass_(SOON)
    assert len({each.extra_headers["Message-ID"] for each in sent}) == 3
    assert [each.extra_headers["References"] == sent[0].extra_headers["References"] for each in sent] == [
        True,
        True,
        False,
    ]


def test_a_letter_is_in_the_language_of_its_reader(clock, asker, question):
    User.objects.filter(pk=asker.pk).update(language="zh-hans")
    answer(question, author=PersonFactory(display_name="Ada"))
    [sent] = clock.pass_(SOON)
    assert "Ada 回答了" in sent.body and "通知设置" in sent.body and 'lang="zh-Hans"' in html_of(sent)


def test_addresses_in_plain_text_are_short_where_a_title_is_not_of_latin_letters(client, clock, asker):
    question = start_thread(author=asker, kind="question", title="为什么是零？", source="Words.")
    clock.pass_(SOON)
    reply = answer(question)
    [letter] = clock.pass_(SOON)
    assert f"http://testserver/t/{question.pk}/-/2/#post-2" in letter.body
    assert f'href="http://testserver{reply.get_absolute_url()}"' in html_of(letter)
    assert client.get(f"/t/{question.pk}/-/2/").status_code == 200


def test_a_title_and_a_name_cannot_add_headers(clock, asker):
    question = QuestionFactory(author=asker, title="A", title_html="A\r\nBcc: eve@example.org")
    answer(question, author=PersonFactory(display_name="Eve\r\nBcc: eve@example.org, <x@y>"))
    [sent] = clock.pass_(SOON)
    message = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert message["Bcc"] is None and message["Subject"] == "Re: A Bcc: eve@example.org"
    assert message["From"].addresses[0].addr_spec == "noreply@localhost" and len(message["From"].addresses) == 1


def test_a_long_post_is_cut_between_paragraphs_and_ends_with_a_link(clock, question):
    answer(question, "\n\n".join(f"Paragraph {n} {'word ' * 40}" for n in range(100)))
    [sent] = clock.pass_(SOON)
    assert "Paragraph 0 " in sent.body and "Paragraph 50 " not in sent.body and "[…]" in sent.body
    assert len(sent.body) < 5_000 and "Read on" in html_of(sent)


def read_all(asker, question, post):
    mark_all_read(reader=asker, up_to_id=Notification.objects.latest("pk").pk)


def hide_post(asker, question, post):
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())


def delete_post(asker, question, post):
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())


def hide_thread(asker, question, post):
    Thread.objects.filter(pk=question.pk).update(hidden_at=timezone.now())


def unpublish(asker, question, post):
    Thread.objects.filter(pk=question.pk).update(published_at=None)


def mute_author(asker, question, post):
    mute(person=asker, other=post.author)


def mute_thread(asker, question, post):
    follow(follower=asker, thread=question, level=0)


def suspend(asker, question, post):
    User.objects.filter(pk=asker.pk).update(is_active=False)


def suspend_author(asker, question, post):
    User.objects.filter(pk=post.author_id).update(is_active=False)


def lose_address(asker, question, post):
    User.objects.filter(pk=asker.pk).update(email="")


def turn_off(asker, question, post):
    choose(person=asker, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.NEVER})


def unsubscribe_from_all(asker, question, post):
    open_mailbox(asker, stopped_at=timezone.now(), stop_reason="unsubscribed")


def withdraw(asker, question, post):
    Notification.objects.all().delete()


MEANWHILE = [
    read_all,
    hide_post,
    delete_post,
    hide_thread,
    unpublish,
    mute_author,
    mute_thread,
    suspend,
    suspend_author,
    lose_address,
    turn_off,
    unsubscribe_from_all,
    withdraw,
]


@pytest.mark.parametrize("act", MEANWHILE, ids=lambda act: act.__name__)
@pytest.mark.parametrize("is_staff", [False, True])
def test_what_happens_meanwhile_stops_a_letter(clock, asker, question, act, is_staff):
    User.objects.filter(pk=asker.pk).update(is_staff=is_staff)
    asker.refresh_from_db()
    post = answer(question)
    act(asker, question, post)
    assert clock.pass_(SOON) == [] and waiting() == 0
    assert not Notification.objects.filter(mailed_at__isnull=False).exists()


@pytest.mark.parametrize("act", [hide_post, delete_post, suspend, lose_address, withdraw], ids=lambda act: act.__name__)
def test_what_happens_after_a_letter_was_taken_stops_it_too(clock, asker, question, act):
    post = answer(question)
    taken = letters.take(Letter.objects.get().pk)
    act(asker, question, post)
    sending.deliver(taken, letters.MAILING)
    assert mail.outbox == []


def mute_tag(asker, thread):
    follow(follower=asker, tag=thread.tags.get(), level=0)


def mute_category(asker, thread):
    follow(follower=asker, category=thread.category, level=0)


def mute_outer_category(asker, thread):
    follow(follower=asker, category=thread.category.parent, level=0)


@pytest.fixture
def elsewhere(clock):
    """Return a thread of somebody else, with a tag, in a category within another one."""
    outer = Category.objects.create(slug="outer", name="Outer")
    inner = Category.objects.create(slug="inner", name="Inner", parent=outer)
    thread = QuestionFactory(category=inner)
    thread.tags.add(Tag.objects.get_or_create(slug="dull", defaults={"name": "dull"})[0])
    return thread


@pytest.mark.parametrize("act", [mute_tag, mute_category, mute_outer_category], ids=lambda act: act.__name__)
@pytest.mark.parametrize("by", ["letter", "digest"])
def test_a_tag_or_category_that_is_muted_meanwhile_stops_email_and_the_list_keeps_it(clock, asker, elsewhere, act, by):
    if by == "digest":
        choose(person=asker, choices={(Topic.MENTIONS, Channel.MAIL): Frequency.DAILY})
    open_mailbox(asker, daily_at=WEDNESDAY, weekly_at=WEDNESDAY)
    answer(elsewhere, "As @asker said.")
    act(asker, elsewhere)
    sent = clock.pass_(SOON if by == "letter" else timedelta(hours=21))
    assert not any(asker.email in each.to for each in sent) and waiting() == 0
    assert unread_count(asker) == 1


def test_that_an_answer_in_a_muted_category_was_accepted_is_mailed(clock, asker, elsewhere):
    choose(person=asker, choices={(Topic.ACCEPTED, Channel.MAIL): Frequency.IMMEDIATELY})
    mute_category(asker, elsewhere)
    mute_tag(asker, elsewhere)
    accept_answer(answer=AnswerFactory(thread=elsewhere, author=asker), by=elsewhere.author)
    assert any(asker.email in each.to for each in clock.pass_(SOON))


def test_a_level_of_the_thread_goes_before_that_of_its_category_on_the_way_too(clock, asker, elsewhere):
    follow(follower=asker, thread=elsewhere, level=1)
    answer(elsewhere, "As @asker said.")
    mute_category(asker, elsewhere)
    mute_tag(asker, elsewhere)
    assert any(asker.email in each.to for each in clock.pass_(SOON))


def test_a_deleted_account_gets_nothing(clock, question):
    leaver = PersonFactory(handle="leaver")
    answer(question, "Look, @leaver.")
    taken = letters.take(Letter.objects.get(notification__recipient=leaver).pk)
    leaver.delete()
    sending.deliver(taken, letters.MAILING)
    assert len(clock.pass_(SOON)) == 1  # the asker's
    assert not Mailbox.objects.filter(person_id=taken.person.pk).exists()


@pytest.mark.parametrize(
    ("make", "changes"), [(NewcomerFactory, {}), (PersonFactory, {"is_demo": True}), (PersonFactory, {"email": ""})]
)
def test_only_confirmed_addresses_of_real_people_are_mailed(clock, make, changes):
    asker = make(**changes)
    answer(QuestionFactory(author=asker))
    assert clock.pass_(SOON) == [] and unread_count(asker) == 1


def test_a_letter_is_taken_once(clock, asker, question):
    answer(question)
    key = Letter.objects.get().pk
    assert letters.take(key) is not None
    assert letters.take(key) is None
    letters.send_letters([key, key])
    assert clock.pass_(SOON) == mail.outbox == []  # a worker that is killed now loses this one


def test_an_event_that_is_told_again_is_not_mailed_again(clock, asker, question):
    post = answer(question)
    assert len(clock.pass_(SOON)) == 1
    about = {"target_kind": "post", "target_id": post.pk, "subject": question.pk}
    notify(listeners={asker.pk: "answer"}, actor=post.author, event=f"post:{post.pk}", **about)
    assert clock.pass_(SOON) == []


def test_what_is_above_the_cap_of_an_hour_is_left_to_the_digest(clock, asker, question, monkeypatch):
    monkeypatch.setattr(letters, "MOST_AN_HOUR", 2)
    open_mailbox(asker)
    for _ in range(4):
        answer(question)
    assert len(clock.pass_(SOON)) == 2 and waiting() == 0
    clock.pass_(timedelta(hours=1))
    answer(question)
    assert len(clock.pass_(SOON)) == 1
    [digest] = clock.until(WEDNESDAY + timedelta(hours=20))
    assert digest.subject == "Digest: Why is W transposed?" and "4 others answered" in digest.body


def test_letters_wait_in_quiet_hours_of_the_persons_zone(clock, asker, question):
    User.objects.filter(pk=asker.pk).update(time_zone="Asia/Shanghai")
    open_mailbox(asker, quiet_from="20:00", quiet_until="07:30", daily_at=clock.now)
    answer(question)  # at 20:00 in Shanghai
    assert clock.pass_(SOON) == [] and waiting() == 1
    assert clock.pass_(timedelta(hours=11)) == []
    assert len(clock.pass_(timedelta(minutes=30))) == 1


def test_a_topic_can_be_mailed_without_being_on_the_site(clock, asker, question):
    choose(person=asker, choices={(Topic.ANSWERS, Channel.SITE): Frequency.NEVER})
    post = answer(question)
    assert unread_count(asker) == 0 and Notification.objects.of(asker).count() == 0
    assert len(clock.pass_(SOON)) == 1
    choose(person=asker, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.NEVER})
    answer(question)
    assert Notification.objects.filter(recipient=asker).count() == 1 and post.pk


def test_moderators_are_mailed_without_the_right_to_see_what_is_hidden(clock):
    keeper = ModeratorFactory()
    post = answer(QuestionFactory(author=keeper))
    taken = letters.take(Letter.objects.get().pk)
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
    sending.deliver(taken, letters.MAILING)
    assert mail.outbox == []


def test_nothing_is_mailed_for_what_the_settings_say_daily(clock, asker):
    follow(follower=PersonFactory(), person=asker)
    assert waiting() == 0 and clock.pass_(SOON) == []


def test_an_old_event_that_is_told_again_has_no_letter(clock, asker, question):
    choose(person=asker, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.NEVER})
    post = answer(question)
    choose(person=asker, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.IMMEDIATELY})
    clock.now += SOON
    about = {"target_kind": "post", "target_id": post.pk, "subject": question.pk}
    notify(listeners={asker.pk: "answer"}, actor=post.author, event=f"post:{post.pk}", **about)
    assert waiting() == 0


def test_one_that_cannot_be_written_holds_up_no_other_and_waits(clock, question, monkeypatch):
    for _ in range(2):
        answer(question)
    first, second = Letter.objects.order_by("pk")
    write = composing.letter

    def fails(person, event, target, **how):
        if event == first.notification:
            raise ValueError
        return write(person, event, target, **how)

    monkeypatch.setattr(composing, "letter", fails)
    letters.send_letters([first.pk, second.pk])
    assert len(mail.outbox) == 1
    left = Letter.objects.get()
    assert left.notification == first.notification and left.attempts == 1
    assert left.notification.mailed_at is None


def test_a_link_in_every_part_stops_all_email(client, clock, asker, question):
    answer(question)
    [sent] = clock.pass_(SOON)
    path = stopping.path_for(asker, stopping.ALL)
    assert f"Stop all email: http://testserver{path}" in sent.body
    assert f'<a href="http://testserver{path}">Stop all email</a>' in html_of(sent)
    assert "You are unsubscribed" in client.post(path).content.decode()
    answer(question)
    assert clock.pass_(SOON) == []
