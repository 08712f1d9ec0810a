"""Comparisons of runs: their permanent address, `/compare/?runs=A,B`, and what its page shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bpsandbox import api
from community.common.errors import TooManyRequests
from community.common.page_cache import expires_in
from community.content.models import Post
from community.content.querysets import Reader

from . import topics
from .access import POST
from .rates import ZOOMING
from .selectors import GalleryItem, gallery_items, posts_by_id, recent

HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
PATH = re.compile(r"[a-z_0-9.]{1,60}")
MOST_HIDDEN = 30
LONGEST = 1000
"""How many characters of an address are read."""
SHOWN_LETTERS = 40
FIELDS = ("runs", "curve", "x", "scale", "from", "to", "settings", "hide", "sort")
"""Fields of an address that a comparison reads."""
SUGGESTIONS = 8
SORTS = {
    "final": gettext_lazy("Final, median"),
    "seeds": gettext_lazy("Seeds"),
    "diverged": gettext_lazy("Diverged"),
    "parameters": gettext_lazy("Parameters"),
}
"""What the table of runs can be sorted by; a minus before it puts the largest first."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for. `problems` are sentences about the parts of it that cannot be read.

    `every`: settings that are equal are shown too; `hidden` are the paths of those that are not. `sort` is one of
    SORTS, with a minus for the largest first; empty for the order of the address.
    """

    hashes: tuple[str, ...] = ()
    curve: str = ""
    by_step: bool = False
    log: bool = True
    range: api.Look = field(default_factory=api.Look)
    every: bool = False
    hidden: tuple[str, ...] = ()
    sort: str = ""
    problems: tuple[str, ...] = ()

    @property
    def is_tampered(self) -> bool:
        return bool(self.problems)

    def url(self, **changes: Any) -> str:
        """Return the address with changes; what is the default is left out."""
        asked = replace(self, **changes)
        more = {
            "curve": asked.curve, "x": "steps" * asked.by_step, "scale": "linear" * (not asked.log),
            "from": asked.range.start, "to": asked.range.end,
            "settings": "all" * asked.every, "hide": ",".join(asked.hidden), "sort": asked.sort,
        }  # fmt: skip
        query = urlencode({name: value for name, value in more.items() if value not in ("", None)}, safe=",")
        return address(asked.hashes) + (f"&{query}" if query else "")


def together(given: QueryDict) -> str:
    """Return the permanent address of runs that are named one by one; empty if they are named at once."""
    parts = given.getlist("runs")
    if len(parts) < 2:
        return ""
    more = {name: given[name] for name in FIELDS if name != "runs" and name in given}
    return address([",".join(parts)]) + (f"&{urlencode(more, safe=',')}" if more else "")


def address(parts: Iterable[str]) -> str:
    """Return the permanent address of a comparison of these runs, in this order."""
    return f"{reverse('experiments:compare')}?runs={quote(','.join(parts), safe=',')}"


def asked_for(given: Mapping[str, str]) -> Asked:
    """Read the query of an address."""
    text = given.get("runs", "")
    parts = [part.strip() for part in text[:LONGEST].split(",") if part.strip()]
    hashes = list(dict.fromkeys(part for part in parts if HASH.fullmatch(part)))
    wrong = next((part for part in parts if not HASH.fullmatch(part)), None)
    hidden = list(dict.fromkeys(filter(PATH.fullmatch, given.get("hide", "").split(","))))
    problems = [told for told in (too_many(hashes), _too_many_hidden(hidden)) if told]
    if len(text) > LONGEST:
        problems = [_("This address is too long: at most %(count)d runs can be compared.") % {"count": api.MOST_RUNS}]
    elif wrong is not None:
        shown = wrong if len(wrong) <= SHOWN_LETTERS else f"{wrong[:SHOWN_LETTERS]}…"
        problems.insert(0, _("“%(part)s” is not the address of a run: it has 32 digits from 0 to f.") % {"part": shown})
    return Asked(
        tuple(hashes[: api.MOST_RUNS]),
        curve=given.get("curve", "")[:SHOWN_LETTERS],
        by_step=given.get("x") == "steps",
        log=given.get("scale") != "linear",
        range=api.look_of({name: given.get(name, "") for name in ("from", "to")}, ()),
        every=given.get("settings") == "all",
        hidden=tuple(hidden[:MOST_HIDDEN]),
        sort=sort if (sort := given.get("sort", "")).removeprefix("-") in SORTS else "",
        problems=tuple(problems),
    )


def too_many(hashes: Sequence[str]) -> str:
    """Return a sentence if these are more runs than can be compared; empty if not."""
    if len(hashes) <= api.MOST_RUNS:
        return ""
    return _("At most %(count)d runs can be compared. These are the first.") % {"count": api.MOST_RUNS}


def _too_many_hidden(paths: Sequence[str]) -> str:
    if len(paths) <= MOST_HIDDEN:
        return ""
    return _("At most %(count)d settings can be hidden. The others are shown.") % {"count": MOST_HIDDEN}


def chosen(texts: Sequence[str]) -> str:
    """Return the address of the runs that a form names, each by its hash or by an address that contains it.

    A text without a run stays in the address, whose page then says so.
    """
    parts: list[str] = []
    for text in texts[: 4 * api.MOST_RUNS]:
        found = hashes_in([text])
        parts += found or ([text.strip().replace(",", " ")[: SHOWN_LETTERS + 1]] if text.strip() else [])
    return address(dict.fromkeys(parts))


def hashes_in(texts: Sequence[str]) -> list[str]:
    """Return the hashes in some fields of a form, each once."""
    return list(
        dict.fromkeys(found for text in texts[: 4 * api.MOST_RUNS] for found in HASH.findall(text[:LONGEST].lower()))
    )


@dataclass(frozen=True)
class Shown:
    """A compared run with the post that shows it, and the addresses of the comparison without it and led by it.

    `result` has its final values; None if it has no such curve.
    """

    run: api.ComparedRun
    result: Any
    post: Post | None
    without: str
    leading: str

    @property
    def findings(self) -> list[tuple[str, str]]:
        """Return kind and title of what was found in it."""
        document = self.run.document
        found = document.known_findings if document else ()
        return [(kind, api.value_words("finding", kind)) for kind in dict.fromkeys(each.kind for each in found)]

    @property
    def median(self) -> float | None:
        """Return the final value of the curve; None if there is none, or none that is finite."""
        return self.result.median if self.result else None

    def value(self, sort: str) -> float | None:
        """Return what the table is sorted by; None for what has no place in it."""
        if sort == "parameters":
            return self.run.card.facts.get("parameters")
        if self.result is None:
            return None
        return {"final": self.median, "seeds": len(self.result.finals), "diverged": self.result.diverged}[sort]

    @property
    def url(self) -> str:
        query = f"?post={self.post.pk}" if self.post else ""
        return reverse("experiments:run", args=[self.run.card.spec_hash]) + query


@dataclass(frozen=True)
class ComparePage:
    asked: Asked
    comparison: api.RunComparison
    shown: tuple[Shown, ...]
    problems: tuple[str, ...]
    suggestions: tuple[GalleryItem, ...] = ()
    is_coarse: bool = False

    @property
    def sorted(self) -> list[Shown]:
        """Return the runs in the order of their table; those without the value come last."""
        sort = self.asked.sort.removeprefix("-")
        if not sort:
            return list(self.shown)
        known = [(value, each) for each in self.shown if (value := each.value(sort)) is not None]
        known.sort(key=itemgetter(0), reverse=self.asked.sort.startswith("-"))
        return [*(each for _value, each in known), *(each for each in self.shown if each.value(sort) is None)]

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """Return words, address and direction of each column that sorts the table; pressed again, it turns around."""
        asked = self.asked.sort
        directions = {asked.removeprefix("-"): "descending" if asked.startswith("-") else "ascending"}
        return [
            (str(words), self.asked.url(sort=f"-{name}" if asked == name else name), directions.get(name, ""))
            for name, words in SORTS.items()
        ]

    @property
    def settings(self) -> list[tuple[Any, str]]:
        """Return the settings that are shown, each with the address that hides it."""
        return [
            (row, self.asked.url(hidden=(*self.asked.hidden, row.path)))
            for row in self._settings
            if row.path not in self.asked.hidden
        ]

    @property
    def hidden_settings(self) -> list[tuple[Any, str]]:
        """Return those that the address hides, each with the address that shows it."""
        return [
            (row, self.asked.url(hidden=tuple(path for path in self.asked.hidden if path != row.path)))
            for row in self._settings
            if row.path in self.asked.hidden
        ]

    @property
    def _settings(self) -> tuple[Any, ...]:
        return self.comparison.every_setting if self.asked.every else self.comparison.differences

    @property
    def equal_address(self) -> str:
        """Return the address that shows settings that are equal too, or hides them again."""
        return self.asked.url(every=not self.asked.every)

    @property
    def whole_address(self) -> str:
        return self.asked.url(range=api.Look())

    @property
    def has_no_points(self) -> bool:
        """Return whether a range was asked for in which no run has two points."""
        return self.asked.range.is_zoomed and bool(self.comparison.curve) and not self.comparison.look.is_zoomed

    @property
    def status(self) -> int:
        if self.asked.is_tampered and not self.shown:
            return 400
        return 404 if self.asked.hashes and not self.shown else 200

    @property
    def has_same_titles(self) -> bool:
        """Return whether titles do not tell the runs apart."""
        return len({each.run.shown_title for each in self.shown}) < len(self.shown)

    @property
    def is_full(self) -> bool:
        return len(self.shown) >= api.MOST_RUNS

    @property
    def curves(self) -> list[tuple[str, str]]:
        """Return the curves to choose from, each with its address."""
        return [(name, self.asked.url(curve=name)) for name in self.comparison.curves]

    @property
    def picture(self) -> str:
        """Return the address of the chart as a file."""
        return reverse("experiments:compare-curve") + "?" + self.asked.url().partition("?")[2]

    @property
    def is_loss(self) -> bool:
        return self.comparison.curve.endswith("loss")

    @property
    def axes(self) -> list[tuple[str, str, bool]]:
        """Return words, address and whether it is chosen, of each x axis."""
        return [
            (_("epochs"), self.asked.url(by_step=False, range=api.Look()), not self.asked.by_step),
            (_("steps"), self.asked.url(by_step=True, range=api.Look()), self.asked.by_step),
        ]

    @property
    def scales(self) -> list[tuple[str, str, bool]]:
        return [
            (_("log"), self.asked.url(log=True), self.asked.log),
            (_("linear"), self.asked.url(log=False), not self.asked.log),
        ]


def compare_page(request: HttpRequest, *, user: Reader | None, owner_key: str) -> ComparePage:
    """Load the page of a comparison for this reader.

    A range over the limit is drawn from the points that the whole chart has, for this reader alone: others have not
    used up theirs.
    """
    asked = asked_for(request.GET)
    topics.shows(asked.hashes)
    is_dense = asked.range.is_zoomed
    try:
        if is_dense:
            ZOOMING.hit(request, cost=max(1, len(asked.hashes)))
    except TooManyRequests:
        is_dense = False
        expires_in(0)
    comparison, missing = api.compare(
        asked.hashes, user, owner_key, curve=asked.curve, by_step=asked.by_step, look=asked.range, is_dense=is_dense
    )
    posts = posts_by_id((run.target_id for run in comparison.runs if run.target_kind == POST), user)
    there = [run.card.spec_hash for run in comparison.runs]
    results = {measured.key: measured for measured in comparison.measured}
    shown = tuple(_shown(run, results.get(run.key), posts, asked, there) for run in comparison.runs)
    problems = (*asked.problems, *([_missing(len(missing))] if missing else []), *_other_curve(asked, comparison))
    suggestions = _suggestions(user, there) if len(shown) < 2 else ()
    return ComparePage(asked, comparison, shown, problems, suggestions, is_dense != asked.range.is_zoomed)


def _other_curve(asked: Asked, comparison: api.RunComparison) -> Iterator[str]:
    """Yield a sentence if a curve is shown that was not asked for."""
    if len(comparison.runs) > 1 and comparison.curve and asked.curve not in ("", comparison.curve):
        yield _("No two of these runs have a curve “%(name)s”, so another one is shown.") % {"name": asked.curve}


def _missing(count: int) -> str:
    return ngettext(
        "One of these runs does not exist, or you may not see it.",
        "%(count)d of these runs do not exist, or you may not see them.",
        count,
    ) % {"count": count}


def _shown(run: api.ComparedRun, result: Any, posts: dict[int, Post], asked: Asked, there: list[str]) -> Shown:
    own = run.card.spec_hash
    others = [each for each in there if each != own]
    post = posts.get(run.target_id) if run.target_kind == POST and run.target_id is not None else None
    return Shown(run, result, post, asked.url(hashes=tuple(others)), asked.url(hashes=(own, *others)))


def _suggestions(user: Reader | None, there: list[str]) -> tuple[GalleryItem, ...]:
    """Return recent runs to choose from."""
    topics.shows_any()
    rows = [row for row in recent(user, SUGGESTIONS + 1) if row.hash not in there]
    return tuple(gallery_items(rows[:SUGGESTIONS], user))
