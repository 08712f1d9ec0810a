"""Links to the views and orders of a thread: the choice is in the address."""

from __future__ import annotations

from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .discussion import BEST, FLAT, Discussion, default_order, orders_of, query_of, views_of

type Link = tuple[str, str, bool]

ORDER_LABELS = {"best": _("Best first"), "oldest": _("Oldest first"), "newest": _("Newest first")}
VIEW_LABELS = {
    "": pgettext_lazy("view of a thread", "Nested"),
    FLAT: pgettext_lazy("view of a thread", "Flat"),
    BEST: pgettext_lazy("view of a thread", "Best posts"),
}


def order_links(shown: Discussion) -> list[Link]:
    """Return the sort orders of the view that is shown; none where there is nothing to sort, or one order."""
    names = orders_of(shown.thread, shown.view)
    if not shown.branches or len(names) < 2:
        return []
    return [(str(ORDER_LABELS[name]), _address(shown, shown.view, name), name == shown.order) for name in names]


def view_links(shown: Discussion) -> list[Link]:
    """Return the views of a thread; none where all look the same."""
    thread = shown.thread
    if thread.reply_count < 2:
        return []
    return [
        (str(VIEW_LABELS[view]), _address(shown, view, default_order(thread, view)), view == shown.view)
        for view in views_of(thread)
    ]


def _address(shown: Discussion, view: str, order: str) -> str:
    asked = urlencode(query_of(shown.thread, view, order))
    return f"{shown.thread.get_absolute_url()}{'?' if asked else ''}{asked}#replies"
