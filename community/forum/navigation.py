"""Tabs, breadcrumbs and links around lists and threads."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.content.models import Category, Kind, Thread
from community.content.unread import UNREAD

from .lists import LABELS, ORDERS, YOUR_TAGS, Scope


def order_tabs(request: HttpRequest, order: str, scope: Scope) -> list[tuple[str, str, bool]]:
    """Return the orders of a list, keeping other parameters; only lists with questions have unanswered ones."""
    offered = [name for name in ORDERS if name != "unanswered" or scope.kind in ("", Kind.QUESTION)]
    offered += [UNREAD] if request.user.is_authenticated else []
    here = "unanswered" if order == YOUR_TAGS else order
    return [(str(LABELS[name]), _address(request, order=name), name == here) for name in offered]


def unanswered_links(request: HttpRequest, order: str, scope: Scope) -> list[tuple[str, str, bool]]:
    """Return what members can choose among the unanswered questions of a whole list."""
    if not request.user.is_authenticated or scope.is_narrow or order not in ("unanswered", YOUR_TAGS):
        return []
    offered = [("unanswered", pgettext("questions", "All")), (YOUR_TAGS, _("In your tags"))]
    return [(label, _address(request, order=name), name == order) for name, label in offered]


def kind_links(request: HttpRequest, kind: str) -> list[tuple[str, str, bool]]:
    every = [("", _("All kinds")), *((name, _plural(name)) for name in Kind.values)]
    return [(label, _address(request, kind=name), name == kind) for name, label in every]


def category_crumbs(way: Sequence[Category], *, last_is_here: bool = True) -> list[tuple[str, str]]:
    """Return breadcrumbs from the forum to a category."""
    crumbs = [(category.label, category.get_absolute_url()) for category in way]
    if crumbs and last_is_here:
        crumbs[-1] = (crumbs[-1][0], "")
    return [(_("Latest"), reverse("forum:latest")), *crumbs]


def thread_crumbs(thread: Thread) -> list[tuple[str, str]]:
    """Return breadcrumbs: questions or discussions, then the category path. Requires `category__parent` loaded."""
    home = "forum:questions" if thread.kind == Kind.QUESTION else "forum:discussions"
    way = [each for each in (thread.category and thread.category.parent, thread.category) if each]
    return [(_plural(thread.kind), reverse(home)), *category_crumbs(way, last_is_here=False)[1:]]


def _plural(kind: str) -> str:
    return {
        Kind.QUESTION: _("Questions"),
        Kind.DISCUSSION: _("Discussions"),
        Kind.ARTICLE: _("Articles"),
        Kind.NOTE: _("Notes"),
    }[Kind(kind)]


def _address(request: HttpRequest, **changes: str) -> str:
    """Return this page's URL at its first row with one parameter changed; defaults are omitted."""
    query = {name: request.GET[name] for name in ("order", "kind") if request.GET.get(name)} | changes
    query = {name: value for name, value in query.items() if value and (name, value) != ("order", "latest")}
    return f"{request.path}?{urlencode(query)}" if query else request.path
