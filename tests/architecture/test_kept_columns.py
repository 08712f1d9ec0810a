"""No page for visitors is kept after any column of a row that it was made from has changed.

As test_kept_pages.py, without acts: SQL writes another value into one column of one row, and each page that would still
be sent must be the one made anew. So a trigger that leaves out a column that is shown, or a topic that a page should
name and does not, is found in every column, and in new ones too. A page is made anew only if one of its queries returns
something else than before.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from django.utils import timezone

from community.blogs.models import Article
from community.blogs.series.services import put_article
from community.blogs.services import start_article
from community.common.changes import watched_tables
from community.common.changes.log import CHANGES
from community.common.page_cache import answers, parts
from community.content.models import Category, Post, PostLink, Tag, Thread
from community.content.services import add_post, edit_post, start_thread
from community.forum.services import lock_thread, move_thread, unlock_thread
from community.review.services import give_to_community
from tests.architecture import world as worlds
from tests.architecture.test_kept_pages import NOW, QUERIES, is_page
from tests.architecture.test_routes import ROWS, Door, address
from tests.kept_pages import KeptPageDiffers, difference, everything_kept, kept_pages
from tests.taken_back import taken_back
from tests.training import XOR, train

MOST_ROWS = 2
"""Of a table, as many from its beginning as from its end."""
MOST_MUTATIONS = 6
EARLIER = NOW - timedelta(days=3)

type Query = tuple[str, tuple[Any, ...]]


@dataclass
class Kept:
    """Pages, the queries that each was made from, and what these returned."""

    pages: dict[Hashable, answers.KeptPage]
    queries: dict[Hashable, tuple[Query, ...]]
    found: dict[Query, str]


def result_of(query: Query) -> str:
    with connection.cursor() as cursor:
        cursor.execute(*query)
        return repr(cursor.fetchall())


@contextmanager
def queries() -> Iterator[list[Query]]:
    """Collect the queries that are sent within, with their values, except those of the log of changes."""
    sent: list[Query] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "common_change" not in sql:
            sent.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


@pytest.fixture(scope="module")
def door(django_db_setup, django_db_blocker) -> Iterator[Door]:
    with django_db_blocker.unblock(), taken_back():
        door = Door(worlds.build())
        _add_to(door.world)
        yield door


def _add_to(world: worlds.World) -> None:
    """Add what pages show besides: tags within others, comments, events, links, a community answer, a run, a series."""
    author, member, moderator = (world.people[role] for role in ("author", "member", "moderator"))
    question = Thread.objects.get(pk=world.things["thread"]["pk"])
    answer = Post.objects.select_related("thread").get(pk=world.things["post"]["pk"])
    xor = Tag.objects.get(slug="xor")
    xor.parent = Tag.objects.create(slug="gates", name="gates", name_zh="门", about_html="<p>About gates.</p>")
    xor.save()
    Tag.objects.create(slug="exclusive-or", name="exclusive-or", synonym_of=xor)
    add_post(thread=question, author=member, source="A comment.", role="comment", parent=answer)
    lock_thread(thread=question, by=moderator, reason="Enough.")
    unlock_thread(thread=question, by=moderator)
    move_thread(thread=question, by=moderator, category=Category.objects.get(slug="meta"))
    give_to_community(post=answer, by=author)
    edit_post(post=Post.objects.get(pk=answer.pk), editor=member, source="Because of this post.", base_version=1)
    source = f"See the other one.\n\n```bp\n{XOR.replace('lr: 2.0', 'lr: 1.5')}```\n"
    linking = start_thread(author=member, kind="discussion", title="Elsewhere", source=source, publish=True)
    train()
    linked = (answer, question.posts.get(number=1))
    PostLink.objects.bulk_create(PostLink(post=linking.posts.get(number=1), target=post) for post in linked)
    article = Article.objects.get(thread=Thread.objects.public().get(kind="article"))
    again = start_article(author=author, title="A second part", source="More words.", publish=True)
    put_article(article=again, by=author, into=article.part.series)


@pytest.fixture(scope="module")
def kept(door, django_db_blocker) -> Kept:
    """Every shared page as it is before a change, each made with nothing remembered of the others."""
    found: dict[Hashable, tuple[Query, ...]] = {}
    others = [Thread.objects.get(title=title).get_absolute_url() for title in ("Elsewhere", "A second part")]
    with django_db_blocker.unblock(), kept_pages(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        rows = [row for row in ROWS if is_page(row)]
        paths = [(address(row.route, door.world.things[row.thing]), QUERIES.get(row.route, ("",))) for row in rows]
        for path, several in [*paths, *((path, ("",)) for path in others)]:
            for query in several:
                cache.clear()
                parts.STORE.clear()
                with queries() as sent:
                    Client().get(path + query)
                found |= dict.fromkeys(answers.STORE._probation.keys() - found.keys(), tuple(dict.fromkeys(sent)))
        pages = dict(answers.STORE._probation.items())
        assert set(others) <= {key[2] for key in pages}
        each = {query for sent in found.values() for query in sent}
        return Kept(pages, found, {query: result_of(query) for query in each})


@pytest.fixture(autouse=True)
def one_moment(monkeypatch) -> None:
    """Ages do not change while pages are compared."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


