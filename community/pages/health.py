"""For machines: is the process alive, is the site ready."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community.common import readiness


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """Answer as long as this process answers at all; asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part works, else 503, and say which."""
    parts = readiness.report()
    works = all(parts.values())
    words = {name: "ok" if is_fine else "down" for name, is_fine in parts.items()}
    return JsonResponse({"status": "ready" if works else "not ready", **words}, status=200 if works else 503)
