"""Replies by email: who may, what is posted, what comes back, and that nothing is posted twice or lost."""

from __future__ import annotations

import base64
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from django.core import mail
from django.utils import timezone

from community.accounts.models import User
from community.common.errors import Unavailable
from community.common.pauses import pause_of
from community.content.models import Draft, Post, Thread
from community.content.rates import POSTING
from community.content.services import save_draft
from community.mutes.services import block, mute
from community.notifications.inbound import addresses, messages
from community.notifications.inbound.door import Outcome, receive
from community.notifications.mail import sending
from community.notifications.models import Mailbox
from community.social.services import follow
from tests.at_once import at_once
from tests.community.notifications.incoming import BOUNCES_TO, QUOTED, REPLY_TO, reply_to, written
from tests.community.notifications.mailing import SOON, WEDNESDAY, Clock, answer, html_of
from tests.factories import PersonFactory, QuestionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _replies(settings):
    settings.MAIL_REPLY_ADDRESS, settings.MAIL_BOUNCE_ADDRESS = REPLY_TO, BOUNCES_TO


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, WEDNESDAY)


@pytest.fixture
def asker():
    return PersonFactory(handle="asker")


@pytest.fixture
def question(asker):
    return QuestionFactory(author=asker, title="Why is it NaN?")


@pytest.fixture
def post(question):
    return answer(question, "Because.", author=PersonFactory(display_name="Ada"))


def newest(post) -> Post:
    return Post.objects.filter(thread=post.thread_id).order_by("-number").first()


class TestAddress:
    def test_a_letter_says_where_to_reply_and_so_does_its_text(self, clock, post):
        [letter] = clock.pass_(SOON)
        [to] = letter.reply_to
        assert to.startswith("reply+") and to.endswith("@in.example") and len(to.partition("@")[0]) <= 64
        hint = "Reply to this email to post a reply, which everybody can read. Attachments are left out."
        assert hint in letter.body and hint in html_of(letter)
        assert letter.from_email.startswith("bounce+") and letter.extra_headers["From"].startswith("Ada on Chainrule <")
        way = addresses.read(to)
        assert (way.kind, way.target, way.is_for_bounces) == ("post", post.pk, False)
        assert addresses.read(letter.from_email).is_for_bounces

    def test_a_site_that_takes_no_replies_offers_none(self, clock, settings, post):
        settings.MAIL_REPLY_ADDRESS = settings.MAIL_BOUNCE_ADDRESS = ""
        [letter] = clock.pass_(SOON)
        assert letter.reply_to == [] and "Reply to this email" not in letter.body
        assert letter.from_email == "Ada on Chainrule <noreply@localhost>"

    def test_what_nobody_can_reply_to_has_no_such_address(self, asker):
        assert addresses.reply_address(asker, "person", asker.pk) == ""

    def test_capitals_are_the_same_address(self, asker, post):
        assert addresses.read(reply_to(asker, post).upper()) is not None

    @pytest.mark.parametrize("place", [6, 20, 40, 53])
    def test_an_address_that_was_changed_is_none(self, asker, post, place):
        to = reply_to(asker, post)
        changed = to[:place] + ("a" if to[place] != "a" else "b") + to[place + 1 :]
        assert addresses.read(changed) is None

    @pytest.mark.parametrize("to", ["", "@", "reply@in.example", "reply+@in.example", f"reply+{'a' * 48}@in.example"])
    def test_what_is_no_address_of_ours_is_none(self, to):
        assert addresses.read(to) is None

    @pytest.mark.parametrize("key", [0, -1, 2**63 - 1])
    def test_numbers_of_nobody_are_none(self, asker, key):
        asker.pk = key
        assert addresses.read(addresses.reply_address(asker, "post", key)) is None

    @pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"is_active": False}, {"email": ""}])
    def test_an_address_is_void_with_another_mailbox_or_a_closed_account(self, asker, post, change):
        to = reply_to(asker, post)
        User.objects.filter(pk=asker.pk).update(**change)
        assert addresses.read(to) is None

    def test_an_address_for_bounces_posts_nothing_and_the_other_way_round(self, asker, post):
        assert receive(written(asker, post, To=addresses.bounce_address(asker)).as_bytes()) == Outcome.UNKNOWN
        swapped = reply_to(asker, post).replace("reply+", "bounce+")
        assert not addresses.read(swapped).is_for_bounces


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


