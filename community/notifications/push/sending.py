"""Handing messages to push services, and what their answers mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from community.common.outgoing import Answer, Network, NoAnswer, NotPublic, parts_of
from community.notifications import verbs
from community.notifications.caps import counted
from community.notifications.channels import Channel, Frequency, frequency
from community.notifications.mail.moments import end_of_quiet, next_quiet, zone_of
from community.notifications.models import Device, Mailbox, Notification, Push
from community.notifications.preferences import preferences_of
from community.notifications.push import composing, devices, vapid
from community.notifications.push.encryption import decoded, encrypt

MOST_AN_HOUR = 30
"""Pushes to one device; what is above is in the list alone."""
AGAIN_AFTER, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
ATTEMPTS = 5
JOB_SECONDS = 10.0
"""After so long a job begins no further push; the last may take the deadline of one request more."""
MOST_FAILURES = 5
"""Pushes in a row that were given up, after which a device is forgotten."""
DAY = timedelta(days=1)

logger = structlog.get_logger(__name__)
network = Network()


class Outcome(Enum):
    """`GONE`: the browser is not there any more, or never was. `REFUSED`: the same would be refused again."""

    TAKEN = auto()
    GONE = auto()
    LATER = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Taken:
    """A push that nobody else will send any more. A push service may keep it until `ends_at`."""

    device: Device
    line: Notification
    attempts: int
    ends_at: datetime


def send_pushes(pushes: Sequence[int]) -> None:
    """Send these pushes, each at most once. One that fails does not hold up the others.

    Those for which the job has no time left are due again at once.
    """
    silent: set[str] = set()
    until = monotonic() + JOB_SECONDS
    for place, key in enumerate(pushes):
        if monotonic() >= until:
            Push.objects.filter(pk__in=pushes[place:]).update(due_at=timezone.now())
            return
        try:
            taken = take(key)
            if taken is not None:
                deliver(taken, silent)
        except Exception:
            logger.exception("a push was not sent", key=key)


@transaction.atomic
def take(key: int) -> Taken | None:
    """Take a push if it is wanted now; it is not there a second time. In quiet hours it goes on waiting."""
    found = Push.objects.select_for_update().filter(pk=key).first()
    if found is None:
        return None
    device = Device.objects.select_related("person").get(pk=found.device_id)
    person, now = device.person, timezone.now()
    if devices.drop_ended(person) and not Device.objects.filter(pk=device.pk).exists():
        return None
    box, zone = Mailbox.objects.filter(person=person).first() or Mailbox(person=person), zone_of(person)
    quiet_until = end_of_quiet(box, now, zone)
    if quiet_until is not None:
        Push.objects.filter(pk=key).update(due_at=quiet_until)
        return None
    found.delete()
    line = Notification.objects.get(pk=found.line_id)
    if not (_is_wanted(line) and counted(device, MOST_AN_HOUR)):
        return None
    return Taken(device, line, found.attempts, min(now + DAY, next_quiet(box, now, zone) or now + DAY))


def deliver(taken: Taken, silent: set[str]) -> None:
    """Send what was taken, and do what the answer says. Hosts that did not answer are added to `silent`."""
    try:
        outcome, after = _sent(taken, silent)
    except Exception:
        _put_back(taken, None)
        raise
    if outcome == Outcome.TAKEN:
        devices.count_delivery(taken.device)
    elif outcome == Outcome.GONE:
        taken.device.delete()
    elif outcome == Outcome.LATER and taken.attempts + 1 < ATTEMPTS:
        _put_back(taken, after)
    elif outcome is not None:
        _give_up(taken.device)


def _is_wanted(line: Notification) -> bool:
    """Return whether a line is still to be pushed: unread, and of a topic that its reader chose."""
    topic = verbs.verb(line.verb).topic
    if topic is None or line.is_read:
        return False
    chosen = preferences_of([line.recipient_id], [topic])
    return frequency(chosen, line.recipient_id, topic, Channel.PUSH) != Frequency.NEVER


def _sent(taken: Taken, silent: set[str]) -> tuple[Outcome | None, timedelta | None]:
    """Send a push. Returns what became of it, nothing if there is no more to tell, and when it may be tried again."""
    device = taken.device
    try:
        endpoint = parts_of(device.endpoint)
        if endpoint.netloc in silent:
            return Outcome.LATER, None
        text = composing.message(device.person, taken.line.pk)
        if text is None or not Device.objects.filter(pk=device.pk, person=device.person).exists():
            return None, None
        body = encrypt(text, device_key=decoded(device.p256dh), auth=decoded(device.auth))
        answer = network.post(device.endpoint, body, _headers(taken, vapid.authorization(endpoint)))
    except NotPublic:
        return _logged(Outcome.GONE, device, "no public address"), None
    except NoAnswer:
        silent.add(endpoint.netloc)
        return _logged(Outcome.LATER, device, "no answer"), None
    return _outcome(answer, device), _wait(answer)


def _headers(taken: Taken, authorization: str) -> dict[str, str]:
    """Return the headers of RFC 8030. A push service that still has an earlier push of the line replaces it."""
    seconds = int((taken.ends_at - timezone.now()).total_seconds())
    return {
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(max(seconds, 0)),
        "Topic": f"line-{taken.line.pk}",
        "Urgency": "normal",
    }


def _outcome(answer: Answer, device: Device) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome.TAKEN
    if answer.status in (404, 410):
        return _logged(Outcome.GONE, device, str(answer.status))
    is_later = answer.status == 429 or answer.status >= 500
    return _logged(Outcome.LATER if is_later else Outcome.REFUSED, device, str(answer.status))


def _wait(answer: Answer) -> timedelta | None:
    return timedelta(seconds=answer.retry_after) if answer.retry_after is not None else None


@transaction.atomic
def _put_back(taken: Taken, after: timedelta | None) -> None:
    """Let a push wait again, unless its device or line is gone."""
    device = Device.objects.select_for_update(no_key=True).filter(pk=taken.device.pk)
    line = Notification.objects.select_for_update(no_key=True).filter(pk=taken.line.pk)
    if not (device.first() and line.first()):
        return
    wait = min(max(after or timedelta(), AGAIN_AFTER * 4**taken.attempts), LONGEST_WAIT)
    due_at = timezone.now() + wait
    again = Push(device=taken.device, line=taken.line, due_at=due_at, attempts=taken.attempts + 1)
    Push.objects.bulk_create([again], ignore_conflicts=True)


def _give_up(device: Device) -> None:
    """Count a push that was given up, and forget a device to which none has come for a while."""
    Device.objects.filter(pk=device.pk).update(failures=F("failures") + 1)
    Device.objects.filter(pk=device.pk, failures__gte=MOST_FAILURES).delete()


def _logged(outcome: Outcome, device: Device, why: str) -> Outcome:
    logger.warning("a push was not taken", outcome=outcome.name, device=device.pk, why=why)
    return outcome
