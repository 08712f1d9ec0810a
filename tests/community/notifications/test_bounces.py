"""Reports of failed deliveries: they end email to an address for good, after a while, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from community.accounts.models import User
from community.notifications.inbound import addresses
from community.notifications.inbound.door import Outcome, receive
from community.notifications.mail import stopping
from community.notifications.models import Letter, Mailbox
from tests.community.notifications.incoming import report
from tests.community.notifications.mailing import SOON, answer, work
from tests.community.notifications.smtp import smtp_server
from tests.factories import PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("takes_email")]


@pytest.fixture
def reader():
    return PersonFactory(handle="reader")


def is_stopped(person) -> bool:
    return Mailbox.objects.filter(person=person, stop_reason="refused", refused_address=person.email).exists()


def test_a_mail_server_gets_the_address_in_the_envelope_and_its_report_ends_email(client, settings, reader):
    question = QuestionFactory(author=reader)
    with smtp_server() as server:
        options = {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 20}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
        answer(question, author=PersonFactory(display_name="Ada"))
        Letter.objects.update(due_at=timezone.now() - SOON)
        work()
        [sender], [message] = server.senders, server.messages
        assert message["From"].addresses[0].addr_spec == "noreply@localhost"
        assert message["From"].addresses[0].display_name == "Ada on Chainrule"
        assert message["Reply-To"].addresses[0].addr_spec.startswith("reply+")
        assert receive(report(reader, to=sender)) == Outcome.BOUNCED
        answer(question)
        Letter.objects.update(due_at=timezone.now() - SOON)
        work()
        assert len(server.taken) == 1
    client.force_login(reader)
    page = html_of(client.get("/settings/notifications/"))
    assert "Your mail server does not accept email for this address." in page and "Send me email again" in page


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.10", "5.2.1", "5.4.4"])
def test_a_permanent_failure_ends_email_at_once(reader, status):
    assert receive(report(reader, status)) == Outcome.BOUNCED and is_stopped(reader)


SOFT = (
    "4.4.1",
    "4.2.2",
    "5.0.0",
    "5.1.7",
    "5.1.8",
    "5.2.2",
    "5.2.3",
    "5.3.2",
    "5.3.4",
    "5.4.7",
    "5.5.0",
    "5.6.0",
    "5.7.1",
)


@pytest.mark.parametrize("status", SOFT)
def test_what_is_no_fault_of_the_address_counts_by_days(clock, reader, status):
    for day in range(5):
        assert not is_stopped(reader)
        for _ in range(3):
            assert receive(report(reader, status)) == Outcome.BOUNCED
        assert Mailbox.objects.get(person=reader).bounces == day + 1
        clock.now += timedelta(days=1, minutes=1)
    assert is_stopped(reader)


def test_a_month_without_a_failure_begins_anew(clock, reader):
    receive(report(reader, "4.4.1"))
    clock.now += timedelta(days=31)
    receive(report(reader, "4.4.1"))
    assert Mailbox.objects.get(person=reader).bounces == 1


def test_another_address_begins_anew(clock, reader):
    for _day in range(4):
        receive(report(reader, "4.4.1"))
        clock.now += timedelta(days=1, minutes=1)
    User.objects.filter(pk=reader.pk).update(email="new@example.org")
    reader.refresh_from_db()
    receive(report(reader, "4.4.1"))
    assert not is_stopped(reader) and Mailbox.objects.get(person=reader).bounces == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "delayed"},
        {"action": "delivered", "status": "2.0.0"},
        {"action": "relayed"},
        {"status": "9.9.9"},
        {"status": ""},
        {"status": "5." + "1" * 3_000},
    ],
)
def test_other_reports_change_nothing(reader, changes):
    receive(report(reader, **changes))
    assert not Mailbox.objects.filter(person=reader, bounced_at__isnull=False).exists() and not is_stopped(reader)


def test_a_forged_report_is_refused(reader):
    victim = PersonFactory()
    own = addresses.bounce_address(reader)
    token, _at, domain = own.partition("@")
    altered = f"{token[:-1]}{'y' if token.endswith('z') else 'z'}@{domain}"
    for to in (f"bounce@{domain}", altered, own.replace("bounce+", "bounce+a"), victim.email):
        assert receive(report(victim, to=to)) == Outcome.UNKNOWN
    receive(report(victim, to=own))  # names the victim, but is the reader's
    assert not is_stopped(victim) and is_stopped(reader)


def test_a_report_to_an_old_address_or_after_two_months_changes_nothing(clock, reader):
    old = report(reader)
    clock.now += timedelta(days=61)
    assert receive(old) == Outcome.UNKNOWN and not is_stopped(reader)
    late = report(reader)
    User.objects.filter(pk=reader.pk).update(email="new@example.org")
    assert receive(late) == Outcome.UNKNOWN and not Mailbox.objects.exclude(stop_reason="").exists()


def test_what_is_no_report_changes_nothing_and_is_not_answered(reader):
    to = addresses.bounce_address(reader)
    for kind in ("text/plain", "multipart/report", "multipart/mixed; boundary=b1", "message/delivery-status"):
        raw = f"From: {reader.email}\nTo: {to}\nContent-Type: {kind}\n\nI am away. Status: 5.1.1\nAction: failed\n"
        assert receive(raw.encode()) == Outcome.UNKNOWN
    assert not is_stopped(reader) and mail.outbox == []


def test_a_report_does_not_undo_what_the_person_ended(reader):
    stopping.stop(stopping.Link(reader, stopping.ALL))
    assert receive(report(reader)) == Outcome.BOUNCED
    User.objects.filter(pk=reader.pk).update(email="new@example.org")
    reader.refresh_from_db()
    assert stopping.is_stopped(stopping.Link(reader, stopping.ALL))


def test_a_person_who_resumes_email_begins_anew(clock, reader):
    for _day in range(5):
        receive(report(reader, "4.4.1"))
        clock.now += timedelta(days=1, minutes=1)
    assert is_stopped(reader)
    stopping.resume(reader, stopping.ALL)
    receive(report(reader, "4.4.1"))
    assert not is_stopped(reader) and Mailbox.objects.get(person=reader).bounces == 1
