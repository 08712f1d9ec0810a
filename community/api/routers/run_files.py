"""What the page of a run shows, as files and as a stream, by the same rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, Concatenate, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from bpsandbox import api as sandbox
from community.api import presenters
from community.api.auth import BearerOrVisitor, BearerOrVisitorOfStream
from community.api.models import Token
from community.api.schemas import PicturesOut, Text
from community.common.errors import Invalid, NotFound
from community.common.open_streams import open_stream_of_token
from community.common.sse import event_stream, read
from community.experiments import configs, downloads, following, pictures
from community.experiments.rates import DRAWING, ZOOMING, Payer, refuse_unpaid

router = Router(tags=["runs"], auth=BearerOrVisitor())
Count = Annotated[int, Field(ge=0, lt=2**31)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def file_of_run[**P](
    path: str, kind: str, summary: str, description: str, *, of: Router = router
) -> Callable[[View[P]], View[P]]:
    """Register a view of a run's file of this type, whose ETag is the hash of its content."""
    found = {"description": "OK", "content": {kind: {"schema": {"type": "string"}}}}
    extra = {"responses": {200: found, 304: {"description": "Not Modified"}}}

    def register(view: View[P]) -> View[P]:
        @wraps(view)
        def answered(request: HttpRequest, *args: P.args, **asked: P.kwargs) -> HttpResponse:
            return downloads.conditional(request, view(request, *args, **asked))

        answered.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        address = f"/{{int:run_id}}/{path}"
        return of.get(address, summary=summary, description=description, openapi_extra=extra)(answered)

    return register


@router.get(
    "/{int:run_id}/events",
    auth=BearerOrVisitorOfStream(),
    summary=gettext_noop("Follow a run"),
    description=gettext_noop(
        "Server-sent events: `progress` after each change, `end` when the run has ended. Each has the state, and while "
        "it trains the epoch and the seconds left. Send `Last-Event-ID` to hear only what is new."
    ),
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {"text/event-stream": {"schema": {"type": "string"}}}}}
    },
)
async def run_events(request: HttpRequest, run_id: int) -> StreamingHttpResponse:
    card = await read(sandbox.run_by_id, run_id, request.user)
    token = request.auth  # type: ignore[attr-defined]  # set by ninja
    stream = open_stream_of_token(request, token.pk if isinstance(token, Token) else None)
    return event_stream(following.events(card, following.last_seen(request)), stream)


class Shown(Schema):
    """What is drawn of a curve, by the names of the address of a run's page."""

    curve: Text = "train_loss"
    scale: Literal["log", "linear"] = "log"
    size: Literal["wide", "narrow", "spark"] = "wide"
    start: Count | None = Field(None, alias="from")
    to: Count | None = None
    seed: Seed | None = None
    smooth: Literal["0", "0.6", "0.9", "0.97"] | None = None
    hide: list[Text] = Field(default_factory=list, max_length=40)

    @property
    def asked(self) -> dict[str, str]:
        """Return what a look is read from."""
        given = {"from": self.start, "to": self.to, "seed": self.seed, "smooth": self.smooth, "curve": self.curve}
        return {name: str(value) for name, value in given.items() if value is not None}


@file_of_run(
    "curve.svg",
    "image/svg+xml",
    gettext_noop("The curve as a picture"),
    gettext_noop(
        "Of a run that is training, the points so far. `curve` is a name in the result. Of one that has ended, `from` "
        "and `to` are a range in epochs or steps, `seed` is drawn darker, `smooth` is the weight of a moving average, "
        "and `hide` leaves out `seeds`, `band`, `median`, `val`, `test` or the number of a setting."
    ),
)
def run_curve(request: HttpRequest, run_id: int, shown: Query[Shown]) -> HttpResponse:
    card = sandbox.run_by_id(run_id, request.user)
    if card.series is None:
        raise NotFound
    names = sandbox.curve_names(card.series)
    if shown.curve not in names:
        raise Invalid(fields={"curve": [_("This run has these curves: %(names)s.") % {"names": ", ".join(names)}]})
    look = sandbox.look_of(shown.asked, shown.hide)
    is_plain = card.document is None or len(shown.asked) + len(shown.hide) == 1
    series = card.series if is_plain else _looked_at(request, run_id, look, shown)
    drawing = sandbox.curve_svg(series, name=shown.curve, log=shown.scale == "log", size=shown.size, look=look)
    return downloads.picture(drawing)


def _looked_at(request: HttpRequest, run_id: int, look: sandbox.Look, shown: Shown) -> sandbox.Document:
    """Return the result that a look is drawn from. Raises Invalid for what the run does not have."""
    DRAWING.hit(request)
    page = sandbox.page_of_run(run_id, request.user)
    if page.document is None:
        raise NotFound
    unread = sandbox.unread_fields(page.document, shown.asked, shown.hide)
    if unread:
        told = _("This run has nothing to show for: %(fields)s.") % {"fields": ", ".join(unread)}
        raise Invalid(told, fields={field.partition("=")[0]: [told] for field in unread})
    if not look.is_zoomed or page.has_every_point:
        return page.document
    ZOOMING.hit(request)
    return sandbox.with_every_point(page, shown.curve, request.user) or page.document


