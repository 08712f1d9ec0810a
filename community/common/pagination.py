"""Keyset pagination.

The next page starts after the last row seen, so nothing is repeated or skipped while new rows arrive, and page 500
costs what page 1 does.

    page = keyset_page(Thread.objects.visible_to(user), order=("-last_post_at", "-pk"), request=request, size=30)
    page.items, page.next_cursor, page.previous_cursor, page.next_query, page.previous_query

A list that no index has in order, such as that of several categories, is given with its `parts`, which have one each.
"""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol, Self

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.lookups import In
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.common.errors import BadRequest
from community.common.prepared import Prepared, place

MAX_CURSOR_LENGTH = 1000
MOST_SIFTED = 5  # pages that are read for one, when its reader wants few rows of each


class BrokenCursor(BadRequest):
    """The cursor was changed, truncated, or made for another list."""

    default = _("This page link is broken. Please start again from the first page.")


type Sift[T] = Callable[[Sequence[T]], list[T]]
"""Returns those of some rows that a reader wants, in order."""
type Read[L] = Callable[[str | None, str | None], L]
"""Returns the page of a list after one cursor, or before the other."""


@dataclass(frozen=True)
class Page[T]:
    """One page of a list; a cursor is None when there are no more rows in that direction.

    `beyond` is the first row after it, or before it on the way back, if it was read.
    """

    items: list[T]
    next_cursor: str | None
    previous_cursor: str | None
    query: str = ""
    beyond: T | None = None

    @property
    def next_query(self) -> str:
        """Query string of the next page, keeping other parameters; empty on the last page."""
        return _with(self.query, "after", self.next_cursor)

    @property
    def previous_query(self) -> str:
        return _with(self.query, "before", self.previous_cursor)

    def copied(self, request: HttpRequest) -> Page[T]:
        """Return a copy for one reader, with copies of its rows, of a page that is kept for all."""
        return replace(self, items=list(map(copy, self.items)), query=query_without_cursor(request))

    def sifted(self, sift: Sift[T]) -> Page[T]:
        """Return the page with those of its rows that `sift` returns."""
        return replace(self, items=sift(self.items))

    def followed_by(self, later: Page[T]) -> Page[T]:
        """Return this page and the one after it as one."""
        items = [*self.items, *later.items]
        return replace(self, items=items, next_cursor=later.next_cursor, beyond=later.beyond)

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
    parts: Sequence[QuerySet] = (),
) -> Page[M]:
    """Return one page of `rows`; `?after=` and `?before=` are read from the request, if given.

    `parts` are querysets that together select the same rows, each in order on an index of its own: a page is read from
    each, and the first of them all are returned. A part is of the same model, or of one that refers to it by a column
    of its name and has the columns of `order`, which then ends with the key, except the last.

    `order` names columns or annotations that are never null, "-" for descending, and ends with a unique one. Raises
    BrokenCursor for a cursor not issued for this order.
    """

    def read(ordering: tuple[str, ...], values: Sequence[Any]) -> list[M]:
        found = rows
        if parts:
            found = rows.filter(pk__in=first_keys(rows.model, parts, ordering, size + 1, values))
        elif values:
            found = rows.filter(_beyond(ordering, values))
        return list(found.order_by(*ordering)[: size + 1])

    return _read_page(read, order, size, _asked_for(request, after, before))


class PreparedList[M: Model]:
    """A list of a page of which the queries are put together once: see `community.common.prepared`.

    `rows` and `parts` are as `keyset_page` takes them, with places for what its `keyset_page` is given; `keeps_plan` is
    as `Prepared` takes it.
    """

    def __init__(
        self,
        rows: QuerySet[M],
        *,
        order: Sequence[str],
        size: int,
        parts: Sequence[QuerySet] = (),
        keeps_plan: bool = True,
    ) -> None:
        self.rows, self.order, self.size, self.parts, self.keeps_plan = rows, order, size, parts, keeps_plan
        self._kept = lru_cache(maxsize=100)(self._prepared)

    def keyset_page(
        self,
        *,
        request: HttpRequest | None = None,
        after: str | None = None,
        before: str | None = None,
        **given: int,
    ) -> Page[M]:
        """Return one page, as the function does."""

        def read(ordering: tuple[str, ...], values: Sequence[Any]) -> list[M]:
            filled = given | {f"value{n}": value for n, value in enumerate(values)}
            query = self._kept(ordering, is_first=not values)
            if not isinstance(query, _ByKeys):
                return query.run(**filled)
            return query.run(ordering, self.size + 1, filled)

        return _read_page(read, self.order, self.size, _asked_for(request, after, before))

    def _prepared(self, ordering: tuple[str, ...], *, is_first: bool) -> Prepared | _ByKeys:
        model, size = self.rows.model, self.size + 1
        values = () if is_first else [place(f"value{n}") for n in range(len(ordering))]
        if not self.parts:
            rows = self.rows if is_first else self.rows.filter(_beyond(ordering, values))
            return Prepared(lambda: rows.order_by(*ordering)[:size], keeps_plan=self.keeps_plan)
        ranges = [each for part in self.parts for each in _ranges_of(model, part, ordering, values, size)]
        if len(ranges) > 1:
            return _ByKeys(Prepared(lambda: _union(ranges, ordering), keeps_plan=self.keeps_plan), self.rows)
        [(key, first)] = ranges
        found = self.rows.filter(pk__in=first.values(key))
        return Prepared(lambda: found.order_by(*ordering)[:size], keeps_plan=self.keeps_plan)


