"""The calendar of a year: drawn for the eye, and as a table of months."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext

from community.common.drawn import kept
from community.common.templatetags.ui import number

WEEKS = 53
CELL, STEP = 11, 13  # pixels
LEFT, TOP = 38, 20
WIDTH, HEIGHT = LEFT + WEEKS * STEP, TOP + 7 * STEP
LABELLED = (0, 2, 4)  # days of a week, from Monday on
MONTHS_APART = 3  # weeks between two names of months
SHADES = {1: "1", 2: "2–3", 4: "4–6", 7: "7+"}  # by the number of contributions from which a day has it


class Month(NamedTuple):
    """The contributions of a month, one number for each kind."""

    name: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Year:
    """53 weeks of contributions, of which the last has not ended. `days` has those with any, in order."""

    days: Mapping[date, Sequence[int]]
    today: date

    @property
    def total(self) -> int:
        return sum(map(sum, self.days.values()))

    @property
    def summary(self) -> str:
        told = ngettext("%(total)s contribution", "%(total)s contributions", self.total)
        return told % {"total": number(self.total)}

    @property
    def svg(self) -> SafeString:
        """The drawing. It is kept for everybody who sees the same days in the same language."""
        shown = {day.isoformat(): sum(counts) for day, counts in self.days.items()}
        return mark_safe(kept(_drawn, json.dumps(shown), self.today.isoformat(), get_language()))

    @property
    def months(self) -> list[Month]:
        """The months with contributions, the newest first."""
        found: dict[date, list[Sequence[int]]] = {}
        for day, counts in self.days.items():
            found.setdefault(day.replace(day=1), []).append(counts)
        return [_month(first, found[first]) for first in sorted(found, reverse=True)]

    @property
    def shades(self) -> list[tuple[int, str]]:
        """Each shade with the numbers of contributions that it stands for."""
        return list(enumerate(SHADES.values(), 1))


def year_until(today: date, days: Mapping[str, Sequence[int]]) -> Year:
    """Return the year that ends today, of contributions by ISO date."""
    begins = _begin(today)
    found = {date.fromisoformat(day): counts for day, counts in sorted(days.items())}
    return Year({day: counts for day, counts in found.items() if begins <= day <= today}, today)


def _month(first: date, days: Sequence[Sequence[int]]) -> Month:
    counts = tuple(map(sum, zip(*days, strict=True)))
    return Month(date_format(first, "YEAR_MONTH_FORMAT"), counts, sum(counts))


def _begin(today: date) -> date:
    """Return the Monday on which the first of the weeks begins."""
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def _drawn(days: str, until: str, _language: str) -> str:
    counts, today = json.loads(days), date.fromisoformat(until)
    begins = _begin(today)
    places = list(_places(begins, today))
    empty = "".join(f"M{x} {y}h{CELL}v{CELL}h-{CELL}z" for day, x, y in places if day.isoformat() not in counts)
    cells = (_cell(day, x, y, counts[day.isoformat()]) for day, x, y in places if day.isoformat() in counts)
    parts = [f'<path class="shade-0" d="{empty}"/>', *cells, *_names_of_days(begins), *_names_of_months(begins)]
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg {size} aria-hidden="true" focusable="false">{"".join(parts)}</svg>'


def _places(begins: date, today: date) -> Iterator[tuple[date, int, int]]:
    """Yield each day with the place of its cell: a column a week, a row a day of the week."""
    for place in range((today - begins).days + 1):
        yield begins + timedelta(days=place), LEFT + place // 7 * STEP, TOP + place % 7 * STEP


def _cell(day: date, x: int, y: int, count: int) -> str:
    shade = sum(count >= least for least in SHADES)
    told = conditional_escape(f"{date_format(day, 'DATE_FORMAT')}: {number(count)}")
    return f'<rect class="shade-{shade}" x="{x}" y="{y}" width="{CELL}" height="{CELL}"><title>{told}</title></rect>'


def _names_of_days(monday: date) -> Iterator[str]:
    for place in LABELLED:
        name = conditional_escape(date_format(monday + timedelta(days=place), "D"))
        yield f'<text x="0" y="{TOP + place * STEP + CELL - 1}">{name}</text>'


def _names_of_months(begins: date) -> Iterator[str]:
    """Yield the name of each month above its first whole week, unless it would run into the next."""
    weeks = [begins + timedelta(weeks=week) for week in range(WEEKS)]
    places = [week for week, monday in enumerate(weeks) if monday.day <= 7 or week == 0]
    for place, after in zip(places, [*places[1:], WEEKS + MONTHS_APART], strict=True):
        if after - place >= MONTHS_APART:
            name = conditional_escape(date_format(weeks[place], "M"))
            yield f'<text x="{LEFT + place * STEP}" y="{TOP - 8}">{name}</text>'
