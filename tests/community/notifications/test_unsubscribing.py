"""Ending email by the links in it: one click, no sign-in, a way back; and what the settings say of it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from community.accounts.models import User
from community.notifications.channels import Channel, Frequency
from community.notifications.mail import stopping
from community.notifications.models import Mailbox, Preference
from community.notifications.preferences import by_mail, choose
from community.notifications.topics import Topic
from tests.community.notifications.mailing import open_mailbox
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
SETTINGS = reverse("notifications:settings")
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
CHINESE = {"Accept-Language": "zh-hans"}


@pytest.fixture
def person():
    return PersonFactory(handle="reader")


@pytest.fixture
def anybody():
    """Return a browser or program without a session, from elsewhere, whose requests are checked like all others."""
    return Client(enforce_csrf_checks=True)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_one_click_from_a_mail_program_ends_a_topic(anybody, person):
    path = stopping.path_for(person, Topic.ANSWERS)
    response = anybody.post(path, ONE_CLICK, headers={"Origin": "https://mail.example"})
    assert response.status_code == 200 and "You are unsubscribed" in text(response)
    assert by_mail(person)[Topic.ANSWERS] == Frequency.NEVER
    assert by_mail(person)[Topic.MENTIONS] == Frequency.IMMEDIATELY
    assert anybody.post(path, ONE_CLICK).status_code == 200
    assert Preference.objects.count() == 1


@pytest.mark.parametrize("scope", [Topic.ANSWERS, stopping.DIGESTS, stopping.ALL])
@pytest.mark.parametrize(("headers", "ended"), [({}, "You are unsubscribed"), (CHINESE, "已退订")])
def test_looking_changes_nothing_and_there_is_a_way_back(anybody, person, scope, headers, ended):
    path = stopping.path_for(person, scope)
    before = by_mail(person)
    assert ended not in text(anybody.get(path, headers=headers))
    assert not Mailbox.objects.exists() and by_mail(person) == before
    assert ended in text(anybody.post(path, {"act": "stop"}, headers=headers))
    assert ended in text(anybody.get(path, headers=headers))
    assert ended not in text(anybody.post(path, {"act": "resume"}, headers=headers))
    box = Mailbox.objects.filter(person=person).first()
    assert by_mail(person) == before and (box is None or (box.stopped_at, box.digests_stopped_at) == (None, None))


@pytest.mark.parametrize("often", [Frequency.IMMEDIATELY, Frequency.DAILY, Frequency.WEEKLY])
def test_the_way_back_leads_to_what_was_chosen_since(anybody, person, often):
    path = stopping.path_for(person, Topic.ANSWERS)
    choose(person=person, choices={(Topic.ANSWERS, Channel.MAIL): often})
    for act in ("resume", "stop", "stop", "resume", "resume"):
        anybody.post(path, {"act": act})
    assert by_mail(person)[Topic.ANSWERS] == often


def test_what_was_ended_in_the_settings_comes_immediately_again(anybody, person):
    choose(person=person, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.NEVER})
    anybody.post(stopping.path_for(person, Topic.ANSWERS), {"act": "resume"})
    assert by_mail(person)[Topic.ANSWERS] == Frequency.IMMEDIATELY


def test_what_was_chosen_before_another_choice_does_not_come_back(anybody, person):
    path = stopping.path_for(person, Topic.ANSWERS)
    choose(person=person, choices={(Topic.ANSWERS, Channel.MAIL): Frequency.DAILY})
    anybody.post(path, {"act": "stop"})
    for often in (Frequency.WEEKLY, Frequency.NEVER):
        choose(person=person, choices={(Topic.ANSWERS, Channel.MAIL): often})
    anybody.post(path, {"act": "resume"})
    assert by_mail(person)[Topic.ANSWERS] == Frequency.IMMEDIATELY


@pytest.mark.parametrize("scope", [Topic.ANSWERS, stopping.DIGESTS])
def test_no_email_is_promised_while_all_of_it_has_stopped(anybody, person, scope):
    path = stopping.path_for(person, scope)
    stopping.stop(stopping.Link(person, stopping.ALL))
    for page in (text(anybody.get(path)), text(anybody.post(path, {"act": "resume"}))):
        assert "You get email about" not in page and "You get digests by email" not in page
        assert "Email stopped on" in page and "You unsubscribed with the link in an email." in page
    assert "You are unsubscribed" in text(anybody.post(path, {"act": "stop"}))


def tampered(path: str) -> list[str]:
    head, token = path.removesuffix("/").rsplit("/", 1)
    other = token.replace("answers", "mentions")
    changed = [token[:-1], f"{token}x", other, "x", "a:b", "0" * 5_000, token.split(":")[0], "１-all-x:y"]
    return [f"{head}/{each}/" for each in changed]


def test_a_tampered_link_says_so_and_changes_nothing(anybody, person):
    for path in tampered(stopping.path_for(person, Topic.ANSWERS)):
        for send in (anybody.get, anybody.post):
            response = send(path)
            assert response.status_code == 400, path
            assert "It was cut or changed" in text(response)
    assert "链接无效" in text(anybody.get("/notifications/email/x/", headers=CHINESE))
    assert not Preference.objects.exists() and not Mailbox.objects.exists()


@pytest.mark.parametrize("changes", [{"email": "new@example.org"}, {"email": ""}, {"is_active": False}, None])
def test_a_link_is_void_for_another_address_and_a_closed_or_deleted_account(anybody, person, changes):
    path = stopping.path_for(person, stopping.ALL)
    if changes is None:
        person.delete()
    else:
        User.objects.filter(pk=person.pk).update(**changes)
    assert anybody.post(path, ONE_CLICK).status_code == 400
    assert not Mailbox.objects.exists()


def test_the_settings_say_when_and_why_email_has_stopped_and_start_it_again(client, person):
    client.force_login(person)
    assert "Email stopped on" not in text(client.get(SETTINGS))
    stopping.stop(stopping.Link(person, stopping.DIGESTS))
    page = text(client.get(SETTINGS))
    assert "You unsubscribed from digests on" in page
    stopping.stop(stopping.Link(person, stopping.ALL))
    page = text(client.get(SETTINGS))
    assert "Email stopped on" in page and "You unsubscribed with the link in an email." in page
    for what in ("all", "digests"):
        answer = client.post(reverse("notifications:mail-resume"), {"what": what}, follow=True)
        assert "Email resumed." in text(answer)
    page = text(client.get(SETTINGS))
    assert "stopped on" not in page and "You unsubscribed" not in page


def test_an_address_that_is_refused_stops_email_until_there_is_another(client, person):
    client.force_login(person)
    stopping.refuse(person)
    assert "Your mail server does not accept email for this address." in text(client.get(SETTINGS))
    assert "邮件服务器不接收" in text(client.get(SETTINGS, headers=CHINESE))
    User.objects.filter(pk=person.pk).update(email="other@example.org")
    assert "stopped on" not in text(client.get(SETTINGS))
    person.refresh_from_db()
    page = text(client.get(stopping.path_for(person, stopping.ALL)))
    assert "Unsubscribe from email" in page and "You are unsubscribed" not in page


def test_the_settings_say_that_an_address_is_not_confirmed(client):
    client.force_login(PersonFactory(email=""))
    assert "You get no email: your address is not confirmed." in text(client.get(SETTINGS))


def test_choosing_email_and_quiet_hours(client, person):
    client.force_login(person)
    page = text(client.get(SETTINGS))
    assert page.count("<select") == page.count("By email</label>") == len(Topic)
    assert 'name="roundup-site"' not in page and 'aria-label="New followers: By email"' in page
    sent = {f"{topic}-mail": "weekly" for topic in Topic} | {"quiet_from": "22:30", "quiet_until": "07:00"}
    assert "Notification settings saved." in text(client.post(SETTINGS, sent, follow=True))
    assert {often for topic, often in by_mail(person).items() if topic} == {Frequency.WEEKLY}
    page = text(client.get(SETTINGS))
    assert 'value="22:30"' in page and 'value="07:00"' in page
    client.post(SETTINGS, {"quiet_from": "", "quiet_until": ""})
    box = Mailbox.objects.get()
    assert (box.quiet_from, box.quiet_until) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"quiet_from": "22:00", "quiet_until": ""},
        {"quiet_from": "22:00", "quiet_until": "22:00"},
        {"quiet_from": "late", "quiet_until": "07:00"},
        {"answers-mail": "hourly"},
        {"roundup-mail": "immediately"},
    ],
)
def test_wrong_choices_are_refused_and_nothing_is_saved(client, person, wrong):
    client.force_login(person)
    assert client.post(SETTINGS, wrong).status_code == 422
    assert not Preference.objects.exists() and not Mailbox.objects.exists()


def test_a_form_of_before_changes_no_email(client, person):
    client.force_login(person)
    open_mailbox(person, quiet_from="22:00", quiet_until="07:00")
    before = by_mail(person)
    client.post(SETTINGS, {"answers-site": "on"})
    assert by_mail(person) == before and Mailbox.objects.get().quiet_from is not None
    assert not Preference.objects.filter(channel=Channel.MAIL).exists()


def test_what_moderators_did_is_mailed_unless_no_email_is_wanted(person):
    assert by_mail(person)[None] == Frequency.DAILY
    for topic in Topic:
        Preference.objects.create(person=person, topic=topic, channel=Channel.MAIL, frequency=Frequency.NEVER)
    assert by_mail(person)[None] == Frequency.NEVER
