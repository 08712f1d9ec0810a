"""Rebuilding the index while the site runs, on the database under test."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from community.accounts.models import User
from community.common import walk
from community.content import indexing
from community.content.models import Post
from community.search import registry, services
from community.search.backends import backend
from community.search.models import Document
from community.search.selectors import find
from community.search.services import index, rebuild
from tests.factories import PostFactory, ThreadFactory

pytestmark = pytest.mark.both


def found(query: str) -> list[int]:
    return sorted(match.object_id for match in find(query, AnonymousUser()).matches)


def forget_everything() -> None:
    backend().delete(Document.objects.values_list("pk", flat=True))
    Document.objects.all().delete()


@pytest.fixture
def posts(db) -> list[Post]:
    """A thread of a dozen posts whose texts contain `word0` to `word11`."""
    thread = ThreadFactory()
    rows = [PostFactory(thread=thread) for _ in range(12)]
    for number, row in enumerate(rows):
        Post.objects.filter(pk=row.pk).update(text=f"word{number} of all")
    forget_everything()
    return rows


def test_every_post_is_found_afterwards_and_its_title_with_the_opening_one(posts, monkeypatch):
    monkeypatch.setattr(walk, "FIRST", 5)
    told = []
    texts = Post.objects.count() + User.objects.count()
    assert rebuild(told.append) == services.searchable() == texts
    assert told[-1] == texts and told[0] == 5
    assert found("word7") == [posts[7].pk]
    assert {post.pk for post in posts} <= set(found("all"))


def test_a_second_rebuild_changes_nothing(posts):
    rebuild()
    before = list(Document.objects.order_by("pk").values())
    assert rebuild() == len(before)
    assert list(Document.objects.order_by("pk").values()) == before
    assert found("word7") == [posts[7].pk]


def test_a_batch_costs_the_same_queries_whatever_its_size(posts):
    def queries(keys):
        with CaptureQueriesContext(connection) as captured:
            services._write_rows(registry.sources()[indexing.KIND], keys)
        return len(captured)

    keys = [post.pk for post in posts]
    assert queries(keys[:2]) == queries(keys)


def test_the_command_says_how_many_texts_it_indexed(posts, capsys):
    call_command("rebuild_search")
    assert capsys.readouterr().out == f"Indexed {Post.objects.count() + User.objects.count()} texts.\n"


def in_thread(act) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    started = threading.Thread(target=run)
    started.start()
    return started


def held(act, meanwhile) -> None:
    """Call `act` in a transaction that is committed only after `meanwhile` has begun in another thread."""
    with transaction.atomic():
        act()
        other = in_thread(meanwhile)
        other.join(0.3)
        waited = other.is_alive()
    other.join(60)
    assert waited and not other.is_alive()


@pytest.mark.django_db(transaction=True)
def test_an_edit_that_is_being_saved_is_not_overwritten(posts):
    rebuild()
    post = Post.objects.select_related("thread").get(pk=posts[3].pk)

    def edit():
        post.text = "another"
        post.save(update_fields=["text"])
        indexing.update(post)

    held(edit, rebuild)
    assert (found("another"), found("word3")) == ([post.pk], [])


@pytest.mark.django_db(transaction=True)
def test_a_post_that_is_being_deleted_is_not_resurrected(posts):
    rebuild()

    def delete():
        list(Post.objects.select_for_update().filter(pk=posts[3].pk))
        indexing.remove([posts[3].pk])
        Post.objects.filter(pk=posts[3].pk).delete()

    held(delete, rebuild)
    assert found("word3") == [] and not Document.objects.filter(kind=indexing.KIND, object_id=posts[3].pk).exists()


def test_a_document_that_arrives_with_its_row_during_the_walk_is_kept(posts, monkeypatch):
    monkeypatch.setattr(walk, "FIRST", 5)
    late = []

    def report(done):
        if not late:
            late.append(PostFactory(thread=posts[0].thread))
            index(kind=indexing.KIND, text=registry.Text(late[0].pk, "", "latecomer"))

    rebuild(report)
    assert Document.objects.filter(kind=indexing.KIND, object_id=late[0].pk).exists()
