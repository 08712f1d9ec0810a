"""Serving of the generated fonts."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from community.common.fonts import store
from community.common.middleware.public_files import public_file

FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {"woff2": "font/woff2", "css": "text/css; charset=utf-8"}


@public_file
@require_safe
def font(request: HttpRequest, file_name: str) -> HttpResponse:
    """Return a font or the stylesheet; names contain a content hash, so responses never go stale."""
    path = store.folder() / file_name
    kind = TYPES.get(file_name.rpartition(".")[2])
    if kind is None or not path.is_file():
        raise Http404
    response = HttpResponse(path.read_bytes(), content_type=kind, status=HTTPStatus.OK)
    response["Cache-Control"] = FOR_EVER
    return response
