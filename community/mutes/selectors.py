"""What is between a reader and other people: whom they muted or blocked, and who blocked them.

A request of a member knows from its session whether there is anything at all (`has_mutes`). Only then a page asks,
once, for the people on it; so a page costs the same for somebody who muted a thousand people or was blocked by ten
thousand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import In

from community.accounts.models import User
from community.common.prepared import Prepared, place, place_of_key
from community.common.subqueries import not_looked_up
from community.mutes.models import Mute

MUTED, BLOCKED = "mute", "block"
OWN = {1: MUTED, 2: BLOCKED}

type Reader = User | AnonymousUser | None


class Standing(NamedTuple):
    """What is between a reader and somebody else.

    `own` is what the reader did: MUTED, BLOCKED or nothing. `is_apart`: one of them blocked the other, so that neither
    can reach the other.
    """

    own: str = ""
    is_apart: bool = False

    @property
    def is_hidden(self) -> bool:
        """Whether pages hide what the other writes."""
        return bool(self.own) or self.is_apart


NOTHING = Standing()


def has_mutes() -> Combinable:
    """Match people who muted or blocked anybody, or are blocked by anybody."""
    return Case(When(_any_of(OuterRef("pk")), then=Value(True)), default=Value(False))


def _any_of(person: OuterRef) -> Q:
    """Match people with a mute; each of the two is looked up on an index of its own."""
    return Exists(Mute.objects.filter(person=person)) | Exists(Mute.objects.blocks().filter(other=person))


def meets_everybody(reader: Reader) -> bool:
    """Return whether no page of this reader hides anything, without a query if the session told."""
    return reader is None or not reader.is_authenticated or told_of_none(reader)


def has_none(reader: User) -> bool:
    """Return the same for somebody of whom no session told: a query."""
    return not User.objects.filter(_any_of(OuterRef("pk")), pk=reader.pk).exists()


def standings(reader: Reader, keys: Iterable[int]) -> dict[int, Standing]:
    """Return what is between a reader and those of these people with whom there is something, in one query or none."""
    if reader is None or not reader.is_authenticated or told_of_none(reader):
        return {}
    wanted = sorted(set(keys) - {reader.pk})
    if not wanted:
        return {}
    found: dict[int, Standing] = {}
    given = {f"person{n}": key for n, key in enumerate(wanted)}
    for key, own, is_apart in _among(len(wanted)).run(reader=reader.pk, **given):
        before = found.get(key, NOTHING)
        found[key] = Standing(OWN.get(own, before.own), before.is_apart or bool(is_apart))
    return found


def standing(reader: Reader, person: User) -> Standing:
    return standings(reader, [person.pk]).get(person.pk, NOTHING)


def hidden_among(reader: Reader, keys: Iterable[int]) -> frozenset[int]:
    """Return those of these people whose threads and posts pages hide from this reader."""
    return frozenset() if meets_everybody(reader) else frozenset(standings(reader, keys))


def unreached_by(actor: User, people: Collection[int]) -> set[int]:
    """Return those of these people who are told of nothing that this person does."""
    muting = Mute.objects.filter(other=actor, person__in=people).values_list("person")
    blocked = Mute.objects.blocks().filter(person=actor, other__in=people).values_list("other")
    return {key for (key,) in muting.union(blocked)}


def unmet(readers: Collection[int], authors: QuerySet | Collection[int]) -> dict[int, frozenset[int]]:
    """Return those of these authors whom each of these readers muted, blocked or is blocked by; readers without any are
    left out."""
    own = Mute.objects.filter(person__in=readers, other__in=authors).values_list("person", "other")
    theirs = Mute.objects.blocks().filter(other__in=readers, person__in=authors).values_list("other", "person")
    found: dict[int, frozenset[int]] = defaultdict(frozenset)
    for reader, author in own.union(theirs):
        found[reader] |= {author}
    return found


def met_by(reader: Reader, *authors: str) -> Q:
    """Match rows none of whose authors, named by their columns, this reader muted, blocked or is blocked by.

    It is looked up row by row: for rows that are read by page.
    """
    if reader is None or not reader.is_authenticated or told_of_none(reader):
        return Q()
    found = Q()
    for author in authors:
        found &= not_looked_up(Mute.objects.filter(person=reader, other=OuterRef(author)))
        if not reader.is_staff:
            found &= not_looked_up(Mute.objects.blocks().filter(person=OuterRef(author), other=reader))
    return found


def any_reader(*, is_sifted: bool) -> User:
    """Return a reader for a query that is prepared for all, with the place `reader`: for those who meet everybody, or
    for the others.
    """
    reader = User(pk=place_of_key("reader"))
    if not is_sifted:
        reader.__dict__["has_mutes"] = False
    return reader


def ask_again(person: User) -> None:
    """Forget what the session of this request told, which is no longer so."""
    person.__dict__.pop("has_mutes", None)


def told_of_none(reader: User | AnonymousUser) -> bool:
    """Return whether the session told that there is nothing."""
    return not getattr(reader, "has_mutes", True)


@lru_cache(maxsize=200)
def _among(count: int) -> Prepared:
    """Return a query for people, what the reader did (see OWN), and whether a block is between them."""
    people = [place(f"person{n}") for n in range(count)]
    own = Mute.objects.filter(In(F("other_id"), people), person=place("reader"))
    did = Case(When(is_block=True, then=Value(2)), default=Value(1))
    apart = Case(When(is_block=True, person__is_staff=False, other__is_staff=False, then=Value(1)), default=Value(0))
    theirs = Mute.objects.blocks().filter(In(F("person_id"), people), other=place("reader"))
    blocked_by = theirs.values_list("person_id", Value(0), Value(1))
    return Prepared(lambda: own.values_list("other_id", did, apart).union(blocked_by, all=True), keeps_plan=False)
