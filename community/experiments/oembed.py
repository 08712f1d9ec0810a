"""oEmbed for run pages: which run an address names, and how its card is embedded."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.etree import ElementTree

from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bpsandbox import api
from community.common.errors import BadRequest, DomainError, NotFound
from community.common.invisible import NOT_IN_XML

from . import pictures
from .access import POST

WIDTH, HEIGHT = 720, 640
LEAST = 240
LONGEST_URL = 2_000
CACHE_SECONDS = 3_600
PAGES = frozenset({"experiments:run", "experiments:embed"})


class NoSuchFormat(DomainError):
    status = 501
    default = gettext_lazy("The format is json or xml.")


def describe(request: HttpRequest) -> dict[str, Any]:
    """Answer an oEmbed request. Raises BadRequest, NoSuchFormat, or NotFound of what visitors cannot see."""
    if request.GET.get("format", "json") not in ("json", "xml"):
        raise NoSuchFormat
    width, height = (_at_most(request, name, usual) for name, usual in (("maxwidth", WIDTH), ("maxheight", HEIGHT)))
    spec_hash, post_id = named(request, request.GET.get("url", ""))
    card = api.card_states([spec_hash]).get(spec_hash)
    if card is None:
        raise NotFound
    shown_in = None if post_id is None else (POST, post_id)
    title = api.title_of(spec_hash, shown_in=shown_in) or card.words["title"]
    return {
        "version": "1.0", "type": "rich", "title": title, "provider_name": _("Chainrule"),
        "provider_url": request.build_absolute_uri("/"), "cache_age": CACHE_SECONDS, "width": width, "height": height,
        **thumbnail(request, card, post_id),
        "html": code(request, spec_hash, post_id, title=title, size=(width, height)),
    }  # fmt: skip


def thumbnail(request: HttpRequest, card: api.Card, post_id: int | None) -> dict[str, Any]:
    """Return the card's picture, for sites that show no frames; nothing without points."""
    if card.series is None:
        return {}
    address = request.build_absolute_uri(reverse("experiments:card-png", args=[card.spec_hash]) + _query(post_id))
    return {"thumbnail_url": address, "thumbnail_width": pictures.WIDTH, "thumbnail_height": pictures.HEIGHT}


def code(
    request: HttpRequest, spec_hash: str, post_id: int | None, *, title: str, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> str:
    """Return the HTML of the frame."""
    address = request.build_absolute_uri(reverse("experiments:embed", args=[spec_hash]) + _query(post_id))
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" style="border:0;max-width:100%" loading="lazy"></iframe>',
        address, title, *size,
    )  # fmt: skip


def discovery(request: HttpRequest, spec_hash: str, post_id: int | None) -> str:
    """Return the address of the description of a run page."""
    page = request.build_absolute_uri(reverse("experiments:run", args=[spec_hash]) + _query(post_id))
    return request.build_absolute_uri(reverse("experiments:oembed")) + f"?format=json&url={quote(page, safe='')}"


def named(request: HttpRequest, url: str) -> tuple[str, int | None]:
    """Return the spec and the post of a run page's address. Raises BadRequest, or NotFound for any other address."""
    if not url:
        raise BadRequest(_("Name the address of a run page in 'url'."))
    if len(url) > LONGEST_URL:
        raise BadRequest(_("The address in 'url' is too long."))
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        raise NotFound from None
    if parts.scheme not in ("http", "https") or parts.netloc != request.get_host() or match.view_name not in PAGES:
        raise NotFound
    post = parse_qs(parts.query, max_num_fields=10).get("post", [""])[0] if parts.query.count("&") < 10 else ""
    is_number = post.isascii() and post.isdecimal() and len(post) < 19
    return match.kwargs["spec_hash"], int(post) if is_number else None


def xml(found: dict[str, Any]) -> bytes:
    root = ElementTree.Element("oembed")
    for name, value in found.items():
        ElementTree.SubElement(root, name).text = NOT_IN_XML.sub("", str(value))
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _at_most(request: HttpRequest, name: str, usual: int) -> int:
    """Return a width or height within what the asking site allows; its limit is ignored if it is no number."""
    asked = request.GET.get(name, "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 10
    return max(LEAST, min(usual, int(asked))) if is_number else usual


def _query(post_id: int | None) -> str:
    return "" if post_id is None else f"?{urlencode({'post': post_id})}"
