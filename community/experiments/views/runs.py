"""Run pages: the gallery, a run, its card, its event stream."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound
from community.common.open_streams import open_stream
from community.common.sse import event_stream, read
from community.experiments import cards, following, origin, selectors
from community.experiments.errors import as_site_errors, with_site_errors
from community.experiments.views import worked
from community.experiments.visitors import identities


@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Show recent runs, or one's own."""
    person = identities(request)
    is_own = request.GET.get("whose") == "mine"
    page = selectors.own_runs(request, **person) if is_own else selectors.gallery(request, person["user"])
    return render(request, "experiments/runs.html", {"page": page, "is_own": is_own})


@require_safe
@with_site_errors
def run(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Show everything about a spec's run."""
    person = identities(request)
    shown = selectors.run_view(spec_hash, **person, shown_in=origin.shown_in(request))
    post_id = origin.post_id(request)
    context = {
        "run": shown, "page": shown.page, "document": shown.document, "records": shown.records,
        "view": cards.CardView(
            shown.page.card, "curve", can_cancel=shown.page.can_cancel, title=shown.page.title, post_id=post_id
        ),
        "active": _active(shown.page, post_id), **_drawn(request, shown),
        "work": worked.step_view(request, shown.page, request.GET),
    }  # fmt: skip
    return render(request, "experiments/run.html", context)


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


def _drawn(request: HttpRequest, shown: selectors.RunView) -> dict[str, Any]:
    """Return the curve to draw and its scale. Validation and test share the training chart."""
    names = api.curve_names(shown.document) if shown.document else ()
    measures = [name for name in names if name.startswith("train_")] or list(names)
    asked = request.GET.get("curve", "")
    curve = asked if asked in names else "train_loss"
    return {
        "curves": measures, "curve": curve, "is_loss": curve.endswith("loss"),
        "log": request.GET.get("scale", "log") != "linear",
    }  # fmt: skip


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
    run_id, after = _run_id(request), _last_seen(request)
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


def _last_seen(request: HttpRequest) -> int:
    seen = request.headers.get("Last-Event-ID", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else -1
