"""Downloads of a run: picture and numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound
from community.experiments import downloads, origin, pictures
from community.experiments.errors import RunLacks, with_site_errors
from community.experiments.rates import DOWNLOADING, DRAWING, Payer, refuse_unpaid
from community.experiments.views.runs import drawn_document
from community.experiments.visitors import identities

SIZES = ("wide", "narrow", "spark")


@require_safe
@with_site_errors
def curve_svg(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the curve as SVG: `?size=wide|narrow|spark&scale=log|linear&curve=NAME`, and the look of a run page."""
    person = identities(request)
    card = api.card_states([spec_hash], **person).get(spec_hash)
    if card is None or card.series is None:
        raise NotFound
    size, name = request.GET.get("size", "wide"), request.GET.get("curve", "train_loss")
    names = api.curve_names(card.series)
    if name not in names:
        told = _("This run has these curves: %(names)s.") % {"names": ", ".join(names)}
        raise RunLacks(told, origin.run_url(request, spec_hash))
    if size not in SIZES:
        raise NotFound
    look = api.look_of(request.GET.dict(), request.GET.getlist("hide"))
    is_plain = card.document is None or (look.seed is None and not look.is_changed)
    if not is_plain:
        DRAWING.hit(request)
    series = card.series if is_plain else drawn_document(request, api.run_page(spec_hash, **person), look, name)
    if series is None:
        raise NotFound
    is_log = request.GET.get("scale") != "linear"
    return downloads.picture(api.curve_svg(series, name=name, log=is_log, size=size, look=look))


@require_safe
@with_site_errors
def picture_svg(request: HttpRequest, spec_hash: str, kind: str) -> HttpResponse:
    """Return a picture of the page as SVG: `network`, `boundary`, `confusion`; `?setting=2&epoch=40&seed=0`."""
    DOWNLOADING.hit(request)
    page = api.run_page(spec_hash, **identities(request))
    look = api.look_of(request.GET.dict(), ())
    shown = api.staged(page, look, Payer(request))
    drawing = api.picture_svg(page, shown, kind)
    refuse_unpaid(shown)
    if not drawing:
        raise RunLacks(_("This run has no such picture."), origin.run_url(request, spec_hash))
    return downloads.picture(drawing)


@require_safe
@with_site_errors
def card_png(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the card as a PNG of 1200 × 630, as previews of other sites show it; `?words=none`: its curve alone."""
    person, shown_in = identities(request), origin.shown_in(request)
    card = api.card_states([spec_hash], **person).get(spec_hash)
    has_words = request.GET.get("words") != "none"
    drawing = card and pictures.png(card, api.title_of(spec_hash, **person, shown_in=shown_in), has_words=has_words)
    if not drawing:
        raise NotFound
    return downloads.conditional(request, downloads.card(drawing))


@require_safe
@with_site_errors
def series_csv(request: HttpRequest, spec_hash: str) -> HttpResponse:
    DOWNLOADING.hit(request)
    return downloads.csv(api.document(spec_hash, **identities(request)), spec_hash)


@require_safe
@with_site_errors
def result_json(request: HttpRequest, spec_hash: str) -> HttpResponse:
    DOWNLOADING.hit(request)
    return downloads.document(api.document(spec_hash, **identities(request)), spec_hash)
