"""The search index, on the database under test."""

import random
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser

from community.accounts.models import User
from community.search import registry
from community.search.models import Document
from community.search.selectors import find, results
from community.search.services import index, rebuild, remove

pytestmark = [pytest.mark.both, pytest.mark.django_db]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def people(monkeypatch):
    """Three searchable people; the inactive one is visible to nobody."""
    rows = [User.objects.create_user(f"reader{i}", f"r{i}@example.org", is_active=i < 2) for i in range(3)]
    source = registry.Source(
        kind="person",
        visible=lambda user: User.objects.filter(is_active=True),
        resolve=lambda ids, user: {pk: registry.Hit(f"/{pk}/", "hit", "Person", None, NOW) for pk in ids},
        rows=User.objects.all,
        text=lambda user: registry.Text(user.pk, user.handle, "about"),
    )
    monkeypatch.setattr(registry, "_sources", {"person": source})
    return rows


def put(person, title="", body=""):
    index(kind="person", text=registry.Text(person.pk, title, body))


def test_a_text_of_more_words_than_a_row_holds_is_found_by_its_beginning(people):
    marks = random.Random(1)
    put(people[0], body="梯度" + "".join(chr(marks.randrange(0x4E00, 0x9FFF)) for _ in range(100_000)))
    assert found("梯度") == [people[0].pk]


def found(query):
    return [match.object_id for match in find(query, AnonymousUser()).matches]


@pytest.mark.parametrize(
    "query", ["中文", "文", "支持中文吗", "反向传播", "back", "CAFÉ", "o'neil", "frac", "传播 cafe"]
)
def test_a_text_is_found_by(people, query):
    put(people[0], "支持中文吗", r"反向传播 backprop $\frac{a}{b}$ O'Neil's café \ 'quoted'")
    assert found(query) == [people[0].pk]


@pytest.mark.parametrize("query", ["中国", "持文", "absent", "cafe absent", "", "'", "\\", '"', "*", "OR", "a:b"])
def test_a_text_is_not_found_by(people, query):
    put(people[0], "支持中文吗", "反向传播 café")
    assert found(query) == []


def test_who_may_not_see_does_not_find(people):
    put(people[2], "secret")
    assert found("secret") == []


def test_a_hit_in_the_title_comes_first(people):
    put(people[0], "other", "gradient and much more text here")
    put(people[1], "gradient", "other text")
    assert found("gradient") == [people[1].pk, people[0].pk]


def test_a_changed_text_is_found_by_its_new_words_only(people):
    put(people[0], "before")
    put(people[0], "after")
    assert (found("before"), found("after")) == ([], [people[0].pk])


def test_a_removed_text_is_gone(people):
    put(people[0], "gone")
    remove(kind="person", object_ids=[people[0].pk])
    assert found("gone") == [] and not Document.objects.filter(object_id=people[0].pk).exists()


def test_a_rebuild_agrees_with_the_sources(people):
    put(people[0], "stale")
    index(kind="person", text=registry.Text(10_000, "orphan", ""))
    assert rebuild() == 3
    assert found("stale") == [] and found("reader1") == [people[1].pk]
    assert not Document.objects.filter(object_id=10_000).exists()


def test_a_page_of_results_carries_excerpts(people):
    put(people[0], "t", "the chain rule")
    matches = find("chain", AnonymousUser()).matches
    assert [result.excerpt for result in results(matches, "chain", AnonymousUser())] == ["the <mark>chain</mark> rule"]
