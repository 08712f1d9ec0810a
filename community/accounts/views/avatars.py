from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from community.accounts import avatars
from community.accounts.models import User

_YEAR = 365 * 24 * 3600
_FIVE_MINUTES = 300


@require_safe
def avatar(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve a face: for ever at the address that names this picture, for a moment at any other."""
    person = get_object_or_404(User.objects.only("handle", "handle_key", "display_name"), pk=pk)
    name, key = person.visible_name, person.handle_key
    response = HttpResponse(avatars.avatar_svg(name, key), content_type="image/svg+xml")
    if request.GET.get("v") == avatars.version(name, key):
        response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    else:
        response["Cache-Control"] = f"public, max-age={_FIVE_MINUTES}"
    return response