class _ByKeys:
    """Rows whose keys a query of its own finds."""

    def __init__(self, keys: Prepared, rows: QuerySet) -> None:
        self.keys, self.rows = keys, rows
        self._kept = lru_cache(maxsize=100)(self._among)

    def run(self, ordering: tuple[str, ...], size: int, given: dict[str, Any]) -> list[Any]:
        keys = _first_of(self.keys.run(**given), ordering, size)
        return self._kept(len(keys), ordering).run(**{f"key{n}": key for n, key in enumerate(keys)}) if keys else []

    def _among(self, count: int, ordering: tuple[str, ...]) -> Prepared:
        among = In(F("pk"), [place(f"key{n}") for n in range(count)])
        return Prepared(lambda: self.rows.filter(among).order_by(*ordering))


def _read_page[M](
    read: Callable[[tuple[str, ...], Sequence[Any]], list[M]],
    order: Sequence[str],
    size: int,
    asked: tuple[str | None, str | None, str],
) -> Page[M]:
    """Return one page of what `read` returns: one row more than a page has, in an order, from values of it on."""
    after, before, query = asked
    backwards = before is not None and not after
    cursor = before if backwards else after
    ordering = tuple(_flip(name) for name in order) if backwards else tuple(order)
    found = read(ordering, read_cursor(cursor, order) if cursor else ())
    has_more = len(found) > size
    items = found[:size][::-1] if backwards else found[:size]
    page = _page(items, order, backwards=backwards, started=bool(cursor), has_more=has_more, query=query)
    return replace(page, beyond=found[size]) if has_more else page


class Sifted(Protocol):
    """A page of a list from which rows can be taken out."""

    @property
    def next_cursor(self) -> str | None: ...
    @property
    def previous_cursor(self) -> str | None: ...
    def __len__(self) -> int: ...
    def sifted(self, sift: Sift[Any]) -> Self: ...
    def followed_by(self, later: Self) -> Self: ...


def cursors_of(request: HttpRequest) -> dict[str, str | None]:
    return {name: request.GET.get(name) for name in ("after", "before")}


def sifted_page[L: Sifted](read: Read[L], sift: Sift[Any] | None, *, after: str | None, before: str | None) -> L:
    """Return a page of the rows that one reader wants, from a list that is everybody's; all of them without `sift`.

    It begins and ends where pages of that list do, so cursors and order stay the same. When less than half of a page is
    left, the pages after it are added (those before it, on the way back), MOST_SIFTED in all; it may be empty and not
    the last one.
    """
    found = read(after, before)
    if sift is None:
        return found
    backwards, size = before is not None and not after, len(found)
    page = found.sifted(sift)
    for _more in range(1, MOST_SIFTED):
        cursor = page.previous_cursor if backwards else page.next_cursor
        if cursor is None or 2 * len(page) >= size:
            break
        more = read(*((None, cursor) if backwards else (cursor, None))).sifted(sift)
        page = more.followed_by(page) if backwards else page.followed_by(more)
    return page


def list_page[R](
    rows: Sequence[R], *, order: Sequence[str], size: int, request: HttpRequest | None = None, after: str | None = None
) -> Page[R]:
    """Return one page of rows that are in memory, already in this order, of numbers.

    Raises BrokenCursor for a cursor not issued for this order.
    """
    after, before, query = _asked_for(request, after, None)
    backwards = before is not None and not after
    cursor = before if backwards else after
    start = _first_beyond(rows, order, read_cursor(cursor, order), backwards=backwards) if cursor else 0
    found = rows[max(start - size - 1, 0) : start][::-1] if backwards else rows[start : start + size + 1]
    items = list(found[:size][::-1] if backwards else found[:size])
    return _page(items, order, backwards=backwards, started=bool(cursor), has_more=len(found) > size, query=query)


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


