"""Reference of the config language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from community.experiments.reference import reference


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    found = reference()
    sections = [heading for heading in found.headings if heading.level == 2]
    context = {"html": mark_safe(found.html), "sections": sections}  # sanitised by the renderer
    return render(request, "experiments/config_reference.html", context)
