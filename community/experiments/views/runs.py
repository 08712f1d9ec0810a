"""Run pages: the gallery, a run, its card, its event stream."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound, TooManyRequests
from community.common.open_streams import open_stream
from community.common.page_cache import shared_page
from community.common.sse import event_stream, read
from community.experiments import cards, choosing, following, gallery, oembed, origin, selectors
from community.experiments.errors import as_site_errors, with_site_errors
from community.experiments.rates import ZOOMING, Payer
from community.experiments.relatives import relatives_of
from community.experiments.views import worked
from community.experiments.visitors import identities

CURVE = ("curve", "scale", "from", "to", "rate_from", "rate_to", "smooth", "hide")
"""What an address says of the curve alone; the epoch and the seed are those of the pictures too."""
RATES = ("rate_from", "rate_to")
KEPT = ("post", "curve", "scale", "smooth", "hide", "setting", "epoch", "seed")
"""What stays in an address when another range is chosen."""
VIEWS = "experiments/run_snapshot_views.html"
BESIDE = {
    "confusion": "experiments/run_confusion.html", "inside": "experiments/run_inside.html",
    "lr-range": "experiments/run_lr_range.html", "sweep": "experiments/run_sweep.html",
}  # fmt: skip
"""Parts of the page that show the epoch, the seed and the range of the address beside its curve and pictures."""
SECONDS = 60
"""How long the pictures of a state are kept."""


@require_safe
@shared_page("whose", *gallery.NAMES, "sort", "q", "after", "before", takes_others=True)
def runs(request: HttpRequest) -> HttpResponse:
    """Show recent runs, those that match filters, or one's own."""
    person, chosen = identities(request), choosing.asked_for(request)
    if request.GET.get("whose") == "mine":
        page, filters = selectors.own_runs(request, **person), None
    else:
        filters = gallery.filters_of(request, chosen)
        if address := gallery.tidy_address(request, filters):
            return redirect(address)
        page = selectors.listed_runs(request, person["user"], filters.wanted)
    selection = choosing.selection(request, chosen, page.items, **person)
    filters = filters and replace(filters, kept=selection.hashes)
    context = {"page": page, "is_own": filters is None, "filters": filters, "selection": selection}
    if not page.items and filters and not filters.wanted:
        context["some_wait"] = api.some_wait(person["user"])
    return render(request, "experiments/runs.html", context)