def _asked_for(
    request: HttpRequest | None, after: str | None, before: str | None
) -> tuple[str | None, str | None, str]:
    """Return the cursors, those of the request included, and its query string without them."""
    if request is None:
        return after, before, ""
    return after or request.GET.get("after"), before or request.GET.get("before"), query_without_cursor(request)


def _first_beyond(rows: Sequence[Any], order: Sequence[str], values: Sequence[Any], *, backwards: bool) -> int:
    """Return where rows before these values end, or where those after them begin."""
    bisect = bisect_left if backwards else bisect_right
    columns = [name.removeprefix("-") for name in order]
    return bisect(rows, _place(values, order), key=lambda row: _place([_value(row, name) for name in columns], order))


def _place(values: Sequence[Any], order: Sequence[str]) -> tuple[Any, ...]:
    """Return what rows of this order sort by."""
    return tuple(-value if name.startswith("-") else value for name, value in zip(order, values, strict=True))


def first_keys(
    model: type[Model], parts: Sequence[QuerySet], order: Sequence[str], size: int, values: Sequence[Any] = ()
) -> QuerySet | list[Any]:
    """Return the keys of the first rows of all parts after `values`: a subquery for one part, a list for several."""
    ranges = [each for part in parts for each in _ranges_of(model, part, order, values, size)]
    if len(ranges) == 1:
        [(key, first)] = ranges
        return first.values(key)
    return _first_of(_union(ranges, order), order, size)


def _union(ranges: Sequence[tuple[str, QuerySet]], order: Sequence[str]) -> QuerySet:
    members = [_member(key, first, order) for key, first in ranges]
    return members[0].union(*members[1:], all=True)


def _first_of(found: Iterable[tuple[Any, ...]], order: Sequence[str], size: int) -> list[Any]:
    """Return the keys, which are the last column, of the first of these rows, each once."""
    rows = list(set(found))
    for column, name in reversed(list(enumerate(order))):
        rows.sort(key=itemgetter(column), reverse=name.startswith("-"))
    return [row[-1] for row in rows[:size]]


def _ranges_of(
    model: type[Model], part: QuerySet, order: Sequence[str], values: Sequence[Any], size: int
) -> Iterator[tuple[str, QuerySet]]:
    """Select the first rows of a part after `values`, for each range of its index; with their column of the key."""
    key, names = "pk", list(order)
    if part.model is not model:
        key = str(model._meta.model_name)
        names[-1] = f"-{key}" if order[-1].startswith("-") else key
    for beyond in _ranges(names, values) if values else [Q()]:
        yield key, part.filter(beyond).order_by(*names)[:size]


def _member(key: str, rows: QuerySet, order: Sequence[str]) -> QuerySet:
    """Return the columns of `order` and the key of these rows, for a union.

    SQLite limits no member of a union, but what a member selects from. A part may be the only one that has a column.
    """
    columns = [name.removeprefix("-") for name in order[:-1]]
    last = key if key != "pk" else order[-1].removeprefix("-")
    whole = rows.model._default_manager.order_by().filter(pk__in=rows.values("pk"))
    return whole.values_list(*columns, last, key)


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Filter rows after `values`."""
    beyond = Q()
    for each in _ranges(order, values):
        beyond |= each
    return beyond


def _ranges(order: Sequence[str], values: Sequence[Any]) -> list[Q]:
    """Return the filters that together select the rows after `values`, each a range of an index of this order.

    One comparison of rows when all columns have one direction; else a > x, and a = x with b > y, …
    """
    names, downward = [name.removeprefix("-") for name in order], [name.startswith("-") for name in order]
    if len(order) > 1 and len(set(downward)) == 1:
        compare = TupleLessThan if downward[0] else TupleGreaterThan
        return [Q(compare(Tuple(*map(F, names)), tuple(values)))]
    ranges, equal = [], Q()
    for name, down, value in zip(names, downward, values, strict=True):
        ranges.append(equal & Q(**{f"{name}__{'lt' if down else 'gt'}": value}))
        equal &= Q(**{name: value})
    return ranges


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


def query_without_cursor(request: HttpRequest) -> str:
    """Return the query string that the other pages of a list keep."""
    query = request.GET.copy()
    query.pop("after", None)
    query.pop("before", None)
    return query.urlencode()


def _with(query: str, name: str, cursor: str | None) -> str:
    if cursor is None:
        return ""
    return f"?{query}&{name}={cursor}" if query else f"?{name}={cursor}"