@file_of_run(
    "series.csv",
    "text/csv",
    gettext_noop("All points as CSV"),
    gettext_noop("Comments begin with `#`; then a header and one row per point and seed."),
)
def run_series(request: HttpRequest, run_id: int) -> HttpResponse:
    whole = sandbox.document_of_run(run_id, request.user)
    return downloads.csv(whole, whole.spec_hash)


@file_of_run(
    "result.json",
    "application/json",
    gettext_noop("Everything as JSON"),
    gettext_noop("The whole result at full resolution, with its records."),
)
def run_result(request: HttpRequest, run_id: int) -> HttpResponse:
    whole = sandbox.document_of_run(run_id, request.user)
    return downloads.document(whole, whole.spec_hash)


@file_of_run(
    "config.yaml",
    "application/yaml",
    gettext_noop("The config"),
    gettext_noop("As its owner wrote it, else shortened: without what is a default."),
)
def run_config(request: HttpRequest, run_id: int) -> HttpResponse:
    page = sandbox.page_of_run(run_id, request.user)
    return downloads.config(configs.written(page, user=request.user, owner_key=""), page.card.spec_hash)


class State(Schema):
    """A recorded state: by default the last epoch of the seed with the median loss, in a sweep of setting 1."""

    setting: Count | None = None
    epoch: Count | None = None
    seed: Seed | None = None

    def staged(self, request: HttpRequest, page: sandbox.RunPage) -> sandbox.Staged | None:
        """Return what the pictures of a page show. Raises Invalid for a setting that the run does not have."""
        count = len(page.document.members or ()) if page.document else 0
        if page.document and self.setting is not None and not 0 < self.setting <= count:
            told = _("This run has %(count)d settings.") % {"count": count} if count else _("This run is not a sweep.")
            raise Invalid(fields={"setting": [told]})
        asked = {"setting": self.setting, "epoch": self.epoch, "seed": self.seed}
        given = {name: str(value) for name, value in asked.items() if value is not None}
        return sandbox.staged(page, sandbox.look_of(given, ()), Payer(request))


@router.get(
    "/{int:run_id}/pictures",
    response=PicturesOut,
    summary=gettext_noop("The pictures of a run"),
    description=gettext_noop(
        "Every picture of its page besides the curves: network, boundary or fit, weights, gradients, outputs, "
        "confusion matrix and slopes of pixels at an epoch of a seed, the records of the whole training, the settings "
        "of a sweep and its heat map. Of a sweep's settings after the first (`setting=2`), the end of training is kept."
    ),
)
def run_pictures(request: HttpRequest, run_id: int, state: Query[State]) -> dict[str, Any]:
    page = sandbox.page_of_run(run_id, request.user)
    found = sandbox.pictures(page, state.staged(request, page))
    return {"pictures": [_picture(request, run_id, each, state.setting) for each in found]}


def _picture(request: HttpRequest, run_id: int, each: Any, setting: int | None) -> dict[str, Any]:
    address = reverse("api-v1:run_picture", args=[run_id, each.name])
    given = {} if each.epoch is None else {"setting": setting, "epoch": each.epoch, "seed": each.seed}
    where = {name: value for name, value in given.items() if value is not None}
    query = f"?{urlencode(where)}" if where else ""
    url = presenters.absolute(request, address + query)
    return {"name": each.name, "title": each.title, "url": url, "epoch": each.epoch, "seed": each.seed}


@file_of_run(
    "pictures/{kind}.svg",
    "image/svg+xml",
    gettext_noop("One picture of a run"),
    gettext_noop(
        "`kind` is a name in its list of pictures, such as `network`, or `boundary`: the decision boundary or the "
        "fitted function. `epoch` and `seed` are those of the run's page, by default the last epoch of the seed with "
        "the median loss. 404 if the run recorded no such state."
    ),
)
def run_picture(request: HttpRequest, run_id: int, kind: str, state: Query[State]) -> HttpResponse:
    page = sandbox.page_of_run(run_id, request.user)
    shown = state.staged(request, page)
    drawing = sandbox.picture_svg(page, shown, kind)
    refuse_unpaid(shown)
    if not drawing:
        raise NotFound(_("This run has no such picture."))
    return downloads.picture(drawing)


@file_of_run(
    "card.png",
    "image/png",
    gettext_noop("The card as a picture"),
    gettext_noop("1200 × 630, as previews show it. Of a run that is training, the points so far."),
)
def run_card(request: HttpRequest, run_id: int) -> HttpResponse:
    page = sandbox.page_of_run(run_id, request.user)
    drawing = pictures.png(page.card, page.title)
    if drawing is None:
        raise NotFound
    return downloads.card(drawing)


@file_of_run(
    "cite.bib",
    "application/x-bibtex",
    gettext_noop("A run for BibTeX"),
    gettext_noop("An entry with the run's title, address, hash, engine and year."),
)
def run_citation(request: HttpRequest, run_id: int) -> HttpResponse:
    page = sandbox.page_of_run(run_id, request.user)
    address = request.build_absolute_uri(reverse("experiments:run", args=[page.card.spec_hash]))
    return downloads.citation(page, address)
