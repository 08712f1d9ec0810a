"""Data sets: the list, and a card for each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound
from community.common.page_cache import shared_page
from community.experiments import downloads, selectors
from community.experiments.visitors import identities


@require_safe
@shared_page()
def datasets(request: HttpRequest) -> HttpResponse:
    return render(request, "experiments/datasets.html", {"shelves": api.data_shelves()})


@require_safe
@shared_page()
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    card = api.data_card(name)
    if card is None:
        raise NotFound
    runs = selectors.runs_on(name, identities(request)["user"])
    return render(request, "experiments/dataset.html", {"card": card, "page": runs})


@require_safe
@cache_control(max_age=3600, public=True)
def csv(request: HttpRequest, name: str) -> HttpResponse:
    """Return all samples, as a run with the default fields gets them before its split."""
    if api.data_card(name) is None:
        raise NotFound
    return downloads.data_csv("".join(api.data_csv(name)), name)
