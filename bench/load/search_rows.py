"""The search index of the synthetic posts, written with them: texts that repeat are tokenised once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from bench.load.rows import Rows, copy
from community.common.walk import batches
from community.search import formulas, registry
from community.search.backends import NAMED_KINDS
from community.search.backends.postgres import _vector
from community.search.models import Document
from community.search.services import LONGEST_BODY, LONGEST_TITLE, rewrite
from community.search.tokens import index_tokens


class SearchRows:
    def __init__(self) -> None:
        self.documents = Rows(Document, "id", "kind", "object_id", "title", "body")
        self._words: list[tuple] = []
        self._names: list[tuple] = []
        self._tokens: dict[int, list[str]] = {}
        self._vectors: dict[int, str] = {}

    def add(self, post: int, title: str, body: str, *, key: int | None) -> None:
        """Keep a post until `write`. `key` names its body; None if it does not occur again."""
        pk = self.documents.next_pk()
        title, body = title[:LONGEST_TITLE], body[:LONGEST_BODY]
        self.documents.add(pk, "post", post, title, body)
        tokens = self._tokens_of(body, key)
        shapes = formulas.index_tokens(body)
        if connection.vendor == "postgresql":
            self._words.append((pk, self._vector_of(title, tokens, shapes, key)))
        else:
            self._words.append((pk, " ".join(index_tokens(title)), " ".join(tokens), " ".join(shapes)))
            self._names += [(pk, " ".join(index_tokens(title)), "", "")] if title else []

    def write(self) -> None:
        self.documents.write()
        words, self._words = self._words, []
        if connection.vendor == "postgresql":
            copy("search_vector", ("document_id", "words"), words)
        else:
            copy("search_fulltext", ("rowid", "title", "body", "facts"), words)
            names, self._names = self._names, []
            copy("search_names", ("rowid", "title", "body", "facts"), names)

    def _tokens_of(self, body: str, key: int | None) -> list[str]:
        if key is None:
            return index_tokens(body)
        if key not in self._tokens:
            self._tokens[key] = index_tokens(body)
        return self._tokens[key]

    def _vector_of(self, title: str, tokens: list[str], shapes: tuple[str, ...], key: int | None) -> str:
        if title or key is None:
            return _vector(index_tokens(title), tokens, shapes)
        if key not in self._vectors:
            self._vectors[key] = _vector([], tokens, shapes)
        return self._vectors[key]


def index_named() -> None:
    """Index people and tags, of which there are few, as the site does."""
    for source in (each for each in registry.sources().values() if each.kind in NAMED_KINDS):
        for keys in batches(source.rows()):
            rewrite(kind=source.kind, keys=keys)


@contextmanager
def without_word_index() -> Iterator[None]:
    """On PostgreSQL, take the index of words away meanwhile: built once at the end, it costs a fraction."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS search_vector_words")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute("CREATE INDEX search_vector_words ON search_vector USING gin (words)")