@pytest.mark.django_db(transaction=True)
def test_four_workers_with_one_message_post_it_once(asker):
    question = QuestionFactory(author=asker)
    raw = written(PersonFactory(), question.opening_post).as_bytes()
    assert at_once(4, lambda n: receive(raw)) == [Outcome.POSTED] * 4
    assert question.posts.count() == 2


def lock(asker, post):
    Thread.objects.filter(pk=post.thread_id).update(locked_at=timezone.now())


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
            patch.setattr(sending, "_sent", lambda message: sending.Outcome.AWAY)
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


class TestForged:
    FORGED = (
        {"From": "Eve <eve@example.org>"},
        {"From": ""},
        {"From": "asker@example.org, eve@example.org"},
        {"From": '"asker@example.org" <eve@example.org>'},
        {"From": "=?utf-8?q?asker=40example=2Eorg?= <eve@example.org>"},
        {"From": "asker@example.org.evil.example"},
    )

    @pytest.mark.parametrize("headers", FORGED)
    def test_a_sender_who_is_somebody_else_is_dropped_in_silence(self, asker, post, headers):
        message = written(asker, post)
        raw = message.as_bytes().replace(f"From: Somebody <{asker.email}>\n".encode(), b"")
        raw = (f"From: {headers['From']}\n".encode() if headers["From"] else b"") + raw
        before = Post.objects.count()
        assert receive(raw) == Outcome.FORGED
        assert Post.objects.count() == before and mail.outbox == [] and not Draft.objects.exists()

    def test_two_senders_are_nobody(self, asker, post):
        raw = b"From: eve@example.org\n" + written(asker, post).as_bytes()
        assert receive(raw) == Outcome.FORGED and mail.outbox == []

    def test_a_stranger_does_not_learn_that_a_thread_is_closed(self, asker, post):
        lock(asker, post)
        assert receive(written(asker, post, From="eve@example.org").as_bytes()) == Outcome.FORGED
        assert mail.outbox == []

    PASSED = (
        "mx.example; dmarc=pass header.from=example.org",
        "mx.example; dmarc=pass (p=reject dis=none) header.from=example.org; spf=fail smtp.mailfrom=x.example",
        "MX.example 1; dkim=pass header.d=example.org header.s=s1",
        "mx.example; dkim=fail header.d=example.org; dkim=pass header.i=@example.org",
        "mx.example; spf=pass smtp.mailfrom=bounce@example.org; dmarc=none header.from=example.org",
        'mx.example (by; somebody) ; dkim/1 = pass (2048-bit; "key") header.d=example.org',
        "mx.example; dkim=pass(2048-bit key)header.d=example.org(ok)",
    )
    FAILED = (
        "",
        "mx.example; none",
        "mx.example; dmarc=fail header.from=example.org; dkim=pass header.d=example.org",
        "mx.example; dmarc=pass header.from=evil.example",
        "mx.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",
        "mx.example; dkim=pass header.d=org",
        "mx.example; dkim=pass header.d=mail.example.org",
        "mx.example; dkim=pass",
        "other.example; dmarc=pass header.from=example.org",
        "mx.example; dkim=fail (dmarc=pass header.from=example.org) header.d=evil.example",
        'mx.example; spf=fail reason="; dmarc=pass header.from=example.org"',
        "mx.example; " + "(" * 3_000,
        "mx.example; spf=pass smtp.mailfrom=example.org!x@evil.example",
        "mx.example; spf=pass smtp.mailfrom=example.org/@evil.example; dmarc=none header.from=example.org",
        'mx.example; spf=pass smtp.mailfrom="x smtp.mailfrom=@example.org"@evil.example',
        "mx.example; dkim=pass header.i=example.org!@evil.example header.s=s1",
        "mx.example; dkim=pass header.b=header.d=example.org header.d=evil.example",
    )

    @pytest.mark.parametrize("line", PASSED)
    def test_what_the_receiving_server_found_lets_a_sender_in(self, settings, asker, post, line):
        settings.MAIL_AUTHSERV_IDS = ["mx.example"]
        assert receive(written(asker, post, Authentication_Results=line).as_bytes()) == Outcome.POSTED

    @pytest.mark.parametrize("line", FAILED)
    def test_and_keeps_others_out(self, settings, asker, post, line):
        settings.MAIL_AUTHSERV_IDS = ["mx.example"]
        raw = f"Authentication-Results: {line}\n".encode() + written(asker, post).as_bytes()
        assert receive(raw) == Outcome.FORGED and mail.outbox == []

    def test_only_the_first_finding_of_the_server_counts(self, settings, asker, post):
        settings.MAIL_AUTHSERV_IDS = ["mx.example"]
        found = b"Authentication-Results: mx.example; dmarc=fail header.from=example.org\n"
        claimed = b"Authentication-Results: mx.example; dmarc=pass header.from=example.org\n"
        assert receive(found + claimed + written(asker, post).as_bytes()) == Outcome.FORGED


