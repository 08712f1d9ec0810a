"""Previews, with the problems of a text."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from community.common.ratelimit import limited
from community.common.templatetags.ui import html_lang
from community.content import previews
from community.content.rates import PREVIEWING


@require_POST
@limited(PREVIEWING)
def preview(request: HttpRequest) -> JsonResponse:
    """Return JSON for the editor: the preview and the problems of its configs.

    `html` is exactly what the page will contain, title and text. `problems` have lines and columns of the text;
    `notice` reports an exceeded limit; `keys` are its configs.
    """
    body = previews.preview(request.user, request.POST)
    return JsonResponse(
        {
            "html": body.html,
            "language": html_lang(body.language),
            "problems": list(body.problems),
            "notice": body.notice,
            "keys": list(body.keys),
        }
    )
