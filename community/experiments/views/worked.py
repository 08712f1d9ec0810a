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
from community.common.fragments import wants_fragment
from community.common.network import client_network
from community.experiments import downloads, origin, sharing
from community.experiments.errors import NOT_WORKED, RunLacks, with_site_errors
from community.experiments.visitors import identities, new_key, set_cookie

NAMES = ("sample", "step", "seed")
WORKED_BODY = "experiments/run_worked_body.html"
LONGEST = 40
"""How many characters of a number are read."""


def requested_step(given: Any) -> tuple[dict[str, int], dict[str, str]]:
    """Return the step from a form or query: whole numbers from 0, and the invalid texts."""
    texts = {name: given[name].strip()[:LONGEST] for name in NAMES if name in given}
    numbers = {name: int(text) for name, text in texts.items() if is_number(text)}
    return numbers, {name: text for name, text in texts.items() if name not in numbers}


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST


def step_fields(request: HttpRequest) -> Mapping[str, str]:
    """Return the query of a worked step; a seed alone is that of the pictures."""
    given = request.GET.dict()
    if "sample" not in given and "step" not in given:
        given.pop("seed", None)
    return given


@dataclass(frozen=True)
class StepView:
    """Context of a run's worked steps, for their forms.

    They are on the run's page or, if `played` is the query that opens it with the same text, in the playground.
    """

    shown: api.StepPage
    page: api.RunPage
    convention: tuple[str, str]
    post_id: int | None
    looks: int = 0
    """How often a page without script has looked whether the step is there."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """What was typed that is no whole number, by the field's name."""
    is_asked: bool = False
    """Whether the address names a step."""
    played: Mapping[str, str] | None = None

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
        return f"?{urlencode(self._origin | self.fields)}"

    @property
    def ask_url(self) -> str:
        """URL that the form is sent to."""
        return self._part("work") + (f"?{urlencode(self._origin)}" if self._origin else "")

    @property
    def poll_url(self) -> str:
        """URL of the steps alone, which a script asks until the step is there."""
        typed = self.played if self.played and "c" in self.played else {}
        return f"{self._part('worked')}?{urlencode(self._origin | dict(typed) | self.fields)}"

    @property
    def again(self) -> str:
        """URL a page without script reloads. It differs each time, since the same URL with #worked would not reload."""
        return self._on_page(look=self.looks + 1)

    @property
    def address(self) -> str:
        """URL of the step on its page, keeping the referring post or the text."""
        return self._on_page()

    @property
    def _origin(self) -> dict[str, Any]:
        if self.played is not None:
            return {"played": 1}
        return {} if self.post_id is None else {"post": self.post_id}

    def _part(self, name: str) -> str:
        return reverse(f"experiments:{name}", args=[self.page.card.spec_hash])

    def _on_page(self, **more: int) -> str:
        if self.played is None:
            page, kept = self._part("run"), self._origin
        else:
            page, kept = reverse("experiments:playground"), dict(self.played)
        return f"{page}?{urlencode(kept | self.fields | more)}#worked"


def step_view(
    request: HttpRequest, page: api.RunPage, given: Any, played: Mapping[str, str] | None = None
) -> StepView | None:
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
    is_asked = bool(asked or unread)
    return StepView(shown, page, convention, origin.post_id(request), looks, unread, is_asked, played)


def _played(request: HttpRequest, spec_hash: str) -> Mapping[str, str] | None:
    """Return what opens the playground with the text that a form or an address has; None for the run's page."""
    if "played" not in request.GET:
        return None
    given = request.POST or request.GET
    code, number = given.get("c", ""), origin.post_id(request)
    post = {} if number is None else {"post": str(number)}
    if not 0 < len(code) <= sharing.LONGEST_ADDRESS:
        return {"run": spec_hash} | post
    return {"c": code} | ({"run": spec_hash} if "run" in given else {}) | post


@require_safe
@with_site_errors
def fragment(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Return the section alone, which the page polls while a step is being worked; 204 if it is not ready."""
    page = api.run_page(spec_hash, **identities(request), shown_in=origin.shown_in(request))
    view = step_view(request, page, request.GET, _played(request, spec_hash))
    if view is not None and view.shown.is_waiting:
        response = HttpResponse(status=204)
        response["Cache-Control"] = "no-store"
        return response
    return _alone(request, page, view)


def _alone(request: HttpRequest, page: api.RunPage, view: StepView | None) -> HttpResponse:
    """Return the steps alone: the section of a run's page, in the playground what is in its fold."""
    template = "experiments/run_worked.html" if view is None or view.played is None else WORKED_BODY
    response = render(request, template, {"page": page, "work": view, "is_fragment": True})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@with_site_errors
def work(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Request a worked step; the page shows it when it is ready. The playground's script gets the steps alone."""
    person = identities(request)
    key = person["owner_key"] or ("" if person["user"] else new_key())
    page = api.run_page(spec_hash, **person, shown_in=origin.shown_in(request))
    view = step_view(request, page, request.POST, _played(request, spec_hash))
    if view is None:
        raise NotFound
    if view.shown.may_be_asked:
        where = {"sample": view.shown.sample, "step": view.shown.step, "seed": view.shown.seed}
        api.work_step(spec_hash, **where, requester=person["user"], owner_key=key, address=client_network(request))
    if view.played is not None and wants_fragment(request):
        given = {name: str(value) for name, value in view.fields.items()}
        response = _alone(request, page, step_view(request, page, given, view.played))
    else:
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
    """Return the step named by the URL. Raises RunLacks if it was not worked."""
    page = api.run_page(spec_hash, **identities(request), shown_in=origin.shown_in(request))
    view = step_view(request, page, request.GET)
    if view is None or view.shown.worked is None:
        sentence = (view and view.shown.sentence) or NOT_WORKED
        raise RunLacks(sentence, origin.run_url(request, spec_hash))
    return page, view.shown.worked
