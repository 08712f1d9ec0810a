"""Actions on a run: rerun, cancel, fork."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bpsandbox import api
from community.accounts.models import User
from community.common.errors import Conflict, NotFound, SignInNeeded
from community.common.fragments import wants_fragment
from community.common.network import client_network
from community.content import services
from community.content.drafts import begin_reply
from community.content.routes import write_url
from community.experiments import cards, configs, origin, playground, selectors
from community.experiments.errors import with_site_errors
from community.experiments.visitors import identities, new_key, set_cookie

KINDS = ("question", "discussion", "article", "note")
ANSWER = "answer"
NO_ANSWER = gettext_lazy(
    "You can no longer reply in that thread. The config is still here, so you can put it in a new post."
)


@require_POST
@with_site_errors
def rerun(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Train again; the page compares the runs afterwards."""
    person = identities(request)
    key = person["owner_key"] or ("" if person["user"] else new_key())
    try:
        api.rerun(spec_hash, requester=person["user"], owner_key=key, address=client_network(request))
    except api.InvalidConfig as error:
        return _refused(request, spec_hash, error)
    response = redirect(origin.run_url(request, spec_hash))
    if key:
        set_cookie(response, key)
    return response


def _refused(request: HttpRequest, spec_hash: str, error: api.InvalidConfig) -> HttpResponse:
    """Say which limit a run is over, and what the reader can do about it."""
    person = identities(request)
    page = api.run_page(spec_hash, **person, shown_in=origin.shown_in(request))
    told = playground.with_account(configs.forked(page, **person), error.problems, **person)
    told = told or error.problems[0].message
    if wants_fragment(request):
        raise api.InvalidConfig(told, problems=error.problems) from error
    context = {"message": told, "page": page, "run_url": origin.run_url(request, spec_hash)}
    context["fork_url"] = origin.part_url(request, "fork", spec_hash)
    return render(request, "experiments/rerun_refused.html", context, status=error.status)


@require_POST
@with_site_errors
def cancel(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Cancel one's request. The run stops when nobody else waits for it; staff stop it for everyone."""
    person = identities(request)
    everyone = bool(person["user"] and person["user"].is_staff and request.POST.get("everyone"))
    ended = api.cancel(spec_hash, everyone=everyone, **person)
    told = _("Run stopped.") if ended else _("Still running: somebody else is waiting for it.")
    if wants_fragment(request):
        return HttpResponse("" if ended else told, content_type="text/plain; charset=utf-8")
    messages.success(request, told)
    return redirect(origin.run_url(request, spec_hash))


@require_http_methods(["GET", "HEAD", "POST"])
@with_site_errors
def fork(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Fork a run's config into the playground or, for members, into a draft."""
    run = selectors.run_view(spec_hash, **identities(request), shown_in=origin.shown_in(request))
    text = configs.forked(run.page, **identities(request))
    if request.method != "POST":
        return _offered(request, run, text)
    if not request.user.is_authenticated:
        raise SignInNeeded
    kind = request.POST.get("kind", "")
    if kind in KINDS:
        return redirect(_draft_url(request, run, text, kind))
    if kind != ANSWER:
        raise NotFound
    thread = origin.thread_to_answer(request)
    if thread is None:
        return _offered(request, run, text, told=NO_ANSWER, status=Conflict.status)
    return redirect(begin_reply(request, thread, _source(request, run, text)))


def _offered(
    request: HttpRequest, run: selectors.RunView, text: str, *, told: str | Promise = "", status: int = 200
) -> HttpResponse:
    """Show the config and where it can go, below a sentence about what was not done."""
    context = {"run": run, "page": run.page, "text": text, "short": cards.short_hash(run.page.card.spec_hash)}
    context |= {"thread": origin.thread_to_answer(request), "told": told}
    return render(request, "experiments/fork.html", context, status=status)


def _draft_url(request: HttpRequest, run: selectors.RunView, text: str, kind: str) -> str:
    """Create a draft with the config and return its edit URL."""
    key = f"fork:{uuid.uuid4().hex[:16]}"
    source = _source(request, run, text)
    services.save_draft(owner=cast(User, request.user), key=key, source=source, fields={"kind": kind})
    return write_url(kind, draft=key)


def _source(request: HttpRequest, run: selectors.RunView, text: str) -> str:
    where = origin.run_url(request, run.page.card.spec_hash)
    begun = _("Forked from [{title}]({address}).").format(title=api.escaped_markdown(run.page.title), address=where)
    return f"{begun}\n\n```bp\n{text.rstrip()}\n```\n"