MODELS = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


@pytest.mark.parametrize("table", sorted(watched_tables()))
def test_after_a_change_of_any_column(door, db, kept, table: str) -> None:
    model = MODELS[table]
    wrong, count = [], 0
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        for row in _some_rows(model, field):
            count += 1
            told = _compared(kept, model, field, *row)
            if told:
                wrong.append(f"{table}.{field.column} of {row[0]}:\n{told}")
    assert count or not model.objects.exists()
    if wrong:
        raise KeptPageDiffers("\n\n".join(wrong))


def _some_rows(model: Any, field: Any) -> list[tuple[Any, Any]]:
    """Return keys and values of the first and the last rows."""
    rows = [*model._base_manager.order_by("pk").values_list("pk", field.attname)]
    return rows if len(rows) <= 2 * MOST_ROWS else [*rows[:MOST_ROWS], *rows[-MOST_ROWS:]]


def _compared(kept: Kept, model: Any, field: Any, pk: Any, value: Any) -> str:
    """Return how pages that would still be sent differ from fresh ones once a row has another value."""
    told = []
    for new in _others(model, field, value):
        with taken_back(), everything_kept(kept.pages):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{field.attname: new})
            except DatabaseError:
                continue  # a constraint
            told += _differing(kept, model._meta.db_table)
    return "\n".join(told)


def _differing(kept: Kept, table: str) -> list[str]:
    CHANGES.catch_up()
    stay = {key: page for key in kept.pages if (page := answers.current(key) or answers.renewed(key)) is not None}
    asked = {query for key in stay for query in kept.queries[key] if f'"{table}"' in query[0]}
    changed = {query for query in asked if result_of(query) != kept.found[query]}
    told = []
    for key, page in stay.items():
        if changed.isdisjoint(kept.queries[key]):
            continue
        answers.STORE.drop(key)
        parts.STORE.clear()
        _scheme, _host, path, query_string, _choices = key
        try:
            response = Client().get(f"{path}?{query_string}" if query_string else path)
        except Exception:  # a value that nothing writes
            continue
        fresh = response.content.decode() if response.status_code == 200 else str(response.status_code)
        if fresh != (old := page.body().decode()):
            told.append(f"{path}?{query_string}\n{difference(old, fresh)[:600]}\n{sorted(page.topics)}")
    return told


def _others(model: Any, field: Any, value: Any) -> list[Any]:
    """Return other values that the column could have."""
    nothing = [None] if field.null and value is not None else []
    if field.is_relation:
        keys = field.related_model._base_manager.exclude(pk=value).order_by("pk").values_list("pk", flat=True)
        return [*nothing, *keys[:1]]
    if field.choices:
        return [next(choice for choice, _label in field.flatchoices if choice != value), *nothing]
    if isinstance(field, models.BooleanField):
        return [not value]
    if isinstance(field, models.DateTimeField):
        return [EARLIER if value is None else value - timedelta(days=1), *nothing]
    if isinstance(field, models.IntegerField | models.FloatField):
        return [(value or 0) + 1, *nothing]
    if isinstance(field, models.JSONField):
        return [*islice(_mutations(value), MOST_MUTATIONS), *nothing]
    if isinstance(field, models.CharField | models.TextField):
        return [f"x{value or ''}"[: field.max_length], *nothing]
    return nothing


def _mutations(value: Any) -> Iterator[Any]:
    """Yield JSON with one other text or number in it, each of its parts in turn."""
    match value:
        case dict():
            for name, part in value.items():
                yield from ({**value, name: other} for other in islice(_mutations(part), 1))
        case list():
            for place, part in enumerate(value):
                yield from ([*value[:place], other, *value[place + 1 :]] for other in islice(_mutations(part), 1))
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case str():
            yield f"x{value}"
