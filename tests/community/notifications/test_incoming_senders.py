"""Email of others than its writer says, and of programs: it is dropped, and nobody is told."""

from __future__ import annotations

import pytest
from django.core import mail

from community.content.models import Draft, Post
from community.notifications.inbound.door import Outcome, receive
from tests.community.notifications.incoming import lock, reply_to, written
from tests.community.notifications.mailing import SOON

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_email")]


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
