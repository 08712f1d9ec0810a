"""Registry of searchable kinds. The owning app defines the visibility and display of hits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from community.search.excerpts import Draw, no_formulas

if TYPE_CHECKING:
    from community.search.selectors import Search

NO_CURVE = SafeString("")
NOTHING_UNREAD = SafeString("")


@dataclass(frozen=True, slots=True)
class Text:
    """The indexed text of a document.

    `more` is found like the body and not shown in excerpts. `facts` are what it is filtered by (see `facts`).
    """

    object_id: int
    title: str
    body: str
    more: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit as shown to its reader.

    `title` is safe HTML, `label` is its kind, `draw` returns requested formulas of its text as safe HTML by their
    LaTeX. `count` is the number at the head of its row, with its word and its state (`components/row_count.html`).
    `unread` is safe HTML: what this reader has not read of its thread. `words` are shown where there is no text to take
    an excerpt from. `thread` is a key for the API, `number` that of a post in its thread, `owner` that of who put it on
    lists, which may be nobody who wrote a post. `tags` are a few of it, each with a name and an address. `curve` is
    safe HTML: that of a run, with its loss.
    """

    url: str
    title: SafeString
    label: str
    author: Any
    at: datetime | None
    language: str = ""
    count: tuple[int, str, str] | None = None
    unread: SafeString = NOTHING_UNREAD
    draw: Draw = no_formulas
    kind: str = ""
    words: str = ""
    thread: int | None = None
    plain_title: str = ""
    icon: str = ""
    number: int | None = None
    owner: int | None = None
    tags: Sequence[Any] = ()
    curve: SafeString = NO_CURVE


class Described(NamedTuple):
    """What is known of a visible row before it is shown: its kind, as `kind:` names it, and its score."""

    object_id: int
    label: str
    score: int


def _nothing_beside(ids: Iterable[int]) -> dict[int, Mapping[str, str]]:
    return {}


def _nothing_about(search: Search) -> list[str]:
    return []


class New(NamedTuple):
    """A row that everybody sees since a moment, and who wrote it, if anybody did."""

    pk: int
    author_id: int | None
    at: datetime


type NewRows = Callable[[datetime, datetime, int], Sequence[tuple[int, int | None, datetime]]]


def _nothing_new(after: datetime, until: datetime, most: int) -> Sequence[tuple[int, int | None, datetime]]:
    return ()


def _as_they_are(rows: QuerySet, search: Search) -> QuerySet:
    return rows


@dataclass(frozen=True, slots=True)
class Source:
    """A searchable kind that is indexed.

    `visible(user)` is a queryset of primary keys, joined into the search query; `resolve(ids, user)` loads what the
    page shows, by id; `rows()` is a queryset of everything that is indexed, with what `text(row)` reads.
    `described(rows)` reads the labels and scores of visible rows; without it they are all of the source's kind.
    `narrowed(rows, search)` leaves those visible rows that the index could not tell from others. `author` is the column
    of who wrote a row, or is it; rows of people whom the reader does not meet are left out. `beside(ids)` reads what is
    indexed as `more` than title and text, by id and by where it is: `tag` or `config`. `new(after, until, most)`
    returns the first rows (see `New`) that everybody sees since a moment after the one and not after the other, the
    oldest first.
    """

    kind: str
    visible: Callable[[Any], Any]
    resolve: Callable[[Iterable[int], Any], dict[int, Hit]]
    rows: Callable[[], QuerySet]
    text: Callable[[Any], Text]
    described: Callable[[QuerySet], Iterable[tuple[int, str, int]]] | None = None
    narrowed: Callable[[QuerySet, Search], QuerySet] = _as_they_are
    author: str = ""
    beside: Callable[[Iterable[int]], dict[int, Mapping[str, str]]] = _nothing_beside
    new: NewRows = _nothing_new


@dataclass(frozen=True, slots=True)
class Finder:
    """A searchable kind with an index of its own.

    `find(search, user, most, among)` returns the first keys of what is visible and found, best first, among a few keys
    if some are given; nothing if the search asks for what it does not know. `about(search)` says what that is, if
    nothing but this kind is asked for. `visible` and `new` are as of a source.
    """

    kind: str
    find: Callable[[Search, Any, int, Collection[int] | None], Sequence[int]]
    visible: Callable[[Any], Any]
    resolve: Callable[[Iterable[int], Any], dict[int, Hit]]
    about: Callable[[Search], list[str]] = _nothing_about
    new: NewRows = _nothing_new


_sources: dict[str, Source] = {}
_finders: dict[str, Finder] = {}


def register(source: Source) -> None:
    _sources[source.kind] = source


def register_finder(finder: Finder) -> None:
    _finders[finder.kind] = finder


def sources() -> dict[str, Source]:
    return dict(_sources)


def finders() -> dict[str, Finder]:
    return dict(_finders)


def known() -> dict[str, Source | Finder]:
    return {**_sources, **_finders}
