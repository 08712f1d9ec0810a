"""Data sets: the list, and a card for each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound


@require_safe
def datasets(request: HttpRequest) -> HttpResponse:
    return render(request, "experiments/datasets.html", {"shelves": api.data_shelves()})


@require_safe
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    card = api.data_card(name)
    if card is None:
        raise NotFound
    return render(request, "experiments/dataset.html", {"card": card})
