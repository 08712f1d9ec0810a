"""What the page of a run shows, as files and as a stream, by the same rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from bpsandbox import api as sandbox
from community.accounts import preferences
from community.api.auth import BearerOrVisitor, BearerOrVisitorOfStream
from community.api.models import Token
from community.api.schemas import Text
from community.common.errors import Invalid, NotFound
from community.common.open_streams import open_stream_of_token
from community.common.sse import event_stream, read
from community.experiments import configs, downloads, following, pictures
from community.experiments.errors import NOT_WORKED

router = Router(tags=["runs"], auth=BearerOrVisitor())
WHOLE = {"ge": 0, "lt": 2**31}
type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _file[**P](path: str, kind: str, summary: str, description: str) -> Callable[[View[P]], View[P]]:
    """Register a view of a run's file of this type, whose ETag is the hash of its content."""
    found = {"description": "OK", "content": {kind: {"schema": {"type": "string"}}}}
    extra = {"responses": {200: found, 304: {"description": "Not Modified"}}}

    def register(view: View[P]) -> View[P]:
        @wraps(view)
        def answered(request: HttpRequest, *args: P.args, **asked: P.kwargs) -> HttpResponse:
            return downloads.conditional(request, view(request, *args, **asked))

        address = f"/{{int:run_id}}/{path}"
        return router.get(address, summary=summary, description=description, openapi_extra=extra)(answered)

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


@_file(
    "curve.svg",
    "image/svg+xml",
    gettext_noop("The curve as a picture"),
    gettext_noop("Of a run that is training, the points so far. `curve` is a name in the result."),
)
def run_curve(
    request: HttpRequest,
    run_id: int,
    curve: Text = "train_loss",
    scale: Literal["log", "linear"] = "log",
    size: Literal["wide", "narrow", "spark"] = "wide",
) -> HttpResponse:
    series = sandbox.run_by_id(run_id, request.user).series
    if series is None:
        raise NotFound
    names = sandbox.curve_names(series)
    if curve not in names:
        raise Invalid(fields={"curve": [_("This run has these curves: %(names)s.") % {"names": ", ".join(names)}]})
    drawing = sandbox.curve_svg(series, name=curve, log=scale == "log", size=size)
    return downloads.picture(drawing)


@_file(
    "series.csv",
    "text/csv",
    gettext_noop("All points as CSV"),
    gettext_noop("Comments begin with `#`; then a header and one row per point and seed."),
)
def run_series(request: HttpRequest, run_id: int) -> HttpResponse:
    whole = sandbox.document_of_run(run_id, request.user)
    return downloads.csv(whole, whole.spec_hash)


@_file(
    "result.json",
    "application/json",
    gettext_noop("Everything as JSON"),
    gettext_noop("The whole result at full resolution, with its records."),
)
def run_result(request: HttpRequest, run_id: int) -> HttpResponse:
    whole = sandbox.document_of_run(run_id, request.user)
    return downloads.document(whole, whole.spec_hash)


@_file(
    "config.yaml",
    "application/yaml",
    gettext_noop("The config"),
    gettext_noop("As its owner wrote it, else shortened: without what is a default."),
)
def run_config(request: HttpRequest, run_id: int) -> HttpResponse:
    page = sandbox.page_of_run(run_id, request.user)
    return downloads.config(configs.written(page, user=request.user, owner_key=""), page.card.spec_hash)


@_file(
    "pictures/{kind}.svg",
    "image/svg+xml",
    gettext_noop("The network as a picture"),
    gettext_noop(
        "`network`, or `boundary`: the decision boundary or the fitted function. `epoch` and `seed` are those of the "
        "run's page, by default the last epoch of the seed with the median loss. 404 if the run recorded no such state."
    ),
)
def run_picture(
    request: HttpRequest,
    run_id: int,
    kind: str,
    epoch: int | None = Query(None, **WHOLE),
    seed: int | None = Query(None, ge=0, lt=2**63),
) -> HttpResponse:
    drawing = sandbox.picture_svg(sandbox.page_of_run(run_id, request.user), kind, epoch, seed)
    if not drawing:
        raise NotFound(_("This run has no such picture."))
    return downloads.picture(drawing)


class Step(Schema):
    """A worked step: without `sample`, `step` and `seed` the one that the run recorded."""

    sample: int | None = Field(None, ge=0, lt=2**31)
    step: int | None = Field(None, ge=0, lt=2**31)
    seed: int | None = Field(None, ge=0, lt=2**63)
    vectors: Literal["columns", "rows"] | None = None
    loss: Literal["mean", "sum", "half"] | None = None


def _worked(request: HttpRequest, run_id: int, step: Step) -> tuple[sandbox.RunPage, Any]:
    """Return the page and the step. Raises NotFound if it was not worked."""
    page = sandbox.page_of_run(run_id, request.user)
    asked = step.dict(include={"sample", "step", "seed"}, exclude_none=True)
    usual = preferences.formulas(request)
    shown = sandbox.worked_page(page, asked, (step.vectors or usual[0], step.loss or usual[1]), request.user)
    if shown is None or shown.worked is None:
        raise NotFound(shown.sentence or NOT_WORKED if shown else None)
    return page, shown.worked


WHICH_STEP = gettext_noop(
    "Without `sample`, `step` and `seed` it is the step that the run recorded; another one must have been worked "
    "on the run's page. `vectors` and `loss` choose the notation."
)


@_file("worked.tex", "application/x-tex", gettext_noop("A worked step as LaTeX"), WHICH_STEP)
def run_worked_tex(request: HttpRequest, run_id: int, step: Query[Step]) -> HttpResponse:
    page, worked = _worked(request, run_id, step)
    return downloads.tex(sandbox.worked_tex(worked, title=page.title), page.card.spec_hash)


@_file("worked.md", "text/markdown", gettext_noop("A worked step as Markdown"), WHICH_STEP)
def run_worked_md(request: HttpRequest, run_id: int, step: Query[Step]) -> HttpResponse:
    page, worked = _worked(request, run_id, step)
    return downloads.markdown(sandbox.worked_markdown(worked, title=page.title), page.card.spec_hash)


@_file(
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


@_file(
    "cite.bib",
    "application/x-bibtex",
    gettext_noop("A run for BibTeX"),
    gettext_noop("An entry with the run's title, address, hash, engine and year."),
)
def run_citation(request: HttpRequest, run_id: int) -> HttpResponse:
    page = sandbox.page_of_run(run_id, request.user)
    address = request.build_absolute_uri(reverse("experiments:run", args=[page.card.spec_hash]))
    return downloads.citation(page, address)
