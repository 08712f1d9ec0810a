"""Worked steps of a run: asked for, and read as LaTeX, Markdown or JSON."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema, Status

from bpsandbox import api as sandbox
from community.accounts import preferences
from community.api import presenters
from community.api.auth import ApiRequest, Bearer, BearerOrVisitor
from community.api.idempotency import idempotent
from community.api.routers.run_files import Count, Seed, file_of_run
from community.api.schemas import StepIn, StepState, WorkedOut
from community.common.errors import NotFound
from community.common.network import client_network
from community.experiments import downloads
from community.experiments.errors import NOT_WORKED

router = Router(tags=["runs"], auth=BearerOrVisitor())


class Step(Schema):
    """A worked step: without `sample`, `step` and `seed` the one that the run recorded."""

    sample: Count | None = None
    step: Count | None = None
    seed: Seed | None = None
    vectors: Literal["columns", "rows"] | None = None
    loss: Literal["mean", "sum", "half"] | None = None


@router.post(
    "/{int:run_id}/worked",
    auth=Bearer(),
    response={200: StepState, 202: StepState},
    summary=gettext_noop("Work a step"),
    description=gettext_noop(
        "Trains one seed up to a step, and works that step for one training example. 202 until it is ready; ask again, "
        "or read `url`. It counts against your worked steps of an hour, as on the page, unless somebody has asked for "
        "it."
    ),
)
@idempotent
def run_work(request: ApiRequest, run_id: int, payload: StepIn) -> Status[dict[str, Any]]:
    page, where = sandbox.page_of_run(run_id, request.user), payload.dict()
    shown = sandbox.worked_page(page, where, preferences.formulas(request), request.user)
    if shown is None:
        raise NotFound
    if shown.sentence and not (shown.may_be_asked or shown.is_waiting):
        raise sandbox.NoSuchStep(shown.sentence)
    if shown.may_be_asked:
        sandbox.work_step(page.card.spec_hash, **where, requester=request.user, address=client_network(request))
    address = reverse("api-v1:run_worked_json", args=[run_id])
    state = {"url": presenters.absolute(request, f"{address}?{urlencode(where)}")}
    if shown.worked is not None:
        return Status(200, {"state": "ready", **state})
    return Status(202, {"state": "waiting", **state})


def _worked(request: HttpRequest, run_id: int, step: Step) -> tuple[sandbox.RunPage, sandbox.StepPage]:
    """Return the page and the step. Raises NotFound if it was not worked."""
    page = sandbox.page_of_run(run_id, request.user)
    asked = step.dict(include={"sample", "step", "seed"}, exclude_none=True)
    usual = preferences.formulas(request)
    shown = sandbox.worked_page(page, asked, (step.vectors or usual[0], step.loss or usual[1]), request.user)
    if shown is None or shown.worked is None:
        raise NotFound(shown.sentence or NOT_WORKED if shown else None)
    return page, shown


WHICH_STEP = gettext_noop(
    "Without `sample`, `step` and `seed` it is the step that the run recorded; another one must have been worked "
    "before, on the run's page or by a POST to `worked`. `vectors` and `loss` choose the notation."
)


@file_of_run("worked.tex", "application/x-tex", gettext_noop("A worked step as LaTeX"), WHICH_STEP, of=router)
def run_worked_tex(request: HttpRequest, run_id: int, step: Query[Step]) -> HttpResponse:
    page, shown = _worked(request, run_id, step)
    return downloads.tex(sandbox.worked_tex(shown.worked, title=page.title), page.card.spec_hash)


@file_of_run("worked.md", "text/markdown", gettext_noop("A worked step as Markdown"), WHICH_STEP, of=router)
def run_worked_md(request: HttpRequest, run_id: int, step: Query[Step]) -> HttpResponse:
    page, shown = _worked(request, run_id, step)
    return downloads.markdown(sandbox.worked_markdown(shown.worked, title=page.title), page.card.spec_hash)


@router.get(
    "/{int:run_id}/worked.json",
    response=WorkedOut,
    summary=gettext_noop("A worked step as JSON"),
    description=WHICH_STEP,
)
def run_worked_json(request: HttpRequest, run_id: int, step: Query[Step]) -> dict[str, Any]:
    _page, shown = _worked(request, run_id, step)
    return sandbox.worked_json(shown)
