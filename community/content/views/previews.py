"""A text as its page will show it, and what is wrong with it."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from community.common.errors import SignInNeeded
from community.common.ratelimit import limited
from community.common.templatetags.ui import html_lang
from community.content import previews
from community.content.rates import PREVIEWING


@require_POST
@limited(PREVIEWING)
def preview(request: HttpRequest) -> JsonResponse:
    """Answer with everything that the editor shows of a text: its page, and the problems of its configs.

    `html` is what the page will hold, byte for byte. `problems` have lines and columns of the text; `notice` says
    where it is over a limit; `keys` name its configs. Visitors have no editor, so they get 401.
    """
    if not request.user.is_authenticated:
        raise SignInNeeded
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
