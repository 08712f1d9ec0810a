"""Health checks: liveness and readiness."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.common import readiness
from community.common.asgi import at_once
from community.common.middleware.public_files import public_file


@public_file
@at_once
@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Return 200 while this process responds; checks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Return 200 if every component works, else 503 with the failing ones.

    `?exclude=workers&exclude=training` leaves out what all hosts share: without it, no host is better than another.
    """
    parts = readiness.report(without=request.GET.getlist("exclude"))
    works = all(parts.values())
    words = {name: "ok" if is_fine else "down" for name, is_fine in parts.items()}
    return JsonResponse({"status": "ready" if works else "not ready", **words}, status=200 if works else 503)
