from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from community.accounts import avatars
from community.accounts.models import User
from community.common.middleware.public_files import public_file

_YEAR = 365 * 24 * 3600
_FIVE_MINUTES = 300


@public_file
@require_safe
def avatar(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve an avatar; cached forever at its versioned URL, briefly at any other."""
    try:
        return _svg(_versioned(pk, request.GET.get("v", "")), f"public, max-age={_YEAR}, immutable")
    except OutdatedVersion as other:
        return _svg(other.drawing, f"public, max-age={_FIVE_MINUTES}")


class OutdatedVersion(Exception):
    """The URL contains an outdated version of the picture."""

    def __init__(self, drawing: str) -> None:
        self.drawing = drawing


@lru_cache(maxsize=4096)
def _versioned(pk: int, version: str) -> str:
    """Return the avatar for a versioned URL, cached per process after one query. Raises OutdatedVersion, Http404."""
    person = get_object_or_404(User.objects.only("handle", "handle_key", "display_name"), pk=pk)
    name, key = person.visible_name, person.handle_key
    if version != avatars.version(name, key):
        raise OutdatedVersion(avatars.avatar_svg(name, key))
    return avatars.avatar_svg(name, key)


def _svg(drawing: str, cache_control: str) -> HttpResponse:
    response = HttpResponse(drawing, content_type="image/svg+xml")
    response["Cache-Control"] = cache_control
    return response
