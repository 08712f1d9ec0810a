"""All pages and parts of pages that are kept, what each was made from, and whether those that stay are still right.

A page is a function of what its queries return, and so is a part. After an act the queries of all that would still be
used are asked again: what got the same rows is the same. What got others is made anew and compared. Neither the topics
nor the tables that the page cache has recorded are trusted.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache as memoised
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings

from community.common.changes.log import CHANGES
from community.common.page_cache import answers, parts
from tests.architecture.world import World
from tests.kept_pages import KeptPageDiffers, difference, kept_pages

READERS = ("member", "author", "moderator")
LOG = "common_change"  # read for every page, and shown on none
RANDOM = re.compile(r'(?:nonce|value|content)="[A-Za-z0-9+/=_-]{20,}"')
AN_HOUR = 3600

type Query = tuple[str, tuple[Any, ...]]


@dataclass
class Kept:
    """`queries` are those that a page, by its key, or a part, by its name, was made from; `found` what they returned.

    `pages_with` are the addresses of the pages that have a part, `rows` a digest of each table.
    """

    world: World
    pages: dict[Hashable, answers.KeptPage] = field(default_factory=dict)
    parts: dict[Hashable, parts.KeptPart] = field(default_factory=dict)
    pages_with: dict[Hashable, list[str]] = field(default_factory=dict)
    queries: dict[Hashable, frozenset[Query]] = field(default_factory=dict)
    found: dict[Query, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    _forgives: bool = False

    def begin(self) -> None:
        """Keep everything as it was, with nothing changed so far."""
        cache.clear()
        CHANGES.forget()
        CHANGES.catch_up()
        since = {"reading": CHANGES.reading, "ends_at": time.monotonic() + AN_HOUR}
        for key, page in self.pages.items():
            page.reading = page.checked = CHANGES.reading
            page.ends_at = since["ends_at"]
            page.parts = tuple(replace(part, **since) for part in page.parts)
            if answers.STORE.get(key) is not page:
                answers.STORE.put(key, page)
        for name, part in self.parts.items():
            part.reading, part.ends_at = since["reading"], since["ends_at"]
            if parts.STORE.get(name) is not part:
                parts.STORE.put(name, part)

    def of(self, addresses: Collection[str]) -> Kept:
        """Return these pages only, with all parts."""
        return replace(self, pages={key: page for key, page in self.pages.items() if address_of(key) in addresses})

    def changed_tables(self) -> set[str]:
        """Return the tables with other rows than at first, whoever wrote them: also triggers."""
        return {table for table, rows in self.rows.items() if rows_of(table) != rows}

    def ended(self, tables: Collection[str] | None = None, column: str = "") -> set[Hashable]:
        """Return the keys of the pages that would not be sent any more. Fails if one that would be is wrong.

        The tables and the column are those that the act has changed. If a column is named, its value may be one that
        nothing writes, with which a page cannot be made.
        """
        self._forgives = bool(column)
        CHANGES.catch_up()
        pages = {key: page for key in self.pages if (page := answers.current(key) or answers.renewed(key)) is not None}
        stay = [name for name, part in self.parts.items() if parts.STORE.get(name) is part and part.is_current()]
        tables = self.changed_tables() if tables is None else tables
        other = self._answered_otherwise([*pages, *stay], tables, column)
        self._compare_parts([name for name in stay if self.queries[name] & other])
        self._compare_pages({key: page for key, page in pages.items() if self.queries[key] & other})
        return self.pages.keys() - pages.keys()

    def _answered_otherwise(self, stay: list[Hashable], tables: Collection[str], column: str) -> set[Query]:
        """Return the queries behind what stays that return something else than at first."""
        asked = frozenset[Query]().union(*(self.queries[each] for each in stay))
        return {query for query in asked if _names(query[0], tables, column) and result_of(query) != self.found[query]}

    def _compare_parts(self, names: list[Hashable]) -> None:
        """Compare pages made from these parts: a member's, all of them; others', a few that have all these parts."""
        addresses = list(dict.fromkeys(path for name in names for path in self.pages_with[name]))
        few, met = [], set[str]()
        for name in names:
            if met.isdisjoint(self.pages_with[name]):
                few.append(self.pages_with[name][0])
                met.add(few[-1])
        self.compare_for("member", addresses)
        for reader in READERS[1:]:
            self.compare_for(reader, few)

    def compare_for(self, reader: str, addresses: Iterable[str]) -> None:
        """Compare a reader's pages, made from the parts that are kept, with pages made without."""
        for path in addresses:
            with override_settings(PAGE_CACHE_BYTES=0):
                fresh = self._made_anew(self.world.client(reader), path)
            if fresh is None:
                continue
            old, fresh = shown(self.world, reader, path), RANDOM.sub("RANDOM", fresh)
            if old != fresh:
                raise KeptPageDiffers(f"{reader} at {path}\n{difference(old, fresh)}")

    def _compare_pages(self, pages: dict[Hashable, answers.KeptPage]) -> None:
        for key, page in pages.items():
            answers.STORE.drop(key)
            parts.STORE.clear()
            old, fresh = page.body().decode(), self._made_anew(Client(), address_of(key))
            if fresh is not None and old != fresh:
                raise KeptPageDiffers(f"{address_of(key)}\n{difference(old, fresh)}\n{sorted(page.topics)}")

    def _made_anew(self, client: Client, path: str) -> str | None:
        try:
            return _content(client.get(path))
        except Exception:
            if not self._forgives:
                raise
            return None

    def read(self, path: str) -> Any:
        """Read a visitor's page and keep it; made with nothing remembered of the others."""
        cache.clear()
        parts.STORE.clear()
        before = _stored().keys()
        with queries() as sent:
            response = Client().get(path)
        for key in _stored().keys() - before:
            self.pages[key] = _stored()[key]
            self.queries[key] = frozenset(sent)
        return response

    def read_to_its_end(self, path: str) -> None:
        """Read each page of a list, forwards and then backwards."""
        for name in ("after", "before"):
            page: str | None = path
            while page is not None:
                text = _content(self.read(page))
                last, page = page, _linked(text, page, name)
            path = last

    def read_as_members(self, path: str) -> None:
        """Read a page as each reader, with nothing remembered of the others, and keep its parts.

        What a page had read before a part may be behind the part too; not what only one of its readers asks.
        """
        keep = parts.STORE.put
        for reader in READERS:
            cache.clear()
            parts.STORE.clear()
            with queries() as sent, pytest.MonkeyPatch.context() as patch:
                patch.setattr(parts.STORE, "put", self._noting(path, sent, keep))
                self.world.client(reader).get(path)

    def _noting(self, path: str, sent: list[Query], keep: Callable[..., None]) -> Callable[..., None]:
        def put(name: Hashable, part: parts.KeptPart) -> None:
            keep(name, part)
            self.parts[name] = part
            self.queries[name] = self.queries.get(name, frozenset(sent)) & frozenset(sent)
            if path not in (pages := self.pages_with.setdefault(name, [])):
                pages.append(path)

        return put

    def complete(self) -> None:
        """Note what all queries return, and the rows of their tables."""
        self.found = {query: result_of(query) for query in frozenset[Query]().union(*self.queries.values())}
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor)) - {LOG}
        named = frozenset[str]().union(*(_words(sql) for sql, _values in self.found))
        self.rows = {table: rows_of(table) for table in sorted(tables & named)}

    def pages_of(self, path: str, *within: str) -> set[Hashable]:
        """Return the keys of the pages of a list that contain all these words."""
        return {
            key
            for key, page in self.pages.items()
            if address_of(key).startswith(path) and all(word in page.body().decode() for word in within)
        }


