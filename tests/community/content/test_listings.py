"""The lists of tags agree with their threads, whoever wrote the threads."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from community.content import listings
from community.content.models import Category, Kind, Tag, TagListing, Thread
from tests.factories import ThreadFactory
from tests.statements import statements

pytestmark = pytest.mark.both


@pytest.fixture
def threads(db) -> list[Thread]:
    tag = Tag.objects.create(name="gradients", slug="gradients")
    found = [ThreadFactory(kind=Kind.QUESTION) for _ in range(5)]
    for thread in found:
        thread.tags.add(tag)
    return found


def test_a_thread_is_listed_as_it_is(threads):
    assert listings.drifted() == set()
    listed = TagListing.objects.get(thread=threads[0])
    assert (listed.last_post_at, listed.score) == (threads[0].last_post_at, threads[0].score)
    assert listed.is_unanswered


def test_columns_that_no_list_sorts_by_are_saved_in_one_statement(threads):
    with statements() as made:
        threads[0].save(update_fields=["language", "lead_embed"])
    assert len(made) == 1


LATER, LONG_AGO = timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=40)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", Kind.DISCUSSION), ("category", None), ("score", 7), ("last_post_at", LATER), ("answer_count", 2),
        ("published_at", LONG_AGO), ("held_at", LATER), ("hidden_at", LATER), ("deleted_at", LATER),
        ("published_at", None),
    ],
)  # fmt: skip
def test_each_column_that_lists_sort_by_is_listed_when_it_is_saved_alone(threads, column, value):
    Thread.objects.filter(pk=threads[0].pk).update(category=Category.objects.first())
    thread = Thread.objects.get(pk=threads[0].pk)
    thread.save()
    setattr(thread, column, value)
    thread.save(update_fields=[column])
    assert listings.drifted() == set()


def test_a_thread_that_is_hidden_is_not_listed(threads):
    threads[0].hidden_at = timezone.now()
    threads[0].save()
    assert not TagListing.objects.filter(thread=threads[0]).exists()
    assert listings.drifted() == set()


def test_what_another_release_wrote_is_listed_when_its_deploy_ends(threads):
    score, answered, hidden, untagged, new = threads
    TagListing.objects.filter(thread=new).delete()
    Thread.objects.filter(pk=score.pk).update(score=7, last_post_at=timezone.now())
    Thread.objects.filter(pk=answered.pk).update(answer_count=1)
    Thread.objects.filter(pk=hidden.pk).update(hidden_at=timezone.now())
    Thread.tags.through.objects.filter(thread=untagged).delete()
    assert listings.drifted() == {thread.pk for thread in threads}
    migration = import_module("community.content.migrations.0009_listed_meanwhile")
    with connection.cursor() as cursor:
        for statement in (migration.REMOVE, migration.UPDATE, migration.ADD):
            cursor.execute(statement)
    import_module("community.content.migrations.0024_tags_of_rows").fill(apps, SimpleNamespace(connection=connection))
    assert listings.wrongly_tagged() == set()
    assert {*TagListing.objects.values_list("thread", flat=True)} == {score.pk, answered.pk, new.pk}


def test_recount_mends_the_lists(threads):
    Thread.objects.filter(pk=threads[0].pk).update(score=7)
    TagListing.objects.filter(thread=threads[1]).delete()
    call_command("recount")
    assert listings.drifted() == set()
    assert TagListing.objects.get(thread=threads[1]).score == threads[1].score
