"""Walks by key, on the database under test."""

import pytest

from community.accounts.models import User
from community.common import walk
from community.common.walk import batches

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def people() -> list[int]:
    rows = User.objects.bulk_create(
        User(handle=f"p{i}", handle_key=f"p{i}", email=f"p{i}@example.org") for i in range(40)
    )
    return [row.pk for row in rows]


def test_every_key_comes_once_and_in_order(people, monkeypatch):
    monkeypatch.setattr(walk, "FIRST", 7)
    monkeypatch.setattr(walk, "MOST", 9)
    assert [pk for keys in batches(User.objects.filter(pk__in=people)) for pk in keys] == people


def test_rows_that_go_and_come_during_a_walk_do_not_disturb_it(people, monkeypatch):
    monkeypatch.setattr(walk, "FIRST", 10)
    walked = batches(User.objects.filter(pk__gte=people[0]))
    first = next(walked)
    User.objects.filter(pk__in=[*people[:5], people[20]]).delete()
    late = User.objects.create_user("late", "late@example.org")
    rest = [pk for keys in walked for pk in keys]
    assert first + rest == [*people[:20], *people[21:], late.pk]


def test_batches_shrink_when_their_work_is_slow(people, monkeypatch):
    monkeypatch.setattr(walk, "FIRST", 20)
    monkeypatch.setattr(walk, "FEWEST", 5)
    monkeypatch.setattr(walk, "SECONDS", 0)
    sizes = [len(keys) for keys in batches(User.objects.filter(pk__in=people))]
    assert sizes[:2] == [20, 5]
