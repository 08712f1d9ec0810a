"""The living archive: how public runs of earlier engines compare with their repetitions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.page_cache import shared_page
from community.experiments import topics


@require_safe
@shared_page()
def page(request: HttpRequest) -> HttpResponse:
    topics.shows_any()
    return render(request, "experiments/archive.html", {"report": api.archive_report()})
