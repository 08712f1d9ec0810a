"""The form beside the box: each of its fields stands for a part of the query, which is all that an address has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.common.drawn import draw
from community.common.text import one_line
from community.search import language, operators
from community.search.language import Operator, Query
from community.search.operators import KIND, Meaningless

OURS = (KIND, "is", "tag", "by", "lang", "after", "before", "has", "score")
SCORES = (1, 5, 10)
DATES = frozenset({"after", "before"})
EXACT, WITHOUT = "exact", "without"
QUOTED = re.compile(r'["“]([^"“”]*)["”]')
WORD = re.compile(rf'{QUOTED.pattern}|([^\s"“”]+)')
PLACE = "in"  # of the box on a page that is searched alone
BEFORE = "was"
"""The parameter with the query that a form was made for: which of its fields have been changed since is seen by it."""


class Option(NamedTuple):
    value: str
    words: str
    is_chosen: bool


class Field(NamedTuple):
    name: str
    label: str
    options: tuple[Option, ...]


class TypedField(NamedTuple):
    name: str
    label: str
    value: str
    example: str
    is_number: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """The values of the fields of a query, by their names, and what they offer. `used` is how many have a value."""

    values: Mapping[str, str]

    @property
    def used(self) -> int:
        return sum(1 for value in self.values.values() if value)

    @property
    def is_of_runs(self) -> bool:
        """Whether runs are what is looked for."""
        return "run" in self.values[KIND].split(",") or any(self.values[name] for name in _fields_of_others())

    @property
    def kinds(self) -> tuple[Option, ...]:
        return self._options(KIND, operators.kind_words())

    @property
    def states(self) -> tuple[Option, ...]:
        words = {"solved": _("Solved"), "unsolved": _("Not solved")}
        return self._options("is", words)

    @property
    def languages(self) -> tuple[Option, ...]:
        return self._options("lang", {"en": "English", "zh": "中文"})

    @property
    def things(self) -> tuple[Option, ...]:
        words = {"run": _("A run"), "formula": _("A formula"), "run,formula": _("A run and a formula")}
        return self._options("has", words)

    @property
    def scores(self) -> tuple[Option, ...]:
        words = {str(least): _("%(count)d or more") % {"count": least} for least in SCORES}
        return self._options("score", words)

    @property
    def of_runs(self) -> tuple[Field, ...]:
        """The fields that other apps have for what a run is made of."""
        fields = operators.offered().items()
        return tuple(Field(name, label, self._options(name, dict(values))) for name, (label, values) in fields)

    @property
    def typed_of_runs(self) -> tuple[TypedField, ...]:
        return tuple(
            TypedField(each.name, str(each.label), self.values[each.name], each.example, is_number=bool(each.sign))
            for _operator, each in operators.typed().values()
        )

    @property
    def of_runs_html(self) -> SafeString:
        """They have hundreds of options: what is drawn is kept while none is chosen, which is nearly always."""
        is_any = any(self.values[name] for name in _fields_of_others())
        shown = {"fields": self.of_runs, "typed": self.typed_of_runs}
        return (render_to_string if is_any else draw)("search/run_fields.html", shown)

    def _options(self, name: str, words: Mapping[str, str]) -> tuple[Option, ...]:
        """Return what a field offers; a combination that only the box can write is one more."""
        chosen = self.values[name]
        offered = dict(words)
        if chosen and chosen not in offered:
            offered[chosen] = pgettext("list", ", ").join(words.get(each, each) for each in chosen.split(","))
        return tuple(Option(value, each, value == chosen) for value, each in offered.items())


def panel_of(query: Query) -> Panel:
    return Panel({name: _value(query, name) for name in (EXACT, WITHOUT, *OURS, *_fields_of_others())})


def _fields_of_others() -> list[str]:
    return [*operators.offered(), *operators.typed()]


def _value(query: Query, name: str) -> str:
    if name == EXACT:
        return query.phrases[0] if len(query.phrases) == 1 else " ".join(f'"{each}"' for each in query.phrases)
    if name == WITHOUT:
        return " ".join(map(language.quoted, query.without))
    operator, sign = _meant_by(name)
    values = [value for value in operators.values_of(query, operator) if _field_for(operator, value) == name]
    if name == "has":
        values.sort(key=["run", "formula"].index if {*values} <= {"run", "formula"} else None)
    if name in DATES:
        return _iso(values[-1]) if values else ""
    return ",".join(dict.fromkeys(value.removeprefix(sign).lstrip("= ") if sign else value for value in values))


def _meant_by(name: str) -> tuple[str, str]:
    """Return the operator of a field, and the sign that its values begin with."""
    operator, typed = operators.typed().get(name, (name, None))
    return operator, typed.sign if typed else ""


def _field_for(operator: str, value: str) -> str:
    """Return the field for an operator with a value."""
    fields = (field for name, field in operators.typed().values() if name == operator and value.startswith(field.sign))
    return next((field.name for field in fields), operator)


def _iso(value: str) -> str:
    """Return a date as a form has it; none for what is no date."""
    try:
        return operators.day(value).isoformat()
    except Meaningless:
        return ""


def tidy_address(given: Mapping[str, str]) -> str:
    """Return the address that a form should have led to; empty for an address that is no form's.

    What was written stays as it is if no field changes it, with all that the page of results has to say about it.
    """
    written = one_line(given.get("q", ""))[: language.LONGEST + 2]
    if PLACE in given:
        query = operators.read(written)
        if query.problems and not any(each.name == PLACE for each in query.operators):
            return address_of_text(f"{PLACE}:{one_line(given[PLACE])} {written}")
        others = tuple(each for each in query.operators if each.name != PLACE)
        return address(replace(query, operators=(*others, Operator(PLACE, one_line(given[PLACE])))))
    if BEFORE not in given:
        return ""
    query, before = (operators.read(one_line(given.get(name, ""))) for name in ("q", BEFORE))
    old = panel_of(before).values
    shown = [name for name in old if name in OURS or name in given]
    changed = {name: value for name in shown if (value := one_line(given.get(name, ""))) != old[name]}
    if query.problems and not changed:
        return address_of_text(written, given.get("sort", ""))
    for name, value in changed.items():
        query = _changed(query, name, value)
    return address(query, given.get("sort", ""))


def _changed(query: Query, name: str, value: str) -> Query:
    """Return a query with what is in a field in the place of what was."""
    if name == EXACT:
        return replace(query, phrases=_stripped([*QUOTED.findall(value), QUOTED.sub(" ", value)]))
    if name == WITHOUT:
        words = (word[1] or (word[2] or "").lstrip("-") for word in WORD.finditer(value))
        return replace(query, without=_stripped(words))
    operator, sign = _meant_by(name)
    kept = (each for each in query.operators if each.is_without or _field_for(each.name, each.value) != name)
    written = "" if operators.is_flag(operator) else sign + value.removeprefix(sign)
    return replace(query, operators=(*kept, *([Operator(operator, written)] if value else [])))


def _stripped(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip('"“” ') for each in words)))


def address(query: Query, order: str = "") -> str:
    """Return the address of a search."""
    return address_of_text(language.written(query), order)


def address_of_text(text: str, order: str = "") -> str:
    given = {name: value for name, value in (("q", text), ("sort", order)) if value}
    return reverse("search:results") + (f"?{urlencode(given)}" if given else "")


def without(query: Query, operator: Operator) -> Query:
    return replace(query, operators=tuple(each for each in query.operators if each is not operator))
