"""Comparisons of runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound
from community.common.page_cache import shared_page
from community.common.ratelimit import limited
from community.experiments import comparison, downloads
from community.experiments.errors import with_site_errors
from community.experiments.rates import DRAWING
from community.experiments.visitors import identities


def at_one_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Redirect from `?runs=A&runs=B`, before the page of B alone is taken for it."""

    @wraps(view)
    def shown(request: HttpRequest) -> HttpResponse:
        address = comparison.together(request.GET)
        return redirect(address) if address else view(request)

    return shown


@require_safe
@at_one_address
@shared_page(*comparison.FIELDS, takes_lists=True)
@with_site_errors
def page(request: HttpRequest) -> HttpResponse:
    """Show up to six runs in one chart, what differs in their configs, and whether it is more than chance."""
    shown = comparison.compare_page(request, **identities(request))
    context = {"page": shown, "comparison": shown.comparison}
    return render(request, "experiments/compare.html", context, status=shown.status)


@require_safe
@shared_page(*comparison.FIELDS)
@limited(DRAWING, {"GET", "HEAD"})
@with_site_errors
def curve_svg(request: HttpRequest) -> HttpResponse:
    """Return the chart of a comparison as SVG; it has the query of the page."""
    shown = comparison.compare_page(request, **identities(request))
    drawing = api.compared_svg(shown.comparison, log=shown.asked.log)
    if not drawing:
        raise NotFound
    return downloads.picture(drawing)


@require_safe
def chosen(request: HttpRequest) -> HttpResponse:
    """Redirect to the comparison of the runs that a form names, in any number of fields `run`."""
    return redirect(comparison.chosen(request.GET.getlist("run")))
