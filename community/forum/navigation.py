"""Tabs, breadcrumbs and links around lists and threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from community.accounts.models import User
from community.content.models import Category, Kind, Thread
from community.content.unread import UNREAD

from .lists import LABELS, ORDERS, YOUR_TAGS, Scope

type Link = tuple[str, str, bool]


@dataclass(frozen=True)
class Orders:
    """The orders that a list offers: tabs, and within some tabs a choice. A link: label, address, whether it is here.

    `within` names the tab of each order that is a choice, and `own` what a tab's own order is called among them.
    """

    labels: Mapping[str, Promise | str]
    within: Mapping[str, str]
    own: Mapping[str, Promise | str]

    def tabs(self, offered: Iterable[str], here: str, address: Callable[[str], str]) -> list[Link]:
        tab = self.within.get(here, here)
        names = [name for name in offered if name not in self.within]
        return [(str(self.labels[name]), address(name), name == tab) for name in names]

    def choices(self, offered: Iterable[str], here: str, address: Callable[[str], str]) -> list[Link]:
        """Return what can be chosen within the tab of an order, if that is more than one."""
        tab = self.within.get(here, here)
        names = [name for name in offered if self.within.get(name, name) == tab]
        links = [(str(self.own.get(name, self.labels[name])), address(name), name == here) for name in names]
        return links if len(links) > 1 else []


OF_THREADS = Orders(
    labels=LABELS,
    within={"new": "latest", UNREAD: "latest", YOUR_TAGS: "unanswered"},
    own={"latest": pgettext_lazy("threads", "Active"), "unanswered": pgettext_lazy("questions", "All")},
)


def offered_orders(reader: User | AnonymousUser, scope: Scope) -> list[str]:
    """Return the orders of a list for its reader; only lists with questions have unanswered ones."""
    offered = [name for name in ORDERS if name != "unanswered" or scope.has_questions]
    if not reader.is_authenticated:
        return offered
    has_your_tags = scope.has_questions and not scope.is_narrow
    return [*offered, UNREAD, *([YOUR_TAGS] if has_your_tags else [])]


def order_links(request: HttpRequest, order: str, scope: Scope) -> dict[str, list[Link]]:
    """Return the tabs of a list and the choices within the one that is shown, keeping other parameters."""
    offered, address = offered_orders(request.user, scope), lambda name: _address(request, order=name)
    return {"tabs": OF_THREADS.tabs(offered, order, address), "choices": OF_THREADS.choices(offered, order, address)}


def kind_links(request: HttpRequest, kind: str) -> list[tuple[str, str, bool]]:
    every = [("", _("All kinds")), *((name, _plural(name)) for name in Kind.values)]
    return [(label, _address(request, kind=name), name == kind) for name, label in every]


def category_crumbs(way: Sequence[Category], *, last_is_here: bool = True) -> list[tuple[str, str]]:
    """Return breadcrumbs from the forum to a category."""
    crumbs = [(category.label, category.get_absolute_url()) for category in way]
    if crumbs and last_is_here:
        crumbs[-1] = (crumbs[-1][0], "")
    return [(pgettext("lists", "Latest"), reverse("forum:latest")), *crumbs]


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
