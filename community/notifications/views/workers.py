from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from community.common.middleware.public_files import public_file

SOURCE = Path(__file__).parents[1] / "push" / "worker.js"


@public_file
@require_safe
def push_worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker. It is not among the static files: its address decides which pages it may open."""
    response = HttpResponse(_source(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()
