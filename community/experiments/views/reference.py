"""Reference of the config language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.errors import NotFound
from community.common.page_cache import shared_page
from community.experiments.reference import runnable, sections
from community.experiments.terms import TERMS


@require_safe
@shared_page()
def page(request: HttpRequest) -> HttpResponse:
    """Show what one may want to do, and all sections; it has the anchors of the time when all were one page."""
    found = sections()
    context = {
        "introduction": mark_safe(found.introduction),  # sanitised by the renderer
        "sections": found.sections,
        "tasks": api.config_tasks(),
    }
    return render(request, "experiments/config_reference.html", context)


@require_safe
@shared_page()
def terms(request: HttpRequest) -> HttpResponse:
    """Show what the terms on the pages of runs mean."""
    return render(request, "experiments/terms.html", {"terms": TERMS})


@require_safe
@shared_page()
def section(request: HttpRequest, name: str) -> HttpResponse:
    """Show one section, with what one may want to do with it."""
    found = sections()
    if not found.sections:  # it could not be formatted just now
        return redirect("experiments:config")
    place = found.place(name)
    if place is None:
        raise NotFound
    shown = found.sections[place]
    context = {
        "section": shown,
        "html": mark_safe(runnable(shown)),  # sanitised by the renderer
        "sections": found.sections,
        "tasks": [task for task in api.config_tasks() if task.section == name],
        "before": found.sections[place - 1] if place else None,
        "after": found.sections[place + 1] if place + 1 < len(found.sections) else None,
    }
    return render(request, "experiments/config_section.html", context)
