"""The list of runs with its filters, search and order, all in its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bpsandbox import api
from community.common.drawn import draw

LONGEST, LONGEST_NAMED = 200, 40
NAMES = ("data", "layer", "activation", "sizes", "loss", "optimizer", "finding")
ORDERS: dict[str, Promise] = {
    "": gettext_lazy("newest first"),
    "oldest": gettext_lazy("oldest first"),
    "loss": gettext_lazy("lowest loss first"),
    "parameters": gettext_lazy("fewest parameters first"),
    "steps": gettext_lazy("fewest steps first"),
}


type Wanted = Mapping[str, Sequence[str]]


class Option(NamedTuple):
    """An entry of a filter's list: what the address has for it, and its words."""

    value: str
    words: str
    is_chosen: bool = False


class Choice(NamedTuple):
    """A filter in the form. `more` are the entries that add a value to those that are chosen."""

    name: str
    label: str
    options: tuple[Option, ...]
    more: tuple[Option, ...]

    @property
    def current(self) -> list[Option]:
        return [option for option in self.options if option.is_chosen]

    @property
    def others(self) -> list[Option]:
        return [option for option in self.options if not option.is_chosen]


@dataclass(frozen=True)
class GalleryFilters:
    """What a gallery is filtered by. `problem` is a sentence about what was left out.

    `kept` are the runs that are chosen for a comparison, which every address keeps.
    """

    wanted: api.Filters
    text: str = ""
    problem: str = ""
    kept: tuple[str, ...] = ()

    @property
    def choices(self) -> list[Choice]:
        return [self._choice(name, label, values) for name, label, values in api.filter_choices()]

    @property
    def selects(self) -> list[SafeString]:
        """Return each filter of the form, drawn. Most are those that nothing is chosen in; only they are kept."""
        return [
            (render_to_string if self.wanted.wanted.get(choice.name) else draw)(
                "experiments/run_filter.html", {"choice": choice}
            )
            for choice in self.choices
        ]

    def _choice(self, name: str, label: str, values: list[tuple[str, str]]) -> Choice:
        chosen = self.wanted.wanted.get(name, ())
        options = [Option(value, words, chosen == (value,)) for value, words in values]
        if len(chosen) > 1:
            options.insert(
                0, Option(",".join(chosen), " + ".join(api.value_words(name, each) for each in chosen), True)
            )
        free = [(value, words) for value, words in values if value not in chosen]
        takes_more = name in api.SEVERAL and 0 < len(chosen) < api.MOST_VALUES
        more = [Option(",".join((*chosen, value)), words) for value, words in free] if takes_more else []
        return Choice(name, str(label), tuple(options), tuple(more))

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Return the words of each active filter, with the address of the list without it."""
        return [
            (api.value_words(name, value), self._url(self._without(name, value)))
            for name, values in self.wanted.wanted.items()
            for value in values
        ]

    def _without(self, name: str, value: str) -> Wanted:
        return {**self.wanted.wanted, name: [each for each in self.wanted.wanted[name] if each != value]}

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """Return words, address and whether it is chosen, of each order."""
        return [
            (str(words), self._url(self.wanted.wanted, order), order == self.wanted.order)
            for order, words in ORDERS.items()
        ]

    @property
    def mixes_losses(self) -> bool:
        """Return whether losses that cannot be compared are in one order."""
        return self.wanted.order == "loss" and not self.wanted.is_of_one_task

    @property
    def address(self) -> str:
        """Return the address of the first page of this list."""
        return self._url(self.wanted.wanted)

    @property
    def unfiltered(self) -> str:
        return self._url({})

    def _url(self, query: Wanted, order: str | None = None) -> str:
        """Return the address of a list with these filters, in this order or the same one."""
        order = self.wanted.order if order is None else order
        return runs_url({**query, "sort": [order] if order else [], "run": self.kept})


def runs_url(query: Wanted) -> str:
    """Return the address of a list of runs; several values of a name are written with commas."""
    given = {name: ",".join(values) for name, values in query.items() if values}
    return reverse("experiments:runs") + (f"?{urlencode(given, safe=',')}" if given else "")


def filters_of(request: HttpRequest, kept: tuple[str, ...] = ()) -> GalleryFilters:
    """Read the filters of an address; a search adds those that its words mean."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    given = {name: request.GET.get(name, "") for name in (*NAMES, "sort")}
    found, unknown, doubled = api.filters_for(text)
    wanted = api.filters(_together(given, found))
    problem = ""
    if unknown:
        sentence = _("No data set, layer, activation, sizes, loss, optimiser or finding is called “%(words)s”.")
        problem = sentence % {"words": " ".join(unknown)}
    elif doubled:
        sentence = _("Data, sizes, loss and optimiser have one value at a time, so “%(words)s” was left out.")
        problem = sentence % {"words": " ".join(doubled)}
    elif wanted.unknown:
        named = pgettext("list", ", ").join(each[:LONGEST_NAMED] for each in wanted.unknown)
        problem = _("Left out, because there is no such filter or order: {words}").format(words=named)
    elif wanted.left_out:
        words = [api.value_words(name, value) for name, value in wanted.left_out]
        sentence = _(
            "A list is filtered by at most %(count)d layers, %(count)d activations and %(count)d findings, so "
            "“%(words)s” was left out."
        )
        problem = sentence % {"count": api.MOST_VALUES, "words": pgettext("list", ", ").join(words)}
    return GalleryFilters(wanted, text, problem, kept)


def _together(given: dict[str, str], found: dict[str, list[str]]) -> dict[str, str]:
    """Return what is chosen with what a search means: beside it where a run has several, else in its place."""
    beside = {name: [*given[name].split(","), *values] for name, values in found.items() if name in api.SEVERAL}
    return {**given, **{name: ",".join(values) for name, values in {**found, **beside}.items()}}


def tidy_address(request: HttpRequest, found: GalleryFilters) -> str:
    """Return the address that a form should have led to; empty if it is this one, or if its search means nothing."""
    is_form = "q" in request.GET or any(request.GET.get(name) == "" for name in NAMES)
    return found.address if is_form and not found.problem else ""
