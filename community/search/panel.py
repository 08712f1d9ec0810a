"""The form beside the box: each of its fields stands for an operator of the query, which is all that an address has."""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Panel:
    """The fields of a query, by operator, and what they offer. `used` is how many have a value."""

    values: Mapping[str, str]

    @property
    def used(self) -> int:
        return sum(1 for value in self.values.values() if value)

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
    def of_runs_html(self) -> SafeString:
        """They have hundreds of options: what is drawn is kept while none is chosen, which is nearly always."""
        is_any = any(self.values[name] for name in operators.offered())
        return (render_to_string if is_any else draw)("search/run_fields.html", {"fields": self.of_runs})

    def _options(self, name: str, words: Mapping[str, str]) -> tuple[Option, ...]:
        """Return what a field offers; a combination that only the box can write is one more."""
        chosen = self.values[name]
        offered = dict(words)
        if chosen and chosen not in offered:
            offered[chosen] = pgettext("list", ", ").join(words.get(each, each) for each in chosen.split(","))
        return tuple(Option(value, each, value == chosen) for value, each in offered.items())


def panel_of(query: Query) -> Panel:
    return Panel({name: _value(query, name) for name in (*OURS, *operators.offered())})


def _value(query: Query, name: str) -> str:
    values = operators.values_of(query, name)
    if name == "has":
        values.sort(key=["run", "formula"].index if {*values} <= {"run", "formula"} else None)
    if name in DATES:
        return _iso(values[-1]) if values else ""
    return ",".join(dict.fromkeys(values))


def _iso(value: str) -> str:
    """Return a date as a form has it; none for what is no date."""
    try:
        return operators.day(value).isoformat()
    except Meaningless:
        return ""


def tidy_address(given: Mapping[str, str]) -> str:
    """Return the address that a form should have led to; empty for an address that is no form's."""
    if PLACE in given:
        query = operators.read(one_line(given.get("q", "")))
        others = tuple(each for each in query.operators if each.name != PLACE)
        return address(replace(query, operators=(*others, Operator(PLACE, one_line(given[PLACE])))))
    if BEFORE not in given:
        return ""
    query, before = (operators.read(one_line(given.get(name, ""))) for name in ("q", BEFORE))
    old = panel_of(before).values
    shown = [name for name in old if name in OURS or name in given]
    changed = {name: value for name in shown if (value := one_line(given.get(name, ""))) != old[name]}
    kept = tuple(each for each in query.operators if each.name not in changed or each.is_without)
    new = tuple(Operator(name, value) for name, value in changed.items() if value)
    return address(replace(query, operators=(*kept, *new)), given.get("sort", ""))


def address(query: Query, order: str = "") -> str:
    """Return the address of a search."""
    return address_of_text(language.written(query), order)


def address_of_text(text: str, order: str = "") -> str:
    given = {name: value for name, value in (("q", text), ("sort", order)) if value}
    return reverse("search:results") + (f"?{urlencode(given)}" if given else "")


def without(query: Query, operator: Operator) -> Query:
    return replace(query, operators=tuple(each for each in query.operators if each is not operator))
