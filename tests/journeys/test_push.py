"""Push in a real browser: its own worker shows what it is given, replaces, closes and opens it.

A browser for tests has no push service, so that what the page asks for is made up, and what a push service would
deliver is handed to the worker by the browser's own tools.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.community.notifications.push_service import Browser
from tests.journeys.people import Person
from tests.waiting import eventually

pytestmark = pytest.mark.full

SUBSCRIBE = """
const given = %s;
const subscription = {
  endpoint: given.endpoint,
  toJSON: () => given,
  unsubscribe: async () => { localStorage.removeItem("pushed"); return true; },
};
PushManager.prototype.getSubscription = async () => (localStorage.getItem("pushed") ? subscription : null);
PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
  if (!userVisibleOnly || !applicationServerKey) throw new TypeError();
  localStorage.setItem("pushed", "yes");
  return subscription;
};
"""
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration.getNotifications()).map(({ title, body, tag, lang }) => ({ title, body, tag, lang }));
}"""
FOLLOW = """async (tag) => {
  clients.openWindow = async (address) => { self.opened = address; };
  const [notification] = await registration.getNotifications({ tag });
  dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


class Reader(Person):
    """A person whose browser takes pushes."""

    def allow_pushes(self) -> None:
        form = Browser(self.handle).form
        endpoint = form.pop("endpoint")
        self.page.add_init_script(SUBSCRIBE % json.dumps({"endpoint": endpoint, "keys": form}))
        self.context.grant_permissions(["notifications"], origin=self.site.url)

    def is_pushed(self, told: dict[str, Any]) -> None:
        """Hand a message to the worker, as the push service would."""
        tools = self.context.new_cdp_session(self.page)
        found: list[str] = []
        tools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
        )
        tools.send("ServiceWorker.enable")
        eventually(lambda: self.page.wait_for_timeout(50) or found)
        where = {"origin": self.site.url, "registrationId": found[0]}
        tools.send("ServiceWorker.deliverPushMessage", {**where, "data": json.dumps(told)})
        tools.detach()

    def shown(self) -> list[dict[str, str]]:
        return self.page.evaluate(SHOWN)


@pytest.fixture(params=[("en", 1280), ("zh", 360)], ids=["en-1280", "zh-360"])
def reader(request, browser, embedded_site) -> Iterator[Reader]:
    language, width = request.param
    person = Reader(browser, embedded_site, language=language, width=width)
    person.sign_up(f"pushed-{language}")
    person.allow_pushes()
    yield person
    person.context.close()
    assert (person.asked_elsewhere, person.complaints) == ([], [])


def test_a_device_is_added_shown_what_is_pushed_and_removed(reader, arrive):
    reader.page.goto("/settings/notifications/")
    devices = reader.page.locator("#devices")
    expect(devices.locator("[data-device]")).to_have_count(0)
    devices.locator("[data-push-form] button").click()
    expect(devices.locator("[data-here]")).to_be_visible()
    expect(devices.locator("[data-push-form]")).to_be_hidden()
    assert reader.overflow() == 0

    line = _followed(arrive, reader, 1)
    first = _told(line, "One follows you")
    reader.is_pushed(first)
    assert eventually(reader.shown) == [{"title": "One follows you", "body": "Hello", "tag": str(line), "lang": "en"}]
    reader.is_pushed(first | {"title": "Two follow you"})
    eventually(lambda: [each["title"] for each in reader.shown()] == ["Two follow you"])

    _follow(reader, line)
    expect(reader.page.locator(".bell [data-count]")).to_have_text("")
    assert reader.shown() == []

    line = _followed(arrive, reader, 2)
    reader.is_pushed(_told(line, "Three"))
    eventually(lambda: len(reader.shown()) == 1)
    reader.page.goto("/notifications/")
    reader.page.locator(f"form[action$='/{line}/read/'] button").click()
    expect(reader.page.locator(".notice-row.unread")).to_have_count(0)
    eventually(lambda: reader.shown() == [])

    reader.page.goto("/settings/notifications/")
    devices.locator("[data-device] button").click()
    expect(devices.locator("[data-device]")).to_have_count(0)
    expect(devices.locator("[data-push-form]")).to_be_visible()


def _followed(arrive, reader: Reader, number: int) -> int:
    """Let somebody follow the reader, and return the line of it."""
    fan = arrive(reader.site)
    fan.sign_up(f"{reader.handle}-fan-{number}")
    fan.page.goto(f"/@{reader.handle}/")
    fan.page.click(".profile-acts .follow > button")
    expect(fan.page.locator(".profile-acts .follow > button")).to_have_attribute("aria-pressed", "true")
    expect(reader.page.locator(".bell [data-count]")).to_have_text("1")
    reader.page.goto("/notifications/")
    action = reader.page.locator(".notice-row.unread form").get_attribute("action") or ""
    return int(re.findall(r"\d+", action)[0])


def _told(line: int, title: str) -> dict[str, Any]:
    """Return what the site would encrypt (tests/community/notifications/test_push.py)."""
    return {
        "title": title, "body": "Hello", "url": "/about/", "line": line, "read": f"/notifications/{line}/read/",
        "unread": [line], "language": "en",
    }  # fmt: skip


def _follow(reader: Reader, line: int) -> None:
    """Follow a notification, and see where it leads."""
    [worker] = reader.context.service_workers
    worker.evaluate(FOLLOW, str(line))
    assert eventually(lambda: worker.evaluate("self.opened")) == f"{reader.site.url}/about/"
