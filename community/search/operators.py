"""Registry of what operators mean: each app registers those about its own rows. Dates and kinds are known here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community.search import language
from community.search.facts import fact

type Promised = str | Promise
type Narrow = Callable[[QuerySet], QuerySet]
type NarrowTogether = Callable[[tuple[tuple[str, str], ...], QuerySet], QuerySet]


SET = "yes"
"""What a form calls the value of a flag, which a query has none for."""


class Meaningless(Exception):
    """An operator has a value that means nothing; the message is the sentence for the person who wrote it."""


class Place(NamedTuple):
    """A page that is searched: its title as safe HTML, and its address."""

    title: SafeString
    url: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What an operator with a value asks for.

    `facts`: one of these tokens. `since` and `until`: on or after the one, before the other. `narrow`: a filter of
    posts. `asked`: what sources that are not indexed, such as runs, are asked for; `narrow_together`: a filter of posts
    by all that the query asks of them. `place`: the only page that is searched.
    """

    facts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    narrow: Narrow | None = None
    asked: tuple[str, str] | None = None
    narrow_together: NarrowTogether | None = None
    place: Place | None = None


class Typed(NamedTuple):
    """A field of a form, for those values of an operator that begin with a sign, which is not typed in it.

    Its name is in addresses, and differs from those of all operators unless it takes all values.
    """

    name: str
    label: Promised
    example: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An operator, its other names, and how its value is read; `read` raises Meaningless.

    `is_any`: of several values one is enough. A flag has a meaning without a value, which a form calls SET. `values`
    are what it takes, by each of their names, if there are few. `offers` are the label of its field in a form, and
    values with their words; `typed` are fields for values that are not among them.
    """

    name: str
    read: Callable[[str, Any], Clause]
    aliases: tuple[str, ...] = ()
    is_any: bool = True
    is_flag: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    offers: Callable[[], tuple[str, Sequence[tuple[str, str]]]] | None = None
    typed: tuple[Typed, ...] = ()

    @property
    def known(self) -> Mapping[str, str]:
        """The values that it has, by each of their names."""
        values = offered()[self.name][1] if self.offers else ()
        return {**{value.casefold(): value for value, _words in values}, **self.values}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the operators of a query ask for together. `problems` are sentences about those that were left out."""

    kinds: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    without_facts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    narrow: tuple[Narrow, ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    places: tuple[Place, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def place(self) -> Place | None:
        """The page that alone is searched."""
        return self.places[0] if len(self.places) == 1 else None


_meanings: dict[str, Meaning] = {}
_kinds: dict[str, str] = {}
_kind_words: dict[str, Promised] = {}


def register(*meanings: Meaning) -> None:
    _meanings.update({each.name: each for each in meanings})
    _offered.cache_clear()


def register_kind(name: str, words: Promised, *aliases: str) -> None:
    """Make `kind:name` known; `words` name several of it. Documents have the fact `("kind", name)`, if indexed."""
    _kinds.update(dict.fromkeys([name, *aliases], name))
    _kind_words[name] = words


def kind_words() -> dict[str, str]:
    """Return the kinds there are, with their words, in the order of their registration."""
    return {name: str(words) for name, words in _kind_words.items()}


def offered() -> Mapping[str, tuple[str, Sequence[tuple[str, str]]]]:
    """Return the operators that a form has a field for, with its label, and the values with their words."""
    return _offered(get_language())


def typed() -> Mapping[str, tuple[str, Typed]]:
    """Return the fields of a form in which values are typed, each with its operator, by their names."""
    return {field.name: (name, field) for name, each in _meanings.items() for field in each.typed}


def is_flag(name: str) -> bool:
    return name in _meanings and _meanings[name].is_flag


@cache
def _offered(language: str | None) -> Mapping[str, tuple[str, Sequence[tuple[str, str]]]]:
    """They are hundreds of words, translated once for each language instead of for each search."""
    return {name: each.offers() for name, each in _meanings.items() if each.offers}


def values_of(query: language.Query, name: str) -> list[str]:
    """Return the values that a query has for an operator, those of a few known ones by their first name."""
    found = [operator for operator in query.operators if operator.name == name and not operator.is_without]
    if is_flag(name):
        return [SET for _operator in found]
    known = _meanings[name].known if found else {}
    return [known.get(value.casefold(), value) for operator in found for value in separated(operator.value)]


def read(text: str) -> language.Query:
    """Read a query with the operators there are."""
    names = {name: each.name for each in _meanings.values() for name in (each.name, *each.aliases)}
    return language.read(text, names, frozenset(each.name for each in _meanings.values() if each.is_flag))


def of_kind(query: language.Query, kind: str) -> language.Query:
    """Return a query for one kind, or for all."""
    others = tuple(each for each in query.operators if each.name != KIND or each.is_without)
    return replace(query, operators=(*others, language.Operator(KIND, kind)) if kind else others)


def asked_by(query: language.Query, user: Any) -> Asked:
    """Find out what the operators of a query mean; those that mean nothing are left out with a sentence."""
    found = _Found()
    for operator in query.operators:
        try:
            found.add(operator, _clauses(operator, user))
        except Meaningless as reason:
            found.problems.append(str(reason))
    return found.asked()


def _clauses(operator: language.Operator, user: Any) -> list[Clause]:
    """Return a clause for each value of an operator, which are separated by commas."""
    values = separated(operator.value) or [""]
    return [_meanings[operator.name].read(value, user) for value in values[: language.MOST_OPERATORS]]


def separated(values: str) -> list[str]:
    return [value.strip() for value in re.split(f"[{language.SEPARATORS.strip()}]", values) if value.strip()]


@dataclass
class _Found:
    any_of: dict[str, list[str]] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    facts: list[tuple[str, ...]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    ranges: list[Clause] = field(default_factory=list)
    narrow: list[Narrow] = field(default_factory=list)
    asked_for: list[tuple[str, str]] = field(default_factory=list)
    together: list[NarrowTogether] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, operator: language.Operator, clauses: Iterable[Clause]) -> None:
        for clause in clauses:
            if operator.is_without:
                self._exclude(operator, clause)
            else:
                self._include(operator, clause)

    def _exclude(self, operator: language.Operator, clause: Clause) -> None:
        if not clause.facts or clause.narrow or clause.narrow_together:
            raise Meaningless(_("“%(name)s:” cannot be excluded.") % {"name": operator.name})
        self.without += clause.facts

    def _include(self, operator: language.Operator, clause: Clause) -> None:
        if operator.name == KIND:
            self.kinds.append(operator_kind(clause))
        elif clause.facts and _meanings[operator.name].is_any:
            self.any_of.setdefault(operator.name, []).extend(clause.facts)
        elif clause.facts:
            self.facts.append(clause.facts)
        if clause.since or clause.until:
            self.ranges.append(clause)
        if clause.narrow:
            self.narrow.append(clause.narrow)
        if clause.asked:
            self.asked_for.append(clause.asked)
        if clause.narrow_together:
            self.together.append(clause.narrow_together)
        if clause.place:
            self.places.append(clause.place)

    def asked(self) -> Asked:
        asked = tuple(dict.fromkeys(self.asked_for))
        return Asked(
            kinds=tuple(dict.fromkeys(self.kinds)),
            facts=tuple(dict.fromkeys([*map(tuple, self.any_of.values()), *self.facts])),
            without_facts=tuple(dict.fromkeys(self.without)),
            since=max((each.since for each in self.ranges if each.since), default=None),
            until=min((each.until for each in self.ranges if each.until), default=None),
            narrow=(*self.narrow, *(partial(each, asked) for each in dict.fromkeys(self.together))),
            asked=asked,
            places=tuple(dict.fromkeys(self.places)),
            problems=tuple(dict.fromkeys(self.problems)),
        )


# === Kinds and dates ===

KIND = "kind"
FIRST_YEAR, LAST_YEAR = 1900, 2200
DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")


def operator_kind(clause: Clause) -> str:
    """Return the kind that a clause of `kind:` names."""
    return clause.asked[1] if clause.asked else ""


def _kind(value: str, user: Any) -> Clause:
    name = _kinds.get(value.casefold())
    if name is None:
        known = ", ".join(dict.fromkeys(_kinds.values()))
        raise Meaningless(
            _("There is no kind “%(value)s”, so it was left out. Kinds are: %(known)s.")
            % {"value": value, "known": known}
        )
    return Clause(facts=(fact(KIND, name),), asked=(KIND, name))


def _after(value: str, user: Any) -> Clause:
    return Clause(since=day(value))


def _before(value: str, user: Any) -> Clause:
    return Clause(until=day(value))


def day(value: str) -> date:
    """Return the day that a value names, or the first of its month or year. Raises Meaningless."""
    found = DAY.fullmatch(value)
    if found is None:
        raise _no_date(value)
    year, month, number = (int(part or 1) for part in found.groups())
    try:
        named = date(year, month, number)
    except ValueError as error:
        raise _no_date(value) from error
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _no_date(value)
    return named


def _no_date(value: str) -> Meaningless:
    sentence = _("“%(value)s” is no date, so it was left out. Write a date as 2026-11-05, 2026-11 or 2026.")
    return Meaningless(sentence % {"value": value})


register(
    Meaning(KIND, _kind, ("type", "类型", "种类"), values=_kinds),
    Meaning("after", _after, ("since", "晚于", "之后", "从")),
    Meaning("before", _before, ("until", "早于", "之前")),
)
