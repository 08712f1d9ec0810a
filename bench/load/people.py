"""People, their addresses, and sessions of people who are signed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from bench.load.rows import Rows
from community.accounts import handles
from community.accounts.models import User


def write_people(names: Sequence[str], *, joined: datetime) -> list[int]:
    """Write a person with a confirmed address for each handle. Returns their keys, in order."""
    people = Rows(User, "id", "handle", "handle_key", "handle_skeleton", "email", "password", "date_joined")
    addresses = Rows(EmailAddress, "id", "user_id", "email", "verified", "primary")
    keys = []
    for name in names:
        key, email = people.next_pk(), f"{name}@example.org"
        people.add(key, name, handles.fold(name), handles.skeleton(name), email, "!bench", joined)
        addresses.add(addresses.next_pk(), key, email, True, True)
        keys.append(key)
    people.write()
    addresses.write()
    return keys


def session_of(user: User) -> str:
    """Sign a person in and return the session's key, the value of the session cookie."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp()}]
    store.save()
    return store.session_key
