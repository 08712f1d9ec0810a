"""Downloads of a run: picture and numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound
from community.experiments import downloads
from community.experiments.errors import with_site_errors
from community.experiments.visitors import identities

SIZES = ("wide", "narrow", "spark")


@require_safe
@with_site_errors
def curve_svg(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the curve as SVG: `?size=wide|narrow|spark&scale=log|linear&curve=NAME`."""
    card = api.card_states([spec_hash], **identities(request)).get(spec_hash)
    if card is None or card.series is None:
        raise NotFound
    size, name = request.GET.get("size", "wide"), request.GET.get("curve", "train_loss")
    if size not in SIZES or name not in api.curve_names(card.series):
        raise NotFound
    return downloads.picture(api.curve_svg(card.series, name=name, log=request.GET.get("scale") != "linear", size=size))


@require_safe
@with_site_errors
def series_csv(request: HttpRequest, spec_hash: str) -> HttpResponse:
    return downloads.csv(api.document(spec_hash, **identities(request)), spec_hash)


@require_safe
@with_site_errors
def result_json(request: HttpRequest, spec_hash: str) -> HttpResponse:
    return downloads.document(api.document(spec_hash, **identities(request)), spec_hash)
