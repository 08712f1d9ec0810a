"""Tabs and links above the lists of articles and notes."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.blogs.selectors import ORDERS
from community.content.models import Kind
from community.content.unread import UNREAD


def order_of(request: HttpRequest) -> str:
    wanted = request.GET.get("order", "new")
    return wanted if wanted in _offered(request) else "new"


def order_tabs(request: HttpRequest, order: str) -> list[tuple[str, str, bool]]:
    labels = {"new": _("New"), "latest": _("Latest"), "top": _("Top"), UNREAD: pgettext("threads", "Unread")}
    return [(labels[name], "?" if name == "new" else f"?order={name}", name == order) for name in _offered(request)]


def _offered(request: HttpRequest) -> list[str]:
    return [*ORDERS, UNREAD] if request.user.is_authenticated else [*ORDERS]


def kinds(kind: str) -> list[tuple[str, str, bool]]:
    """Return the tabs for articles and notes."""
    return [
        (_("Articles"), reverse("blogs:articles"), kind == Kind.ARTICLE),
        (_("Notes"), reverse("blogs:notes"), kind == Kind.NOTE),
    ]
