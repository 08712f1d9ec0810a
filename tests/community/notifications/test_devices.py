"""Devices: who adds and removes them, and what ends them."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from community.notifications.models import Device, Notification, Preference
from community.notifications.push.devices import MOST_DEVICES, named
from community.notifications.services import notify
from community.notifications.topics import Topic
from tests.community.notifications.push_service import Browser
from tests.community.notifications.pushing import device_of
from tests.factories import PersonFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
SETTINGS, ADD = reverse("notifications:settings"), reverse("notifications:device-add")
FIREFOX = "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@pytest.fixture
def person():
    return PersonFactory(password="correct horse battery staple")


@pytest.fixture
def client(person):
    client = Client(headers={"user-agent": FIREFOX})
    client.force_login(person)
    return client


def add(client, browser: Browser | None = None, **more: str):
    return client.post(ADD, (browser or Browser()).form | more)


def remove(client, device: Device):
    return client.post(reverse("notifications:device-remove", args=[device.pk]), follow=True)


def sign_in(client, person) -> None:
    form = {"login": person.handle, "password": "correct horse battery staple"}
    assert client.post("/accounts/login/", form).status_code == 302


def endpoints() -> list[str]:
    return sorted(Device.objects.values_list("endpoint", flat=True))


def test_a_browser_is_added_once_and_listed_by_its_name(client, person):
    browser = Browser()
    assert add(client, browser).url == add(client, browser).url == f"{SETTINGS}#devices"
    page = html_of(client.get(SETTINGS))
    assert "Push is on for this device." in page
    device = Device.objects.get()
    assert (device.person, device.name) == (person, "Firefox, Android")
    assert f'data-device="{device.mark}"' in page and browser.endpoint not in page
    assert "<span data-here>" in page and "Added on" in page
    other = Client()
    other.force_login(person)
    assert "<span data-here hidden>" in html_of(other.get(SETTINGS))


def test_its_owner_removes_it_and_nobody_else(client, person):
    device, stranger = device_of(person, Browser()), Client()
    stranger.force_login(PersonFactory())
    remove(stranger, device)
    assert endpoints() == [device.endpoint]
    assert "Device removed." in html_of(remove(client, device)) and endpoints() == []
    assert remove(client, device).status_code == 200


def test_a_site_without_a_key_offers_no_push(client, settings, person):
    device_of(person, Browser())
    settings.PUSH_KEY = ""
    page = html_of(client.get(SETTINGS))
    assert "By push" not in page and "data-push" not in page
    assert add(client, Browser("other")).status_code == 404 and len(endpoints()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": ""},
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://push.example:22/x"},
        {"endpoint": f"https://push.example/{'x' * 1000}"},
        {"p256dh": ""},
        {"p256dh": "AAAA"},
        {"p256dh": "é" * 87},
        {"auth": ""},
        {"auth": "A" * 31},
    ],
)
def test_what_no_browser_sends_is_refused(client, wrong):
    assert add(client, **wrong).status_code == 400 and endpoints() == []


def test_an_eleventh_device_is_refused_with_a_sentence_and_an_old_one_is_not(client, person):
    for n in range(MOST_DEVICES):
        device_of(person, Browser(str(n)))
    refused = add(client)
    assert refused.status_code == 409 and "Remove one in the list" in html_of(refused)
    assert len(endpoints()) == MOST_DEVICES
    known = Device.objects.first()
    again = {"endpoint": known.endpoint, "p256dh": known.p256dh, "auth": known.auth}
    assert client.post(ADD, again).status_code == 302 and len(endpoints()) == MOST_DEVICES


def test_a_browser_is_of_whoever_uses_it_now_but_nobody_takes_one_without_its_secret(client, person):
    browser, other = Browser(), PersonFactory()
    device_of(other, browser)
    assert add(client, browser, auth=Browser().form["auth"]).status_code == 409
    assert Device.objects.get().person == other
    assert add(client, browser).status_code == 302
    assert Device.objects.get().person == person


def test_a_browser_that_was_given_another_address_is_one_device(client, person):
    before, now, others = Browser("before"), Browser("now"), Browser("others")
    device_of(person, before)
    device_of(PersonFactory(), others)
    add(client, now, replaces=before.endpoint)
    add(client, now, replaces=others.endpoint)
    assert endpoints() == [now.endpoint, others.endpoint]


class TestEnding:
    def test_signing_out_ends_the_device_of_this_browser_alone(self, client, person):
        add(client)
        elsewhere = device_of(person, Browser("elsewhere"))
        client.post("/accounts/logout/")
        assert endpoints() == [elsewhere.endpoint]

    def test_also_by_one_who_has_signed_in_anew_but_not_by_somebody_else(self, client, person):
        add(client)
        client.cookies.pop("sessionid")
        client.force_login(PersonFactory())
        client.post("/accounts/logout/")
        assert len(endpoints()) == 1
        client.force_login(person)
        client.post("/accounts/logout/")
        assert endpoints() == []

    def test_somebody_who_signs_in_in_the_same_browser_ends_it(self, client, person):
        add(client)
        elsewhere = device_of(person, Browser("elsewhere"))
        client.cookies.pop("sessionid")
        other = PersonFactory(password="correct horse battery staple")
        sign_in(client, other)
        assert endpoints() == [elsewhere.endpoint]

    def test_who_signs_in_anew_keeps_it(self, client, person):
        add(client)
        client.cookies.pop("sessionid")
        sign_in(client, person)
        assert len(endpoints()) == 1

    def test_a_cookie_that_was_changed_is_none(self, client, person):
        device = device_of(person, Browser())
        client.cookies["device"] = f"{device.pk}:forged"
        client.post("/accounts/logout/")
        assert endpoints() == [device.endpoint]

    def test_signing_out_everywhere_else_keeps_this_one(self, client, person):
        add(client, Browser("here"))
        device_of(person, Browser("elsewhere"))
        client.post(reverse("accounts:sessions-end"))
        self.check(client)

    def test_so_does_another_password(self, client, person):
        add(client, Browser("here"))
        device_of(person, Browser("elsewhere"))
        new = "another horse battery staple"
        form = {"oldpassword": "correct horse battery staple", "password1": new, "password2": new}
        assert client.post(reverse("account_change_password"), form).status_code == 302
        self.check(client)

    def check(self, client):
        assert get_user(client).is_authenticated
        page = html_of(client.get(SETTINGS))
        assert page.count("data-device=") == 1 and "<span data-here>" in page

    def test_an_account_takes_its_devices_along(self, person):
        device_of(person, Browser())
        person.delete()
        assert endpoints() == []


class TestChoosing:
    def test_the_matrix_has_a_box_for_each_topic_of_the_site(self, client, person):
        page = html_of(client.get(SETTINGS))
        assert page.count('-push" aria-label="') == sum(topic.is_on_site for topic in Topic)
        boxes = {"has_push": "on", "answers-site": "on", "runs-push": "on"}
        client.post(SETTINGS, boxes)
        chosen = Preference.objects.filter(person=person, channel="push", frequency="immediately")
        assert list(chosen.values_list("topic", flat=True)) == ["runs"]

    def test_a_form_without_these_boxes_changes_none(self, client, person):
        client.post(SETTINGS, {"answers-site": "on"})
        assert not Preference.objects.filter(channel="push").exists()


def test_the_worker_is_a_file_for_everybody_that_is_asked_for_each_time(client):
    response = client.get("/push-worker.js")
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-cache" and not response.has_header("Vary")
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert '"fetch"' not in response.content.decode() and "caches" not in response.content.decode()


def test_a_browser_asks_which_lines_it_may_go_on_showing(client, person):
    actor = PersonFactory()
    notify(listeners={person.pk: "follow"}, actor=actor, target_kind="person", target_id=actor.pk, event="follow:1")
    line = Notification.objects.get()
    assert client.get("/notifications/count/?lines").json() == {"lines": [line.pk]}
    client.post(f"/notifications/{line.pk}/read/")
    assert client.get("/notifications/count/?lines").json() == {"lines": []}
    assert Client().get("/notifications/count/?lines").status_code == 401


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, ("Firefox", "Android")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605.1.15", ("Safari", "macOS")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36", ("Chrome", "Linux")),
        ("<script>", ("", "")),
        ("", ("", "")),
    ],
)
def test_browsers_are_named_as_they_say(agent, name):
    assert named(agent) == name
