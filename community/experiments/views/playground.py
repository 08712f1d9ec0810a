"""The playground: a config, its problems, its run."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from bpsandbox import api
from community.common.fragments import wants_fragment
from community.common.ratelimit import limited
from community.experiments import playground
from community.experiments.errors import with_site_errors
from community.experiments.prices import price_words
from community.experiments.rates import CHECKING, PLAYING
from community.experiments.visitors import identities, set_cookie


@require_http_methods(["GET", "HEAD", "POST"])
@limited(PLAYING)
@with_site_errors
def page(request: HttpRequest) -> HttpResponse:
    """Show the playground and run what a form sent; scripts request only the card."""
    if request.method != "POST":
        return _shown(request, playground.initial_state(request))
    played = playground.run_config(request)
    if wants_fragment(request):
        response = _for_script(played)
    else:
        response = _shown(request, played)
    if played.retry_after is not None:
        response["Retry-After"] = str(played.retry_after)
    if played.key:
        set_cookie(response, played.key)
    return response


def _shown(request: HttpRequest, opened: playground.Playground) -> HttpResponse:
    context = {"playground": opened, "presets": api.presets().values()}
    return render(request, "experiments/playground.html", context, status=opened.status)


def _for_script(played: playground.Playground) -> HttpResponse:
    if played.card is not None:
        return HttpResponse(playground.result(played))
    problems = [problem.as_dict() for problem in played.problems]
    return JsonResponse({"problems": problems, "message": played.refusal}, status=played.status)


@require_POST
@limited(CHECKING)
@with_site_errors
def check(request: HttpRequest) -> JsonResponse:
    """Return all problems of a config and its cost."""
    found = playground.checked(
        request.POST.get("config", ""), is_visitor=not api.is_member(identities(request)["user"])
    )
    answer = {
        "problems": [problem.as_dict() for problem in found.problems],
        "notes": [str(note) for note in found.notes],
        "price": price_words(found.price),
    }
    return JsonResponse(answer)


@require_safe
@cache_control(max_age=24 * 3600, public=True)
def schema(request: HttpRequest) -> HttpResponse:
    """Return the JSON Schema of configs, for external editors."""
    return HttpResponse(api.config_schema(), content_type="application/schema+json")


@require_safe
@cache_control(max_age=300)
@vary_on_headers("Accept-Language", "Cookie")
def presets(request: HttpRequest) -> JsonResponse:
    """Return the preset networks, for the editors' menus."""
    offered = api.presets().values()
    return JsonResponse({"presets": [{"name": p.name, "title": str(p.title), "text": p.text} for p in offered]})
