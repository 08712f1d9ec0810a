"""A text as its page will show it, and what is wrong with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from community.common.ratelimit import limited
from community.common.templatetags.ui import html_lang
from community.content import previews
from community.content.rates import PREVIEWING


@require_POST
@limited(PREVIEWING)
def preview(request: HttpRequest) -> HttpResponse:
    """The HTML a text will have on its page, byte for byte."""
    body = previews.preview(request.user, request.POST)
    return HttpResponse(body.html, headers={"Content-Language": html_lang(body.language)})


@require_POST
@limited(PREVIEWING)
def check(request: HttpRequest) -> HttpResponse:
    """What is wrong with the configs in a text, with lines and columns, and where it is over a limit."""
    body = previews.preview(request.user, request.POST)
    return JsonResponse({"problems": list(body.problems), "notice": body.notice, "keys": list(body.keys)})
