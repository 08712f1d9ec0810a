"""Views whose pages are the same for all visitors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

MARK = "shared_parameters"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters that a view reads; `takes_others` if it reads more, so that only its bare address is shared.

    `takes_lists` if one that is given twice means something else than its last value.
    """

    names: tuple[str, ...]
    takes_others: bool
    takes_lists: bool


def shared_page[View: Callable[..., Any]](
    *parameters: str, takes_others: bool = False, takes_lists: bool = False
) -> Callable[[View], View]:
    """Mark a view whose page for a visitor depends on nothing but its address, these parameters, and the preferences.

    Other parameters of a visitor's address are dropped before the view sees them; with `takes_others`, a page with them
    is not kept, and with `takes_lists` neither is one that gives a parameter twice.
    """

    def mark(view: View) -> View:
        setattr(view, MARK, Parameters(parameters, takes_others, takes_lists))
        return view

    return mark


def canonical_query(request: HttpRequest, parameters: Parameters) -> str | None:
    """Return the query with these parameters only, once each, in this order; None for a page that is not shared."""
    if parameters.takes_lists and any(len(request.GET.getlist(name)) > 1 for name in parameters.names):
        return None
    if parameters.takes_others and not request.GET.keys() <= set(parameters.names):
        return None
    query = QueryDict(mutable=True)
    for name in parameters.names:
        if name in request.GET:
            query[name] = request.GET[name]
    return query.urlencode()
