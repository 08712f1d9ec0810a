"""Emails about accounts while the mail server is away."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from community.accounts import outbox
from community.accounts.models import AccountMail
from community.common.pauses import pause_of
from tests.community.accounts.conftest import link_in_last_mail

pytestmark = [pytest.mark.both, pytest.mark.django_db]
LATE = "Our mail server is not answering. Your email will be sent when it does."


@pytest.fixture
def server(monkeypatch):
    """Return a mail server that can be stopped."""

    class Server:
        error: Exception | None = None

        def open(self):
            if self.error:
                raise self.error

    found = Server()
    monkeypatch.setattr(EmailBackend, "open", lambda backend: found.open())
    yield found
    pause_of.cache_clear()
    cache.clear()


def reset(client, address="ada@example.org"):
    return client.post("/accounts/password/reset/", {"email": address}, follow=True)


def later(**age):
    pause_of.cache_clear()
    if age:
        AccountMail.objects.update(**{name: timezone.now() - ago for name, ago in age.items()})


def test_an_email_waits_for_a_mail_server_that_is_away(client, ada, server):
    server.error = ConnectionRefusedError()
    assert "An email is on its way" in reset(client).content.decode()
    assert mail.outbox == [] and AccountMail.objects.count() == 1
    assert outbox.hand_out() == 0
    later(due_at=timedelta(0))
    assert outbox.hand_out() == 1 and mail.outbox == []
    server.error = None
    later(due_at=timedelta(0))
    assert outbox.hand_out() == 1
    assert client.get(link_in_last_mail(), follow=True).status_code == 200
    assert AccountMail.objects.count() == 0 and outbox.hand_out() == 0


def test_a_person_is_told_that_the_mail_server_is_away_until_it_answers(client, ada, server):
    server.error = ConnectionRefusedError()
    assert LATE in reset(client).content.decode()
    assert LATE in reset(client, "nobody@example.org").content.decode()
    server.error = None
    later()
    reset(client)
    assert LATE not in reset(client).content.decode()


@pytest.mark.parametrize(
    ("waited", "seconds"), [(timedelta(0), 60), (timedelta(minutes=8), 480), (timedelta(hours=9), 1800)]
)
def test_an_email_that_the_server_does_not_take_is_tried_less_and_less_often(client, ada, monkeypatch, waited, seconds):
    monkeypatch.setattr(outbox, "send", lambda message: outbox.Outcome.LATER)
    reset(client)
    later(created_at=waited, due_at=timedelta(0))
    outbox.hand_out()
    wait = AccountMail.objects.get().due_at - timezone.now()
    assert abs(wait.total_seconds() - seconds) < 30


def test_an_email_to_an_address_that_does_not_exist_is_given_up_at_once(client, ada, monkeypatch):
    monkeypatch.setattr(outbox, "send", lambda message: outbox.Outcome.REFUSED)
    reset(client)
    assert AccountMail.objects.count() == 0


def test_an_email_is_given_up_when_its_link_has_expired(client, ada, monkeypatch):
    monkeypatch.setattr(outbox, "send", lambda message: outbox.Outcome.LATER)
    reset(client)
    assert outbox.sweep() == 0
    later(created_at=timedelta(days=3, seconds=1))
    assert outbox.sweep() == 1


def test_an_email_that_cannot_be_written_does_not_hold_up_the_next(client, ada, monkeypatch):
    wrong = AccountMail.objects.create(recipient="a@example.org", subject="a\nb", body="", due_at=timezone.now())
    right = AccountMail.objects.create(recipient="b@example.org", subject="b", body="", due_at=timezone.now())
    outbox.send_each([wrong.pk, right.pk])
    assert [message.to for message in mail.outbox] == [["b@example.org"]]
    assert list(AccountMail.objects.values_list("pk", flat=True)) == [wrong.pk]
