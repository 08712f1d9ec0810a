"""The playground: a config, its problems, its run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from bpsandbox import api
from community.common.errors import Conflict, NotFound, TooManyRequests
from community.common.fragments import wants_fragment
from community.common.page_cache import shared_page
from community.common.ratelimit import limited
from community.content.drafts import begin_reply
from community.experiments import origin, panel, playground, sharing
from community.experiments.errors import with_site_errors
from community.experiments.prices import price_words
from community.experiments.rates import CHECKING, PLAYING
from community.experiments.relatives import relatives_of
from community.experiments.views import worked
from community.experiments.views.actions import ANSWER, KINDS, NO_ANSWER
from community.experiments.views.runs import drawn_of, growing_of
from community.experiments.visitors import identities, set_cookie


@require_http_methods(["GET", "HEAD", "POST"])
@shared_page(takes_others=True)
@limited(PLAYING)
@with_site_errors
@api.read_once()
def page(request: HttpRequest) -> HttpResponse:
    """Show the playground and run what a form sent; scripts request only the card."""
    if request.method != "POST":
        return _shown(request, playground.initial_state(request))
    played = _from_there(request, playground.run_config(request))
    if wants_fragment(request):
        response = _for_script(played)
    elif played.card is not None and played.result_address:
        response = redirect(played.result_address)
    else:
        response = _shown(request, played)
    if played.retry_after is not None:
        response["Retry-After"] = str(played.retry_after)
    if played.key:
        set_cookie(response, played.key)
    return response


def _from_there(request: HttpRequest, opened: playground.Playground) -> playground.Playground:
    """Return a playground whose addresses keep the referring post."""
    return replace(opened, post=origin.post_id(request))


def _shown(request: HttpRequest, opened: playground.Playground) -> HttpResponse:
    opened = _from_there(request, opened)
    context = {
        "playground": opened,
        "panel": panel.panel(opened.text),
        "path": api.preset_path(),
        "preset": api.presets().get(opened.chosen),
        "thread": origin.thread_to_answer(request),
        "next_preset": playground.after(opened.chosen),
        **_of_the_run(request, opened),
    }
    if opened.is_other or not (context.keys() & {"document", "growing"}):
        context["before"] = playground.before_of(opened)
    return render(request, "experiments/playground.html", context, status=opened.status)


def _of_the_run(request: HttpRequest, opened: playground.Playground) -> dict[str, Any]:
    """Return what the pictures and the steps of a finished run need, or the pictures of one that trains."""
    if opened.card is None or not opened.card.card.has_series:
        return {}
    person = identities(request)
    run = api.run_page(opened.card.card.spec_hash, **person)
    if run.document is None:
        return {"growing": growing_of(request, run), "played": opened.query} if run.growing else {}
    steps = worked.step_view(request, run, worked.step_fields(request), opened.query)
    records = run.document and run.document.records
    relatives = None if opened.chosen else relatives_of(run, **person)
    return {**drawn_of(request, run), "records": records, "work": steps, "relatives": relatives}


def _for_script(played: playground.Playground) -> HttpResponse:
    if played.card is not None:
        return HttpResponse(playground.result(played))
    problems = [problem.as_dict() for problem in played.problems]
    answer = {"problems": problems, "message": played.refusal}
    if played.offers_account:
        answer["sign_in"] = f"{reverse('account_login')}?{urlencode({'next': played.address})}"
    return JsonResponse(answer, status=played.status)


@require_POST
@limited(CHECKING)
@with_site_errors
@api.read_once()
def check(request: HttpRequest) -> JsonResponse:
    """Return all problems of a config and its cost."""
    return JsonResponse(_checked(request, request.POST.get("config", "")))


def _checked(request: HttpRequest, text: str) -> dict[str, Any]:
    person = identities(request)
    found = playground.checked(text, is_visitor=not api.is_member(person["user"]))
    answer = {
        "problems": [problem.as_dict() for problem in found.problems],
        "notes": [str(note) for note in found.notes],
        "price": price_words(found.price),
        "refusal": playground.with_account(text, found.problems, **person),
    }
    if "controls" in request.POST:
        own = playground.own_text(playground.readable_text(text), request)
        answer |= {"text": own, **panel.answer(own), **playground.before_for_script(request, found)}
    return answer


@require_POST
@limited(CHECKING)
@with_site_errors
@api.read_once()
def edit(request: HttpRequest) -> HttpResponse:
    """Write what controls say into the text of a config."""
    made = playground.written(request)
    if not wants_fragment(request):
        kept = _from_there(request, playground.kept(made.text, made.told))
        if not kept.result_address or made.told or made.said:
            return _shown(request, replace(kept, notes=(*kept.notes, *filter(None, [made.said]))))
        return redirect(kept.result_address)
    answer = {"text": made.text, "message": made.message, "left": made.left, "said": made.said}
    return JsonResponse(answer | _checked(request, made.text))


@require_POST
@limited(CHECKING)
@with_site_errors
@api.read_once()
def write(request: HttpRequest) -> HttpResponse:
    """Begin a post with the config in it. A visitor signs in first."""
    made = playground.written(request)
    text = made.text
    if made.told:
        return _shown(request, playground.kept(text, made.told))
    kind = request.POST.get("kind", "")
    if kind not in (*KINDS, ANSWER):
        raise NotFound
    if not request.user.is_authenticated:
        return _signed_in_first(request, text, kind)
    if kind == ANSWER:
        thread = origin.thread_to_answer(request)
        if thread is None:
            return _shown(request, replace(playground.kept(text, NO_ANSWER), status=Conflict.status))
        return redirect(begin_reply(request, thread, playground.source_of(text)))
    return redirect(playground.begin_post(request.user, text, kind))


def _signed_in_first(request: HttpRequest, text: str, kind: str) -> HttpResponse:
    """Ask a visitor to sign in, and go on to the post.

    For an answer, which this person may not be able to give, and where no more posts are kept for a network, the way
    leads back to the playground, whose address has the config unless it is too long for that.
    """
    try:
        if kind != ANSWER:
            return redirect_to_login(playground.keep_post(request, text, kind))
    except TooManyRequests:
        pass
    code = sharing.packed(text)
    if not code:
        told = _("This config is too long to keep while you sign in. Run it, or sign in first.")
        return _shown(request, playground.kept(text, told))
    return redirect_to_login(origin.with_post(request, f"{reverse('experiments:playground')}?{urlencode({'c': code})}"))


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def schema(request: HttpRequest) -> HttpResponse:
    """Return the JSON Schema of configs, for editors; `?l=` chooses the language of its descriptions."""
    asked = request.GET.get("l", "")
    language = asked if asked in dict(settings.LANGUAGES) else ""
    return HttpResponse(api.config_schema(language), content_type="application/schema+json")


@require_safe
@cache_control(max_age=300)
@vary_on_headers("Accept-Language", "Cookie")
def presets(request: HttpRequest) -> JsonResponse:
    """Return the preset networks, for the editors' menus."""
    offered = api.presets().values()
    return JsonResponse({"presets": [{"name": p.name, "title": str(p.title), "text": p.text} for p in offered]})
