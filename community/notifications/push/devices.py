"""The devices to which a person's notifications are pushed."""

from __future__ import annotations

import re

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from community.accounts.models import User
from community.accounts.requests import MemberRequest
from community.notifications.errors import DeviceTaken, TooManyDevices
from community.notifications.models import Device
from community.notifications.push.vapid import is_offered

MOST_DEVICES = 10
COOKIE, COOKIE_SECONDS = "device", 400 * 24 * 3600
"""What a browser keeps of its device: it may sign in anew before it signs out."""
# The first that a browser names; those that name others as well come before them.
BROWSERS = {
    "Edge": r"\bEdg(?:e|A|iOS)?/",
    "Opera": r"\bOPR/",
    "Samsung Internet": r"\bSamsungBrowser/",
    "Vivaldi": r"\bVivaldi/",
    "Firefox": r"\b(?:Firefox|FxiOS)/",
    "Chrome": r"\b(?:Chrome|CriOS|HeadlessChrome)/",
    "Safari": r"\bSafari/",
}
SYSTEMS = {
    "Android": r"\bAndroid\b",
    "iPhone": r"\biPhone\b",
    "iPad": r"\biPad\b",
    "Windows": r"\bWindows\b",
    "macOS": r"\bMacintosh\b",
    "ChromeOS": r"\bCrOS\b",
    "Linux": r"\bLinux\b",
}
LONGEST_AGENT = 400


@transaction.atomic
def add_device(*, request: MemberRequest, endpoint: str, p256dh: str, auth: str, replaces: str = "") -> Device:
    """Push a person's notifications to the browser of this request; nothing changes the second time.

    A browser that was another's is now theirs, if it knows its secret. `replaces` is the endpoint that the browser had
    before. Raises DeviceTaken and TooManyDevices.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
    Device.objects.filter(person=person, endpoint=replaces).exclude(endpoint=endpoint).delete()
    known = Device.objects.filter(endpoint=endpoint).first()
    if known is not None and known.auth != auth:
        raise DeviceTaken
    others = Device.objects.filter(person=person).exclude(endpoint=endpoint)
    if others.count() >= MOST_DEVICES:
        raise TooManyDevices
    browser, system = named(request.headers.get("User-Agent", ""))
    values = {"person": person, "p256dh": p256dh, "auth": auth, "browser": browser, "system": system}
    fresh = {"session_epoch": person.session_epoch, "failures": 0}
    device, _is_new = Device.objects.update_or_create(endpoint=endpoint, defaults=values | fresh)
    return device


def remove_device(*, person: User, pk: int) -> None:
    Device.objects.filter(person=person, pk=pk).delete()


def devices_of(person: User) -> list[Device]:
    """Return the devices that get a person's notifications, the last used first; none if the site pushes nothing."""
    if not is_offered():
        return []
    rows = Device.objects.filter(person=person, session_epoch=person.session_epoch)
    return sorted(rows, key=lambda device: (device.used_at or device.added_at, device.pk), reverse=True)


def remember_here(response: HttpResponse, device: Device) -> None:
    """Let the browser know which device it is."""
    response.set_signed_cookie(
        COOKIE,
        str(device.pk),
        salt=COOKIE,
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def device_here(request: HttpRequest) -> int | None:
    """Return the key of the device that a browser says it is."""
    said = request.get_signed_cookie(COOKIE, "", salt=COOKIE)
    return int(said) if said else None


def forget_signed_out(*, request: HttpRequest | None, user: User | AnonymousUser | None, **more: object) -> None:
    """Push nothing more to a browser whose person has signed out."""
    device = device_here(request) if request is not None else None
    if device is not None and user is not None:
        Device.objects.filter(pk=device, person=user.pk).delete()


def forget_others(*, request: HttpRequest | None, user: User, **more: object) -> None:
    """Push nothing more of somebody else's to a browser in which a person has signed in."""
    device = device_here(request) if request is not None else None
    if device is not None:
        Device.objects.filter(pk=device).exclude(person=user).delete()


def keep_signed_in(*, request: HttpRequest, user: User, **more: object) -> None:
    """Go on with the device of the one session that was kept when all others ended."""
    device = device_here(request)
    if device is not None:
        epoch = User.objects.values_list("session_epoch", flat=True).get(pk=user.pk)
        Device.objects.filter(pk=device, person=user).update(session_epoch=epoch)


def drop_ended(person: User) -> int:
    """Delete the devices of a closed account, and those whose sign-in has ended. Returns how many."""
    theirs = Device.objects.filter(person=person)
    ended = theirs.exclude(session_epoch=person.session_epoch) if person.is_active else theirs
    return ended.delete()[0]


def count_delivery(device: Device) -> None:
    Device.objects.filter(pk=device.pk).update(used_at=timezone.now(), failures=0)


def named(agent: str) -> tuple[str, str]:
    """Return the browser and the system that a User-Agent names; empty for what it does not."""
    return _first(BROWSERS, agent[:LONGEST_AGENT]), _first(SYSTEMS, agent[:LONGEST_AGENT])


def _first(patterns: dict[str, str], agent: str) -> str:
    return next((name for name, pattern in patterns.items() if re.search(pattern, agent)), "")
