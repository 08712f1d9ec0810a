"""Replies by email: what is posted, what comes back, and that nothing is posted twice or lost."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.utils import timezone

from community.accounts.models import User
from community.common import mail_server
from community.common.errors import Unavailable
from community.common.pauses import pause_of
from community.content.models import Draft, Post, ReadPosition, Thread
from community.content.rates import POSTING
from community.content.services import drafts, mark_read, save_draft
from community.mutes.services import block, mute
from community.notifications.inbound import answers, messages
from community.notifications.inbound.door import Outcome, receive
from community.notifications.models import Mailbox
from community.social.services import follow
from tests.at_once import at_once
from tests.community.notifications.incoming import QUOTED, lock, newest, reply_to, written
from tests.community.notifications.mailing import SOON, answer, html_of
from tests.factories import PersonFactory, QuestionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_email")]


class TestPosting:
    def test_a_reply_to_an_answer_is_a_comment_on_it(self, asker, post):
        assert receive(written(asker, post, f"Thank you, that *helps*.\n{QUOTED}").as_bytes()) == Outcome.POSTED
        made = newest(post)
        assert (made.author, made.source, made.role) == (asker, "Thank you, that *helps*.\n", "comment")
        assert made.parent == post and mail.outbox == []

    def test_a_reply_to_a_question_is_an_answer(self, question):
        helper = PersonFactory()
        assert receive(written(helper, question.opening_post).as_bytes()) == Outcome.POSTED
        assert newest(question.opening_post).role == "answer"

    def test_a_reply_to_a_comment_is_a_comment_on_it(self, asker, post):
        comment = answer(post.thread, "Are you sure?", parent=post)
        assert receive(written(asker, comment).as_bytes()) == Outcome.POSTED
        made = newest(post)
        assert (made.reply_to, made.parent) == (comment, post)

    def test_what_came_after_the_post_it_answers_stays_unread(self, asker, post):
        thread = post.thread
        mark_read(reader=asker, thread_id=thread.pk, number=1)
        later = answer(thread, "Or not.", author=PersonFactory())
        assert receive(written(asker, post).as_bytes()) == Outcome.POSTED
        assert ReadPosition.objects.get(reader=asker, thread=thread).number == post.number == later.number - 1

    def test_the_author_of_the_post_is_notified_as_of_any_reply(self, clock, asker, post):
        clock.pass_(SOON)
        receive(written(asker, post).as_bytes())
        [letter] = [sent for sent in clock.pass_(SOON) if sent.to == [post.author.email]]
        assert "Thank you, that helps." in letter.body

    def test_the_envelope_tells_the_recipient_where_the_headers_do_not(self, asker, post):
        message = written(asker, post, To="undisclosed-recipients:;")
        assert receive(message.as_bytes()) == Outcome.UNKNOWN
        assert receive(message.as_bytes(), recipients=[reply_to(asker, post)]) == Outcome.POSTED

    @pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "Envelope-To"])
    def test_so_do_the_headers_of_the_receiving_server(self, asker, post, name):
        message = written(asker, post, To="reply@in.example")
        message[name] = reply_to(asker, post)
        assert receive(message.as_bytes()) == Outcome.POSTED

    def test_the_address_of_the_sender_is_compared_without_capitals(self, asker, post):
        assert receive(written(asker, post, From=asker.email.upper()).as_bytes()) == Outcome.POSTED

    def test_attachments_are_left_out_and_that_is_said(self, asker, post):
        message = written(asker, post)
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="proof.pdf")
        assert receive(message.as_bytes()) == Outcome.POSTED
        [sent] = mail.outbox
        assert "Your reply was posted without its attachments." in sent.body
        assert newest(post).get_absolute_url() in sent.body

    def test_a_text_after_many_megabytes_of_attachments_is_posted(self, asker, post):
        message = written(asker, post)
        message.add_attachment(b"x" * 23_000_000, maintype="application", subtype="zip", filename="all.zip")
        raw = message.as_bytes()
        assert len(raw) > 30_000_000 > messages.READ_BYTES
        assert receive(raw) == Outcome.POSTED and newest(post).source == "Thank you, that *helps*.\n"

    def test_what_our_letter_says_to_its_reader_alone_is_never_posted(self, asker, post):
        to = reply_to(asker, post)
        words = f"Mine.\nhttp://testserver/notifications/email/secret:token/\nWrite to {to.upper()}\nMore.\n"
        words += f"https://safe.example/?url=http%3A%2F%2Ftestserver%2fnotifications%2Femail%2Fsecret\n{quote(to)}\n"
        assert receive(written(asker, post, words).as_bytes()) == Outcome.POSTED
        assert newest(post).source == "Mine.\nMore.\n"


class TestOnce:
    def test_the_same_message_twice_is_one_post(self, asker, post):
        raw = written(asker, post).as_bytes()
        assert [receive(raw), receive(raw)] == [Outcome.POSTED] * 2
        assert Post.objects.filter(author=asker, number__gt=1).count() == 1

    def test_also_without_a_message_id(self, asker, post):
        raw = written(asker, post, Message_ID="").as_bytes()
        assert b"Message-ID" not in raw
        assert [receive(raw), receive(raw)] == [Outcome.POSTED] * 2
        assert Post.objects.filter(author=asker, number__gt=1).count() == 1

    def test_also_after_the_thread_was_closed_and_the_post_hidden(self, asker, post):
        raw = written(asker, post).as_bytes()
        receive(raw)
        Thread.objects.filter(pk=post.thread_id).update(locked_at=timezone.now())
        Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())
        assert receive(raw) == Outcome.POSTED and mail.outbox == []

    def test_two_messages_with_one_text_are_two_posts(self, asker, post):
        for _ in range(2):
            receive(written(asker, post).as_bytes())
        assert Post.objects.filter(author=asker, number__gt=1).count() == 2

    def test_the_id_of_somebody_elses_message_takes_nothing_away(self, asker, post):
        first = written(asker, post)
        receive(first.as_bytes())
        helper = PersonFactory()
        assert receive(written(helper, post, Message_ID=first["Message-ID"]).as_bytes()) == Outcome.POSTED
        assert newest(post).author == helper


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_four_workers_with_one_message_post_it_once(asker):
    question = QuestionFactory(author=asker)
    raw = written(PersonFactory(), question.opening_post).as_bytes()
    assert at_once(4, lambda n: receive(raw)) == [Outcome.POSTED] * 4
    assert question.posts.count() == 2


def hide_thread(asker, post):
    Thread.objects.filter(pk=post.thread_id).update(hidden_at=timezone.now())


def hide_post(asker, post):
    Post.objects.filter(pk=post.pk).update(hidden_at=timezone.now())


def delete_post(asker, post):
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now())


def be_blocked(asker, post):
    block(person=post.author, other=asker)


def block_them(asker, post):
    block(person=asker, other=post.author)


def write_too_much(asker, post):
    with pytest.raises(Exception, match="Too many"):
        for _ in range(40):
            POSTING.hit_key(f"user:{asker.pk}")


REFUSALS = {
    lock: "This thread is closed to new answers and comments.",
    hide_thread: "The post you are commenting on no longer exists.",
    hide_post: "The post you are commenting on no longer exists.",
    delete_post: "The post you are commenting on no longer exists.",
    be_blocked: "You cannot reply to this person.",
    block_them: "You blocked this person. Unblock them first.",
    write_too_much: "Too many requests in a short time.",
}


class TestRefusing:
    @pytest.mark.parametrize("act", REFUSALS, ids=lambda act: act.__name__)
    def test_what_the_page_refuses_comes_back_with_its_text(self, asker, post, act):
        message = written(asker, post, f"My *own* words.\n{QUOTED}")
        act(asker, post)
        before = Post.objects.count()
        assert receive(message.as_bytes()) == Outcome.SENT_BACK
        assert Post.objects.count() == before
        [sent] = mail.outbox
        assert sent.to == [asker.email] and REFUSALS[act] in sent.body and "My *own* words." in sent.body
        assert "Because" not in sent.body and "Why is it NaN" not in sent.body + html_of(sent)
        assert sent.extra_headers["In-Reply-To"] == message["Message-ID"]
        assert sent.extra_headers["Auto-Submitted"] == "auto-replied" and sent.reply_to == []
        assert Draft.objects.get(owner=asker).source == "My *own* words."
        assert "http://testserver/drafts/" in sent.body

    @pytest.mark.parametrize(
        "named", [b"<a\0b@x>", b"<\xff@x>", b"<a\x0bb@x>", b"<a\x1b[31m@x>", "<谢@x>".encode(), b"<a"]
    )
    def test_an_id_that_is_none_is_not_sent_back(self, asker, post, named):
        lock(asker, post)
        raw = b"Message-ID: " + named + b"\n" + written(asker, post, Message_ID="").as_bytes()
        assert receive(raw) == Outcome.SENT_BACK
        assert "In-Reply-To" not in mail.outbox[0].message()

    def test_a_muted_author_is_replied_to_as_on_the_page(self, asker, post):
        mute(person=asker, other=post.author)
        follow(follower=asker, thread=post.thread, level=0)
        assert receive(written(asker, post).as_bytes()) == Outcome.POSTED

    def test_one_a_day_comes_back_and_all_are_kept(self, clock, asker, post):
        lock(asker, post)
        for number in range(3):
            assert receive(written(asker, post, f"Text {number}\n").as_bytes()) == Outcome.SENT_BACK
        assert len(mail.outbox) == 1
        assert set(Draft.objects.values_list("source", flat=True)) == {"Text 0", "Text 1", "Text 2"}
        clock.now += timedelta(days=1)
        receive(written(asker, post, "Tomorrow\n").as_bytes())
        assert len(mail.outbox) == 2

    def test_what_cannot_be_kept_comes_back_every_time(self, clock, asker, post, monkeypatch):
        monkeypatch.setattr(answers, "MOST_AN_HOUR", 2)
        monkeypatch.setattr(drafts, "DRAFTS_A_PERSON", 1)
        lock(asker, post)
        replies = [written(asker, post, f"Text {number}\n").as_bytes() for number in range(4)]
        for raw in replies[:3]:
            assert receive(raw) == Outcome.SENT_BACK
        assert [f"Text {number}" in sent.body for number, sent in enumerate(mail.outbox)] == [True] * 3
        assert ["at most one such email a day" in sent.body for sent in mail.outbox] == [True, False, False]
        with pytest.raises(Unavailable):
            receive(replies[3])
        clock.now += timedelta(hours=1)
        assert receive(replies[3]) == Outcome.SENT_BACK and "Text 3" in mail.outbox[3].body

    def test_one_that_is_delivered_again_is_kept_once(self, asker, post):
        lock(asker, post)
        save_draft(owner=asker, key=f"comment:{post.pk}", source="Begun on the page")
        raw = written(asker, post, "By email\n").as_bytes()
        for _ in range(3):
            receive(raw)
        assert sorted(Draft.objects.values_list("source", flat=True)) == ["Begun on the page", "By email"]
        assert len(mail.outbox) == 1

    def test_one_that_is_delivered_again_after_its_owner_changed_the_draft_is_done(self, asker, post):
        lock(asker, post)
        save_draft(owner=asker, key=f"comment:{post.pk}", source="Begun on the page")
        raw = written(asker, post, "By email\n").as_bytes()
        receive(raw)
        Draft.objects.filter(source="By email").update(source="By email, and more", version=2)
        assert receive(raw) == Outcome.SENT_BACK
        assert sorted(Draft.objects.values_list("source", flat=True)) == ["Begun on the page", "By email, and more"]

    def test_an_address_that_has_expired_says_so(self, clock, asker, post):
        message = written(asker, post, To=reply_to(asker, post))
        clock.now += timedelta(days=61)
        assert receive(message.as_bytes()) == Outcome.SENT_BACK
        assert "This email address for replies has expired." in mail.outbox[-1].body
        assert Draft.objects.get(owner=asker).source == "Thank you, that *helps*."

    @pytest.mark.parametrize("words", ["", "  \n", QUOTED])
    def test_an_email_without_words_says_so(self, asker, post, words):
        assert receive(written(asker, post, words or "\n").as_bytes()) == Outcome.SENT_BACK
        [sent] = mail.outbox
        assert "contains no text besides what it quotes" in sent.body
        assert "/notifications/email/" not in sent.body.partition("You get at most")[0]

    def test_a_text_that_is_too_long_comes_back_whole(self, asker, post):
        words = "word " * 10_500 + "end"
        assert receive(written(asker, post, f"{words}\n").as_bytes()) == Outcome.SENT_BACK
        assert "the limit is 50,000 characters" in mail.outbox[0].body and "word end" in mail.outbox[0].body

    def test_a_text_of_many_megabytes_is_not_posted_in_part(self, asker, post):
        assert receive(written(asker, post, "word " * 500_000).as_bytes()) == Outcome.SENT_BACK
        assert "This email is too long to be posted." in mail.outbox[0].body

    def test_a_refusal_is_in_the_language_of_its_reader(self, asker, post):
        User.objects.filter(pk=asker.pk).update(language="zh-hans")
        lock(asker, post)
        receive(written(asker, post).as_bytes())
        assert "You get at most" not in mail.outbox[0].body

    def test_a_mail_server_that_is_away_is_asked_again(self, asker, post, monkeypatch):
        lock(asker, post)
        raw = written(asker, post).as_bytes()
        with monkeypatch.context() as patch:
            patch.setattr(mail_server, "_sent", lambda message: mail_server.Outcome.AWAY)
            for _ in range(2):
                with pytest.raises(Unavailable):
                    receive(raw)
        assert Mailbox.objects.get(person=asker).answered_at is None
        pause_of.cache_clear()
        assert receive(raw) == Outcome.SENT_BACK and len(mail.outbox) == 1

    def test_nothing_is_sent_to_an_address_that_is_refused(self, asker, post):
        lock(asker, post)
        Mailbox.objects.update_or_create(
            person=asker,
            defaults={"stopped_at": timezone.now(), "stop_reason": "refused", "refused_address": asker.email},
        )
        assert receive(written(asker, post).as_bytes()) == Outcome.SENT_BACK and mail.outbox == []
