"""Addresses that email comes back to: nobody can guess one, each is one person's, for a limited time."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from community.accounts.models import User
from community.notifications import verbs

SALT = "community.notifications.inbound"
LASTS = timedelta(days=60)
EPOCH = date(2020, 1, 1)
FORM = struct.Struct(">Hqq")  # the last day since EPOCH, a person, a target
MARK_BYTES = 12
TOKEN_LENGTH = (FORM.size + MARK_BYTES) * 8 // 5
"""Characters of Base32, which a mail server may write in capitals. With the name before it there are at most 64."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where an address leads: to a reply by a person to a target; without a `kind`, to what never reached them."""

    person: User
    kind: str
    target: int
    last_day: date

    @property
    def is_for_bounces(self) -> bool:
        return not self.kind

    @property
    def has_ended(self) -> bool:
        return timezone.now().date() > self.last_day


def reply_address(person: User, kind: str, target: int) -> str:
    """Return the address by which a person replies to a target; empty if replies are off, or the kind takes none."""
    if not settings.MAIL_REPLY_ADDRESS or verbs.replies_to(kind) is None:
        return ""
    return _address(settings.MAIL_REPLY_ADDRESS, person, kind, target)


def bounce_address(person: User) -> str:
    """Return the address to which mail servers report what they could not deliver to a person; empty if that is off."""
    return _address(settings.MAIL_BOUNCE_ADDRESS, person, "", 0) if settings.MAIL_BOUNCE_ADDRESS else ""


def is_known(address: str) -> bool:
    """Return whether email to an address can lead anywhere.

    It has a token that `read` reads, or none: then the headers of the email may name one that has.
    """
    if address.strip().lower() in _bases():
        return True
    return read(address) is not None


def read(address: str) -> Way | None:
    """Return where an address leads; None if it is not as we wrote it, or its person is gone or has another address."""
    return read_all([address])[0]


def read_all(addresses: Iterable[str]) -> list[Way | None]:
    """Return where each address leads, as `read` does, in one query, or none if all are malformed."""
    tokens = [_signed(address) for address in addresses]
    keys = {FORM.unpack(signed[: FORM.size])[1] for signed in tokens if signed is not None}
    people = User.objects.filter(is_active=True).exclude(email="").in_bulk(keys) if keys else {}
    return [_way(signed, people) if signed is not None else None for signed in tokens]


def _signed(address: str) -> bytes | None:
    """Return what the token of an address says with its signature, which nobody has checked; None without a token."""
    name, _plus, rest = address.strip().lower().partition("+")
    token, _at, domain = rest.partition("@")
    if f"{name}@{domain}" not in _bases() or len(token) != TOKEN_LENGTH:
        return None
    try:
        return base64.b32decode(token.upper())
    except (binascii.Error, ValueError):
        return None


def _bases() -> list[str]:
    """Return the addresses of the site that take email, without tokens."""
    return [base.lower() for base in (settings.MAIL_REPLY_ADDRESS, settings.MAIL_BOUNCE_ADDRESS) if base]


def _way(signed: bytes, people: Mapping[int, User]) -> Way | None:
    body, mark = signed[: FORM.size], signed[FORM.size :]
    days, key, target = FORM.unpack(body)
    person = people.get(key)
    if person is None:
        return None
    for kind in ("", *verbs.kinds_with_replies()):
        if constant_time_compare(mark, _mark(body, person, kind)):
            return Way(person, kind, target, EPOCH + timedelta(days=days))
    return None


def _address(base: str, person: User, kind: str, target: int) -> str:
    last_day = timezone.now().date() + LASTS
    body = FORM.pack((last_day - EPOCH).days, person.pk, target)
    token = base64.b32encode(body + _mark(body, person, kind)).decode().lower()
    name, domain = base.split("@")
    return f"{name}+{token}@{domain}"


def _mark(body: bytes, person: User, kind: str) -> bytes:
    """Return the signature, void once the person has another address."""
    signed = body + f"{kind} {person.email}".encode()
    return salted_hmac(SALT, signed, algorithm="sha256").digest()[:MARK_BYTES]
