"""The family of a run: what it was forked from, and what was forked from it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from community.common.page_cache import shared_page
from community.experiments import cards, topics
from community.experiments.errors import with_site_errors
from community.experiments.relatives import family_of
from community.experiments.visitors import identities


@require_safe
@shared_page()
@with_site_errors
def page(request: HttpRequest, spec_hash: str) -> HttpResponse:
    topics.shows_any()
    found = family_of(spec_hash, **identities(request))
    own = next(member for member in found.members if member.spec_hash == spec_hash)
    context = {"family": found, "own": own, "short": cards.short_hash(spec_hash)}
    return render(request, "experiments/family.html", context)