class TestAutomatic:
    HEADERS = (
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; type=vacation"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"List-Id": "<list.example>"},
        {"List-Unsubscribe": "<mailto:x@y>"},
        {"X-Autoreply": "yes"},
        {"X-Loop": "x"},
        {"Return-Path": "<>"},
        {"X-Auto-Response-Suppress": "All"},
        {"Message-ID": "<notification-1@testserver>"},
    )

    @pytest.mark.parametrize(
        "subject", ["Automatic reply: Why?", "自动回复: Why?", "=?utf-8?q?R=C3=A9ponse?= automatique: Why?"]
    )
    def test_so_is_what_says_so_in_its_subject_alone(self, asker, post, subject):
        assert receive(written(asker, post, Subject=subject).as_bytes()) == Outcome.AUTOMATIC

    def test_people_may_have_their_mailbox_where_the_site_is(self, asker, post):
        assert receive(written(asker, post, Message_ID="<1@testserver>").as_bytes()) == Outcome.POSTED

    @pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: " ".join(headers))
    def test_what_a_program_wrote_is_dropped_and_never_answered(self, asker, post, headers):
        lock(asker, post)
        message = written(asker, post, Message_ID="")
        for name, value in headers.items():
            message[name] = value
        assert receive(message.as_bytes()) == Outcome.AUTOMATIC and mail.outbox == []

    def test_what_goes_round_in_circles_is_dropped(self, asker, post):
        raw = b"Received: from a by b\n" * 51 + written(asker, post).as_bytes()
        assert receive(raw) == Outcome.AUTOMATIC

    def test_what_people_write_says_no(self, asker, post):
        assert receive(written(asker, post, Auto_Submitted="no").as_bytes()) == Outcome.POSTED

    def test_our_own_letter_and_our_own_answer_end_the_circle(self, clock, asker, post):
        [letter] = clock.pass_(SOON)
        lock(asker, post)
        receive(written(asker, post).as_bytes())
        for sent in (letter, mail.outbox[-1]):
            raw = sent.message().as_bytes().replace(b"Reply-To: ", b"X-Was: ")
            assert receive(raw, recipients=[reply_to(asker, post)]) == Outcome.AUTOMATIC
        assert len(mail.outbox) == 2


def raw_reply(asker, post, content: bytes) -> bytes:
    head = f"From: {asker.email}\nTo: {reply_to(asker, post)}\nMessage-ID: <1@mail.example>\nMIME-Version: 1.0\n"
    return head.encode() + content


CHINESE = "谢谢，这很有帮助。"


