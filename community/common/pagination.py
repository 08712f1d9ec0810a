"""Keyset pagination.

The next page starts after the last row seen, so nothing is repeated or skipped while new rows arrive, and page 500
costs what page 1 does.

    page = keyset_page(Thread.objects.visible_to(user), order=("-last_post_at", "-pk"), request=request, size=30)
    page.items, page.next_cursor, page.previous_cursor, page.next_query, page.previous_query
"""

import datetime
import decimal
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.common.errors import BadRequest

MAX_CURSOR_LENGTH = 1000


class BrokenCursor(BadRequest):
    """The cursor was changed, truncated, or made for another list."""

    default = _("This page link is broken. Please start again from the first page.")


@dataclass(frozen=True)
class Page[T]:
    """One page of a list; a cursor is None when there are no more rows in that direction."""

    items: list[T]
    next_cursor: str | None
    previous_cursor: str | None
    query: str = ""

    @property
    def next_query(self) -> str:
        """Query string of the next page, keeping other parameters; empty on the last page."""
        return _with(self.query, "after", self.next_cursor)

    @property
    def previous_query(self) -> str:
        return _with(self.query, "before", self.previous_cursor)

    def __iter__(self):
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def keyset_page[M: Model](
    rows: QuerySet[M],
    *,
    order: Sequence[str],
    size: int,
    request: HttpRequest | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Page[M]:
    """Return one page of `rows`; `?after=` and `?before=` are read from the request, if given.

    `order` names columns or annotations that are never null, "-" for descending, and ends with a unique one. Raises
    BrokenCursor for a cursor not issued for this order.
    """
    query = ""
    if request is not None:
        after, before = after or request.GET.get("after"), before or request.GET.get("before")
        query = _without_cursor(request)
    backwards = before is not None and not after
    cursor = before if backwards else after
    ordering = tuple(_flip(name) for name in order) if backwards else tuple(order)
    if cursor:
        rows = rows.filter(_beyond(ordering, read_cursor(cursor, order)))
    found = list(rows.order_by(*ordering)[: size + 1])
    has_more = len(found) > size
    items = found[:size][::-1] if backwards else found[:size]
    return _page(items, order, backwards=backwards, started=bool(cursor), has_more=has_more, query=query)


def make_cursor(row: Any, order: Sequence[str]) -> str:
    """Return a signed cursor for a row in a list of this order."""
    values = [_pack(_value(row, name.removeprefix("-"))) for name in order]
    return signing.Signer(salt=_salt(order)).sign(
        signing.b64_encode(json.dumps(values, separators=(",", ":")).encode()).decode()
    )


def read_cursor(cursor: str, order: Sequence[str]) -> list[Any]:
    """Return the values a cursor of this order encodes. Raises BrokenCursor."""
    if len(cursor) > MAX_CURSOR_LENGTH:
        raise BrokenCursor
    try:
        packed = signing.Signer(salt=_salt(order)).unsign(cursor)
        return [_unpack(value) for value in json.loads(signing.b64_decode(packed.encode()))]
    except (signing.BadSignature, ValueError) as error:
        raise BrokenCursor from error


def _page(items: list, order: Sequence[str], *, backwards: bool, started: bool, has_more: bool, query: str) -> Page:
    has_next = has_more if not backwards else started
    has_previous = has_more if backwards else started
    return Page(
        items=items,
        next_cursor=make_cursor(items[-1], order) if items and has_next else None,
        previous_cursor=make_cursor(items[0], order) if items and has_previous else None,
        query=query,
    )


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Filter rows after `values`: a > x, or a = x and b > y, …; the first bound is repeated alone for the index."""
    beyond, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column, operator = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{column}__{operator}": value})
        equal &= Q(**{column: value})
    first, operator = order[0].removeprefix("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{operator}": values[0]}) & beyond


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _salt(order: Sequence[str]) -> str:
    return "cursor:" + ",".join(order)


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _pack(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    if isinstance(value, decimal.Decimal):
        return {"n": str(value)}
    if isinstance(value, uuid.UUID):
        return {"u": value.hex}
    return value


UNPACK: dict[str, Callable[[str], Any]] = {
    "t": datetime.datetime.fromisoformat,
    "d": datetime.date.fromisoformat,
    "n": decimal.Decimal,
    "u": uuid.UUID,
}


def _unpack(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items()
    return UNPACK[kind](text)


def _without_cursor(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    return query.urlencode()


def _with(query: str, name: str, cursor: str | None) -> str:
    if cursor is None:
        return ""
    return f"?{query}&{name}={cursor}" if query else f"?{name}={cursor}"
