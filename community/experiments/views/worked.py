"""Worked steps of a run: any example, step and seed, as a fragment of its page and as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bpsandbox import api
from community.accounts import preferences
from community.accounts.models import LossForm, Vectors
from community.common.errors import NotFound
from community.common.network import client_network
from community.experiments import downloads, origin
from community.experiments.errors import with_site_errors
from community.experiments.visitors import identities, new_key, set_cookie

NAMES = ("sample", "step", "seed")
LONGEST = 40
"""How many characters of a number are read."""


def requested_step(given: Any) -> tuple[dict[str, int], dict[str, str]]:
    """Return the step from a form or query: whole numbers from 0, and the invalid texts."""
    texts = {name: given[name].strip()[:LONGEST] for name in NAMES if name in given}
    numbers = {name: int(text) for name, text in texts.items() if is_number(text)}
    return numbers, {name: text for name, text in texts.items() if name not in numbers}


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST


@dataclass(frozen=True)
class StepView:
    """Context of a run page's worked steps, for its forms."""

    shown: api.StepPage
    page: api.RunPage
    convention: tuple[str, str]
    post_id: int | None
    looks: int = 0
    """How often a page without script has looked whether the step is there."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """What was typed that is no whole number, by the field's name."""

    vectors = Vectors.choices
    losses = LossForm.choices

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shown, name)

    @property
    def fields(self) -> dict[str, int | str]:
        """Form values: the step, and invalid input as typed."""
        return {name: getattr(self.shown, name) for name in NAMES} | dict(self.unread)

    @property
    def query(self) -> str:
        """Query of the step and the referring post, for URLs."""
        post = {"post": self.post_id} if self.post_id is not None else {}
        return f"?{urlencode({**post, **self.fields})}"

    @property
    def again(self) -> str:
        """URL a page without script reloads. It differs each time, since the same URL with #worked would not reload."""
        return f"{self.query}&look={self.looks + 1}#worked"

    @property
    def address(self) -> str:
        """URL of the step on its run's page, keeping the referring post."""
        return f"{reverse('experiments:run', args=[self.page.card.spec_hash])}{self.query}#worked"


def step_view(request: HttpRequest, page: api.RunPage, given: Any) -> StepView | None:
    """Return the worked steps of a run's page for this reader; None without a result."""
    convention = preferences.formulas(request)
    asked, unread = requested_step(given)
    shown = api.worked_page(page, asked, convention, **identities(request))
    if shown is None:
        return None
    if unread:
        sentence = _("Example, step and seed must be whole numbers from 0.")
        shown = replace(shown, worked=None, is_waiting=False, may_be_asked=False, sentence=sentence)
    look = given.get("look", "")
    looks = int(look) if is_number(look) else 0
    return StepView(shown, page, convention, origin.post_id(request), looks, unread)


@require_safe
@with_site_errors
def fragment(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the section alone, which the page polls while a step is being worked; 204 if it is not ready."""
    page = api.run_page(spec_hash, **identities(request), shown_in=origin.shown_in(request))
    view = step_view(request, page, request.GET)
    if view is not None and view.shown.is_waiting:
        response = HttpResponse(status=204)
    else:
        response = render(request, "experiments/run_worked.html", {"page": page, "work": view, "is_fragment": True})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@with_site_errors
def work(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Request a worked step; the page shows it when it is ready."""
    person = identities(request)
    key = person["owner_key"] or ("" if person["user"] else new_key())
    page = api.run_page(spec_hash, **person, shown_in=origin.shown_in(request))
    view = step_view(request, page, request.POST)
    if view is None:
        raise NotFound
    if view.shown.may_be_asked:
        where = {"sample": view.shown.sample, "step": view.shown.step, "seed": view.shown.seed}
        api.work_step(spec_hash, **where, requester=person["user"], owner_key=key, address=client_network(request))
    response = redirect(view.address)
    if key:
        set_cookie(response, key)
    return response


@require_safe
@with_site_errors
def tex(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the step as a LaTeX document."""
    page, worked = _worked(request, spec_hash)
    return downloads.tex(api.worked_tex(worked, title=page.title), spec_hash)


@require_safe
@with_site_errors
def markdown(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the step as Markdown."""
    page, worked = _worked(request, spec_hash)
    return downloads.markdown(api.worked_markdown(worked, title=page.title), spec_hash)


def _worked(request: HttpRequest, spec_hash: str) -> tuple[api.RunPage, Any]:
    """Return the step named by the URL. Raises NotFound if it was not worked."""
    page = api.run_page(spec_hash, **identities(request), shown_in=origin.shown_in(request))
    view = step_view(request, page, request.GET)
    if view is None or view.shown.worked is None:
        raise NotFound
    return page, view.shown.worked
