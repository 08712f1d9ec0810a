"""Data migrations, on rows in their previous state."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from community.content import texts
from community.content.models import Event, Post, Revision, Tag, Thread
from tests.factories import QuestionFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def test_versions_from_before_publication_are_forgotten_and_later_ones_stay():
    forget = import_module("community.content.migrations.0003_history_begins_with_publication").forget
    thread, untouched = QuestionFactory(), QuestionFactory(draft=True)
    post, hour = thread.opening_post, timedelta(hours=1)
    public_at = thread.published_at
    Thread.objects.filter(pk=thread.pk).update(created_at=public_at - 9 * hour)
    Post.objects.filter(pk=post.pk).update(version=3, edited_at=public_at - hour)
    for number, at in enumerate((public_at - hour, public_at + hour), start=1):
        Revision.objects.create(post=post, number=number, source=f"{number}", editor=post.author, created_at=at)
    Revision.objects.create(post=untouched.opening_post, number=1, source="1", editor=post.author)
    forget(apps, None)
    assert list(Revision.objects.order_by("pk").values_list("post", "number")) == [
        (post.pk, 2),
        (untouched.opening_post.pk, 1),
    ]
    thread.refresh_from_db()
    post.refresh_from_db()
    assert (thread.created_at, post.edited_at, post.version) == (public_at, None, 3)


def test_actions_of_events_are_renamed_and_named_back(moderator):
    migration = import_module("community.content.migrations.0004_events")
    thread, editor = QuestionFactory(), SimpleNamespace(connection=connection)
    for action in migration.ACTIONS:
        Event.objects.create(thread=thread, actor=moderator, action=action)
    names = Event.objects.order_by("pk").values_list("action", flat=True)
    migration.rename_actions(apps, editor)
    assert list(names.all()) == ["lock", "unlock", "pin", "unpin", "move"]
    migration.name_back(apps, editor)
    assert list(names.all()) == ["locked", "unlocked", "pinned", "unpinned", "moved"]


def test_a_tag_is_found_by_the_name_that_it_was_given():
    migration = import_module("community.content.migrations.0038_named_tags")
    xor = Tag.objects.create(slug="xor", name="Exclusive or")
    names = [("lstm", "LSTM"), ("异或", "XOR"), ("adam", "???"), ("gru", "Adam"), ("rnn", "EXCLUSIVE  OR")]
    for slug, name in names:
        Tag.objects.create(slug=slug, name=name)
    migration.give_rows(apps, None)
    migration.give_rows(apps, None)
    made = Tag.objects.filter(synonym_of__isnull=False).values_list("slug", "name", "synonym_of")
    assert list(made) == [("exclusive-or", "Exclusive-or", xor.pk)]
    assert all(migration.slug_of(each) == texts.tag(each) for each in ("Ａdam W", " C++ ", "ＸＯＲ", "层归一化", "ß"))