@contextmanager
def keeping(world: World) -> Iterator[Kept]:
    """Keep what is read within, and complete it at the end."""
    with kept_pages():
        kept = Kept(world)
        yield kept
        kept.complete()


def shown(world: World, role: str, path: str) -> str:
    return RANDOM.sub("RANDOM", _content(world.client(role).get(path)))


def address_of(key: Any) -> str:
    _scheme, _host, path, query, _choices = key
    return f"{path}?{query}" if query else path


@contextmanager
def queries() -> Iterator[list[Query]]:
    """Collect the queries that are sent within, with their values, except those of the log of changes."""
    sent: list[Query] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "WITH", "(")) and LOG not in sql:
            sent.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def result_of(query: Query) -> str:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return repr(cursor.fetchall())


def rows_of(table: str) -> int:
    """Return a digest of all rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return hash(tuple(sorted(map(repr, cursor.fetchall()))))


def _names(sql: str, tables: Collection[str], column: str) -> bool:
    """Return whether a query reads one of the tables, and may read the column."""
    return not _words(sql).isdisjoint(tables) and (not column or column in sql or "*" in sql.replace("(*)", ""))


@memoised
def _words(sql: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", sql))


def _stored() -> dict[Hashable, answers.KeptPage]:
    return {**answers.STORE._probation, **answers.STORE._main}


def _content(response: Any) -> str:
    return response.content.decode() if response.status_code == 200 else str(response.status_code)


def _linked(text: str, page: str, name: str) -> str | None:
    found = re.search(rf'href="(\?[^"]*\b{name}=[^"]+)"', text)
    return page.partition("?")[0] + unescape(found[1]) if found else None
