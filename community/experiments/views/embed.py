"""A run's card in a frame of another site, and oEmbed, by which that site learns of it.

Both show what a visitor without cookies may see, whoever asks: no session is read, nothing can be pressed but links.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.http import require_safe

from bpsandbox import api
from community.common.middleware.preferences import THEMES
from community.common.network import client_network
from community.common.page_cache import shared_page
from community.common.ratelimit import Limit
from community.experiments import cards, oembed, origin

POLICY: dict[str, list[CSP | str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
    "base-uri": [CSP.NONE],
}
OEMBED = Limit("oembed", "120/minute")


@require_safe
@shared_page("post", "lang", "theme")
def embed(request: HttpRequest, spec_hash: str) -> HttpResponse:
    """Show the card of a run that visitors may see, in a frame; `lang` and `theme` may be given."""
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
    theme = request.GET.get("theme", "")
    with translation.override(language):
        view = _card(spec_hash, origin.shown_in(request), origin.post_id(request))
        context = {
            "view": view, "card": view and view.card, "site": request.build_absolute_uri("/"),
            "address": request.get_full_path(), "theme": theme if theme in THEMES else "auto",
        }  # fmt: skip
        response = HttpResponse(render_to_string("experiments/embed.html", context), status=200 if view else 404)
    response["Content-Language"] = language or settings.LANGUAGE_CODE
    return framed(response)


def _card(spec_hash: str, shown_in: tuple[str, int] | None, post_id: int | None) -> cards.CardView | None:
    """Return the card as a visitor sees it; None if they see none."""
    card = api.card_states([spec_hash]).get(spec_hash)
    if card is None:
        return None
    title = api.title_of(spec_hash, shown_in=shown_in)
    return cards.CardView(card, f"run-{spec_hash[:8]}", title=title, post_id=post_id, level=1)


def framed(response: HttpResponse) -> HttpResponse:
    """Allow frames of other sites, which nothing else on this site does."""
    response._csp_config = POLICY  # type: ignore[attr-defined]  # as Django's csp_override
    response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def answer(request: HttpRequest) -> HttpResponse:
    """Describe the embedded card of the run page in `url`: https://oembed.com, type rich."""
    OEMBED.hit_key(f"net:{client_network(request)}")
    found: dict[str, Any] = oembed.describe(request)
    if request.GET.get("format", "json") == "xml":
        response = HttpResponse(oembed.xml(found), content_type="text/xml; charset=utf-8")
    else:
        response = JsonResponse(found)
    response["Access-Control-Allow-Origin"] = "*"
    return response