class TestHostile:
    CHARSETS = (
        ("utf-8", CHINESE.encode()),
        ("gb2312", CHINESE.encode("gb18030")),
        ("gbk", CHINESE.encode("gbk")),
        ("big5", "謝謝".encode("big5")),
        ("x-unknown", CHINESE.encode()),
        ("x-unknown", CHINESE.encode("gb18030")),
        ("us-ascii", CHINESE.encode()),
        ("idna", CHINESE.encode()),
        ("", CHINESE.encode()),
        ("utf-16", CHINESE.encode("utf-16")),
    )

    @pytest.mark.parametrize(("charset", "words"), CHARSETS, ids=lambda value: value if isinstance(value, str) else "")
    def test_charsets_are_read_as_they_were_meant(self, asker, post, charset, words):
        named = f"; charset={charset}" if charset else ""
        body = f"Content-Type: text/plain{named}\nContent-Transfer-Encoding: base64\n\n".encode()
        assert receive(raw_reply(asker, post, body + base64.b64encode(words))) == Outcome.POSTED
        assert newest(post).source.strip() in (CHINESE, "謝謝")

    @pytest.mark.parametrize(
        "content",
        [
            b"Content-Type: text/plain; charset=utf-8\n\nBroken \xff\xfe words\x00\x07.\n",
            b"Content-Type: text/plain; charset=\xff\xff\n\nBroken words.\n",
            b"Content-Type: text/plain; charset*=%%%'\n\nBroken words.\n",
            b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nQnJva2VuIHdvcmRz===*\n",
            b"Content-Type: text/plain\nContent-Transfer-Encoding: nonsense\n\nBroken words.\n",
            b"Content-Type: multipart/mixed\n\nBroken words without a boundary.\n",
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nBroken words without an end.\n",
            b"Content-Disposition: \xff\n\nBroken words.\n",
            b"Content-Type: ;;;\n\nBroken words.\n",
        ],
    )
    def test_broken_messages_give_what_can_be_read(self, asker, post, content):
        outcome = receive(raw_reply(asker, post, content))
        assert outcome in (Outcome.POSTED, Outcome.SENT_BACK)
        assert outcome == Outcome.SENT_BACK or "roken" in newest(post).source

    def test_parts_without_end_are_not_parsed(self, asker, post):
        deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000))
        assert receive(raw_reply(asker, post, deep)) == Outcome.SENT_BACK
        assert "This email could not be read. Please reply on the page." in mail.outbox[0].body

    @pytest.mark.parametrize("sign", [b" =", b"\t=", b"\n =", b"*0="])
    def test_nor_are_those_whose_boundary_is_written_otherwise(self, asker, post, sign):
        deep = b"".join(b"Content-Type: multipart/mixed; boundary%sb%d\n\n--b%d\n" % (sign, n, n) for n in range(50))
        assert receive(raw_reply(asker, post, deep + b"Words.\n")) == Outcome.SENT_BACK

    def test_a_text_about_boundaries_is_like_any_other(self, asker, post):
        assert receive(written(asker, post, "The decision boundary moves. " * 100).as_bytes()) == Outcome.POSTED

    def test_headers_without_end_are_cut(self, asker, post):
        many = b"".join(b"X-%d: %s\n" % (n, b"x" * 900) for n in range(3_000))
        assert receive(raw_reply(asker, post, many + b"\nWords.\n")) in (Outcome.POSTED, Outcome.SENT_BACK)
        assert receive(b"From: " + b"(" * 1_000_000) == Outcome.UNKNOWN
        assert receive(b"To: " + b"<a@b>," * 300_000) == Outcome.UNKNOWN
        assert receive(b"To: " + b"(" * 3_000) == Outcome.UNKNOWN
        assert receive(b"From: " + b"(" * 3_000 + b"\n" + written(asker, post).as_bytes()) == Outcome.FORGED
        assert receive(b"\x00" * 1_000) == receive(b"") == Outcome.UNKNOWN

    def test_only_html_becomes_text(self, asker, post):
        message = EmailMessage()
        for name, value in written(asker, post).items():
            if name in ("From", "To", "Message-ID"):
                message[name] = value
        html = (
            "<style>p { color: red }</style><script>alert(1)</script>"
            "<p>Thank&nbsp;you, <b>that</b> helps: 1 &lt; 2.</p>"
            "<ul><li>one</li><li>two</li></ul><div>On Wed, Ada &lt;noreply@localhost&gt; wrote:</div>"
            "<blockquote><p>Because.</p></blockquote>"
        )
        message.set_content(html, subtype="html")
        assert receive(message.as_bytes()) == Outcome.POSTED
        assert newest(post).source == "Thank you, that helps: 1 < 2.\n\n* one\n* two\n"

    def test_the_plain_part_is_preferred_and_attached_texts_are_not_read(self, asker, post):
        message = written(asker, post, "Plain.\n")
        message.add_alternative("<p>Rich</p>", subtype="html")
        message.add_attachment("Secret notes", filename="notes.txt")
        assert receive(message.as_bytes()) == Outcome.POSTED
        assert newest(post).source == "Plain.\n"

    def test_nor_are_files_that_are_shown_among_the_text(self, asker, post):
        message = written(asker, post, "Plain.\n")
        message.add_attachment("Secret notes", filename="notes.txt", disposition="inline")
        assert receive(message.as_bytes()) == Outcome.POSTED
        assert newest(post).source == "Plain.\n"
        assert "Your reply was posted without its attachments." in mail.outbox[0].body

    def test_what_is_posted_is_as_safe_as_from_the_page(self, asker, post):
        receive(written(asker, post, "<script>alert(1)</script> [x](javascript:alert(1))\n").as_bytes())
        assert "<script" not in newest(post).html and 'href="javascript:' not in newest(post).html


def test_a_person_without_a_confirmed_address_has_no_way_in(asker, post):
    to = reply_to(asker, post)
    User.objects.filter(pk=asker.pk).update(email="")
    assert receive(written(asker, post, To=to).as_bytes()) == Outcome.UNKNOWN
