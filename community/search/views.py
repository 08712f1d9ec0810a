from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from community.common.pagination import list_page
from community.common.ratelimit import limited
from community.common.replicas import from_replica
from community.common.text import one_line
from community.search import language, operators, panel, people, selectors, sentences
from community.search.rates import SUGGESTING
from community.search.registry import Hit
from community.search.selectors import Found
from community.search.suggesting import suggested

PAGE = 15


@dataclass(frozen=True, slots=True)
class Link:
    """A way to change a search: a kind with how many there are, an order, or a filter to remove."""

    words: str
    url: str
    is_current: bool = False
    count: int | None = None


@require_safe
@from_replica
def search_results(request: HttpRequest) -> HttpResponse:
    tidy = panel.tidy_address(request.GET.dict())
    if tidy:
        return redirect(tidy)
    text, order = one_line(request.GET.get("q", "")), request.GET.get("sort", "")
    order = order if order in selectors.ORDERS else "relevance"
    muted = request.GET.get("muted") == "1"
    found = selectors.find(text, request.user, order, of_everybody=muted)
    page = list_page(found.matches, order=selectors.ORDERS[order], size=PAGE, request=request)
    context = {
        "query": text[: language.LONGEST],
        "found": found,
        "problems": sentences.about(found.search),
        "ranked": selectors.RANKED,
        "page": page,
        "results": selectors.results(page.items, found.text, request.user),
        "longest": language.LONGEST,
        "has_search_box": True,
        "place": found.search.asked.place,
        "better": _better(found, request, order),
        **_ways(found, order),
    }
    return render(request, "search/results.html", context)


@require_safe
@from_replica
@limited(SUGGESTING, methods=("GET",))
def suggest(request: HttpRequest) -> JsonResponse:
    """Return JSON: what the box offers for what is typed, `q`, as the script of the editor's choices reads it."""
    found = suggested(one_line(request.GET.get("q", "")), request.user)
    return JsonResponse({"choices": [_choice(hit) for hit in found]})


def _choice(hit: Hit) -> dict[str, str]:
    """Return a choice: `title` is safe HTML, `value` is the same as text, `note` is beside it."""
    choice = {"value": hit.plain_title, "title": hit.title, "language": hit.language, "note": hit.label}
    choice |= {"picture": "", "url": hit.url}
    if hit.kind == people.KIND:
        choice |= {"note": f"@{hit.author.handle}", "picture": hit.author.avatar_url}
    return choice


def _ways(found: Found, order: str) -> dict[str, Any]:
    """Return what a search can be changed to."""
    query, asked_order = found.search.query, order if order != "relevance" else ""
    orders = {"": _("Relevance"), "newest": pgettext("order", "Newest"), "score": pgettext("order", "Score")}
    return {
        "panel": panel.panel_of(query),
        "order": asked_order,
        "kinds": _kinds(found, asked_order),
        "beyond": _beyond(found, asked_order),
        "most_beyond": selectors.COUNTED - selectors.FIRST_FOUND - 1,
        "orders": [Link(words, panel.address(query, name), name == asked_order) for name, words in orders.items()],
        "filters": [
            Link(_shown(each), panel.address(panel.without(query, each), asked_order)) for each in query.operators
        ],
    }


def _kinds(found: Found, order: str) -> list[Link]:
    """Return the kinds that there are, or all of them if there are too many to count."""
    query, chosen, counts = found.search.query, found.search.asked.kinds, found.counts
    there = {*counts, *found.uncounted}
    names = {name: words for name, words in operators.kind_words().items() if not counts or name in there}
    every = Link(
        pgettext("all kinds", "All"),
        panel.address(operators.of_kind(query, ""), order),
        not chosen,
        sum(counts.values()) if counts and not found.uncounted else None,
    )
    links = (
        Link(words, panel.address(operators.of_kind(query, name), order), chosen == (name,), counts.get(name))
        for name, words in names.items()
    )
    return [every, *links]


def _better(found: Found, request: HttpRequest, order: str) -> Link | None:
    """Return the search that was meant, if this one found little."""
    query = selectors.did_you_mean(found, request.user)
    if query is None:
        return None
    return Link(language.written(query), panel.address(query, order if order != "relevance" else ""))


def _beyond(found: Found, order: str) -> list[Link]:
    """Return the kinds of which only the first are shown, with how many more there are."""
    query, names = found.search.query, operators.kind_words()
    kinds = found.beyond.items()
    return [Link(names[kind], panel.address(operators.of_kind(query, kind), order), count=more) for kind, more in kinds]


def _shown(operator: language.Operator) -> str:
    return f"{'-' * operator.is_without}{operator.name}:{operator.value}"
