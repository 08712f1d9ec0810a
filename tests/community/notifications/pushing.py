"""Steps of tests of push: a device of a person, and what it is shown as time passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from community.common import housekeeping
from community.notifications.models import Device
from tests.community.notifications.mailing import Clock
from tests.community.notifications.push_service import Browser, Service

SOON = timedelta(seconds=30)


def device_of(person: Any, browser: Browser) -> Device:
    person.refresh_from_db()
    return Device.objects.create(person=person, session_epoch=person.session_epoch, **browser.form)


class Shown:
    """What a browser is shown: calling it lets time pass, does what is due, and returns what came meanwhile."""

    def __init__(self, clock: Clock, service: Service, browser: Browser) -> None:
        self.clock, self.service, self.browser = clock, service, browser

    def __call__(self, time: timedelta = SOON) -> list[dict[str, Any]]:
        self.clock.now += time
        before = len(self.service.taken)
        push()
        return [self.browser.read(body) for _path, _headers, body in self.service.taken[before:]]


def push() -> None:
    """Do what is due for devices."""
    while housekeeping._tasks["pushes"]():
        pass