@require_safe
@shared_page(takes_others=True)
@with_site_errors
def run(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Show everything about a spec's run."""
    person = identities(request)
    shown = selectors.run_view(spec_hash, **person, shown_in=origin.shown_in(request))
    post_id = origin.post_id(request)
    context = {
        "run": shown, "records": shown.records, "active": _active(shown.page, post_id), **drawn_of(request, shown.page),
        "work": worked.step_view(request, shown.page, worked.step_fields(request)),
        "growing": growing_of(request, shown.page) if shown.page.growing else None,
        "share": _share(request, shown, post_id),
        "relatives": relatives_of(shown.page, **person),
    }  # fmt: skip
    return render(request, "experiments/run.html", context)


@require_safe
@with_site_errors
def curves(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the section with the curve alone, which its controls fetch."""
    return _part(request, _page(request, spec_hash), "experiments/run_curves.html")


@require_safe
@with_site_errors
def snapshot(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the pictures of one seed at one epoch, which the slider fetches."""
    page = _page(request, spec_hash)
    if page.document is None:
        return _of_now(_growing_views(growing_of(request, page)))
    return _part(request, page, VIEWS)


@require_safe
@with_site_errors
def beside(request: HttpRequest, spec_hash: str, part: str) -> HttpResponse:
    """Return one of the parts beside the curve and the pictures, which a change of epoch, seed or range fetches."""
    if part not in BESIDE:
        raise NotFound
    return _part(request, _page(request, spec_hash), BESIDE[part])


@require_safe
@with_site_errors
def stage(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return what the playground shows of a run: the network, and once it has ended its worked steps and files."""
    page = _page(request, spec_hash)
    if page.document is None:
        return _of_now(render_to_string("experiments/run_snapshot.html", growing_of(request, page)))
    steps = worked.step_view(request, page, {}, {"run": spec_hash})
    relatives = relatives_of(page, **identities(request))
    return _part(request, page, "experiments/playground_stage.html", work=steps, relatives=relatives)


def _page(request: HttpRequest, spec_hash: str) -> api.RunPage:
    return api.run_page(spec_hash, **identities(request), shown_in=origin.shown_in(request))


def _part(request: HttpRequest, page: api.RunPage, template: str, **more: Any) -> HttpResponse:
    if page.document is None:
        raise NotFound
    context = {"records": page.document.records, **drawn_of(request, page), **more}
    response = render(request, template, context)
    is_less = context["is_coarse"] or (context["staged"] and context["staged"].answers.refusal)
    response["Cache-Control"] = "no-store" if is_less else "private, max-age=60"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def _growing_views(context: dict[str, Any]) -> str:
    """Return the pictures of a run that trains. Its newest state is drawn once for all who watch it."""
    page, look = context["page"], context["look"]
    if look.at is not None:
        return render_to_string(VIEWS, context)
    shown = page.active or page.card
    seed = look.seed if look.seed in page.growing.seeds else None
    key = f"growing:{shown.run_id}:{shown.seq}:{shown.state}:{seed}:{get_language()}"
    return str(cache.get_or_set(key, lambda: render_to_string(VIEWS, context), SECONDS))


def _of_now(html: str) -> HttpResponse:
    response = HttpResponse(html)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def growing_of(request: HttpRequest, page: api.RunPage) -> dict[str, Any]:
    """Return what the pictures of a run without a result need. Raises NotFound while it has no state."""
    if page.growing is None:
        raise NotFound
    view = cards.CardView(page.card, "curve", post_id=origin.post_id(request))
    look = api.look_of(request.GET.dict(), [])
    # The newest state is drawn once for all who watch it, so nobody pays for it.
    staged = api.staged(page, look, Payer(request)) if look.at is not None else api.staged(page, look)
    return {"page": page, "document": page.growing, "look": look, "view": view, "staged": staged}


def _share(request: HttpRequest, shown: selectors.RunView, post_id: int | None) -> dict[str, str] | None:
    """Return how a run that visitors can see is shared: its addresses, a frame's code, and its oEmbed."""
    if not shown.is_shared:
        return None
    spec_hash, run_id = shown.page.card.spec_hash, shown.page.card.run_id
    return {
        "address": request.build_absolute_uri(origin.run_url(request, spec_hash)),
        "api": _address_for_programs(request, shown, run_id),
        "picture": request.build_absolute_uri(origin.part_url(request, "card-png", spec_hash)),
        "code": oembed.code(request, spec_hash, post_id, title=shown.page.title),
        "oembed": oembed.discovery(request, spec_hash, post_id),
    }


def _address_for_programs(request: HttpRequest, shown: selectors.RunView, run_id: int | None) -> str:
    """Return the address of a run that lists show; its number alone opens no other one."""
    if run_id is None or not shown.is_listed:
        return ""
    return request.build_absolute_uri(reverse("api-v1:run_detail", args=[run_id]))


def _active(page: api.RunPage, post_id: int | None) -> cards.CardView | None:
    """Return a separate card for the active run when the page shows an earlier result."""
    if page.active is None:
        return None
    return cards.CardView(
        page.active,
        "active",
        can_cancel=page.can_cancel,
        waiting_before=page.waiting_before,
        title=page.title,
        post_id=post_id,
        is_rerun=page.active.run_id != page.card.run_id,
        level=2,
    )


def drawn_of(request: HttpRequest, page: api.RunPage) -> dict[str, Any]:
    """Return the curve to draw, its scale, range and lines. Validation and test share the training chart.

    A range over the limit is drawn from the points that the page displays.
    """
    given, hidden = request.GET.dict(), request.GET.getlist("hide")
    look, post_id = api.look_of(given, hidden), origin.post_id(request)
    names = api.curve_names(page.document) if page.document else ()
    measures = [name for name in names if name.startswith("train_")] or list(names)
    asked = request.GET.get("curve", "")
    curve = asked if asked in names else "train_loss"
    unread = api.unread_fields(page.document, given, hidden) if page.document else ()
    log = request.GET.get("scale", "log") != "linear"
    try:
        drawn, is_coarse = drawn_document(request, page, look, curve), False
    except TooManyRequests:
        drawn, is_coarse = page.document, True
    return {
        "page": page, "document": page.document, "look": look, "drawn": drawn, "is_coarse": is_coarse,
        "staged": api.staged(page, look, Payer(request)),
        "view": cards.CardView(page.card, "curve", can_cancel=page.can_cancel, title=page.title, post_id=post_id),
        "curves": measures, "curve": curve, "is_loss": curve.endswith("loss"),
        "log": log, "curve_query": _curve_query(request, curve, log), "unread": unread,
        "kept_fields": _fields(request, (*KEPT, *RATES)), "all_fields": _fields(request, (*KEPT, "from", "to")),
        "curve_fields": _fields(request, CURVE),
    }  # fmt: skip


def _fields(request: HttpRequest, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return names and values of the address, for a form that keeps them."""
    return [(name, value) for name in names for value in request.GET.getlist(name)]


def _curve_query(request: HttpRequest, curve: str, log: bool) -> str:
    """Return the query of the drawn curve as a file."""
    look = {name: request.GET[name] for name in ("from", "to", "smooth", "seed") if request.GET.get(name)}
    shown = {"curve": curve, "scale": "log" if log else "linear", **look, "hide": request.GET.getlist("hide")}
    return urlencode(shown, doseq=True)


def drawn_document(request: HttpRequest, page: api.RunPage, look: api.Look, curve: str) -> api.Document | None:
    """Return the document whose curve is drawn: for a range every recorded point, which is thinned after the cut."""
    if page.document is None or not look.is_zoomed or page.has_every_point:
        return page.document
    ZOOMING.hit(request)
    return api.with_every_point(page, curve, **identities(request))


@require_safe
@with_site_errors
def card(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the card alone, which a page swaps in while a run trains."""
    person = identities(request)
    run_id = _run_id(request)
    shown = following.followed_run(spec_hash, run_id, **person)
    shown_in = origin.shown_in(request)
    page = api.run_page(spec_hash, **person, shown_in=shown_in) if shown.is_active else None
    view = cards.CardView(
        shown,
        f"run-{spec_hash[:8]}",
        can_cancel=bool(page and page.can_cancel),
        is_rerun=run_id is not None,
        waiting_before=page.waiting_before if page else None,
        title=page.title if page else api.title_of(spec_hash, **person, shown_in=shown_in),
        post_id=origin.post_id(request),
    )
    response = HttpResponse(cards.draw(view))
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Cookie"])
    return response


@require_safe
async def events(request: HttpRequest, spec_hash: str) -> StreamingHttpResponse:
    """Stream an event whenever the run has progressed, until it ends."""
    run_id, after = _run_id(request), following.last_seen(request)
    shown = await read(_followed, request, spec_hash, run_id)
    return event_stream(following.events(shown, after), await open_stream(request))


def _followed(request: HttpRequest, spec_hash: str, run_id: int | None) -> api.Card:
    with as_site_errors():
        return following.followed_run(spec_hash, run_id, **identities(request))


def _run_id(request: HttpRequest) -> int | None:
    """Return the run id in `?run=`; None if invalid."""
    asked = request.GET.get("run")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        raise NotFound
    return int(asked)
