"""Sessions in Django's table, read together with the person they belong to: one query for each request of a member.

A session's data names the person, but is signed text that the database cannot join. So each process remembers whose a
session was when it was read last. That is only where to look: the session and the person are read anew each time, and
the session's own data decide whether they belong together.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from threading import Lock
from typing import Any

from cachetools import FIFOCache
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db.models import QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.utils import timezone

from community.accounts.models import User
from community.common.prepared import Prepared, place

MOST_REMEMBERED = 20_000
_people: FIFOCache[str, int] = FIFOCache(MOST_REMEMBERED)
_remembering = Lock()
_columns: dict[str, Combinable] = {}
_request_session: ContextVar[SessionStore | None] = ContextVar("request_session", default=None)


def read_with_person(name: str, value: Combinable) -> None:
    """Read one more value with a signed-in person, as an attribute of `request.user`; `OuterRef` means the person."""
    _columns[name] = value
    _query.cache_clear()


class SessionStore(db.SessionStore):
    """Session whose `person`, once its data is loaded, is the person in it, or None if they were not read together."""

    person: User | None = None

    def load(self) -> dict[str, Any]:
        found = self._load_with_person()
        if found is not None:
            return found
        data = super().load()
        if SESSION_KEY not in data or not self.session_key:
            return data
        with _remembering:
            _people[self.session_key] = int(data[SESSION_KEY])
        return self._load_with_person() or data

    def _load_with_person(self) -> dict[str, Any] | None:
        """Return the session's data and set its `person`; None if this process does not know whose it is."""
        self.person = None
        found = _find(self.session_key or "")
        if found is None:
            return None
        data = self.decode(found.session_data)  # type: ignore[attr-defined]
        if data.get(SESSION_KEY) != str(found.pk):
            return None
        self.person = found
        return data

    def _get_session_from_db(self) -> Any:
        """Return the row as Django does, which puts the text of its query together each time."""
        rows = _session().run(session=self.session_key, now=timezone.now())
        if not rows:
            self._session_key = None
            return None
        return rows[0]


@contextmanager
def authenticating(session: SessionStore) -> Iterator[None]:
    """Let `person` return the person of this session for as long as the block takes."""
    token = _request_session.set(session)
    try:
        yield
    finally:
        _request_session.reset(token)


def person(key: int) -> User | None:
    """Return the person with this key if the session being authenticated was read together with them."""
    session = _request_session.get()
    found = session.person if session is not None else None
    return found if found is not None and found.pk == key else None


def _find(session_key: str) -> User | None:
    key = _people.get(session_key)
    if key is None:
        return None
    rows = _query().run(person=key, session=session_key, now=timezone.now())
    return next((person for person in rows if person.session_data is not None), None)


def _sessions() -> QuerySet:
    sessions = db.SessionStore.get_model_class().objects
    return sessions.filter(session_key=place("session"), expire_date__gt=place("now"))


@cache
def _session() -> Prepared:
    return Prepared(_sessions)


@cache
def _query() -> Prepared:
    columns = {"session_data": Subquery(_sessions().values("session_data")), **_columns}
    return Prepared(lambda: User.objects.filter(pk=place("person")).annotate(**columns))
