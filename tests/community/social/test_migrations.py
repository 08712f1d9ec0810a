"""The data migration that follows a rolling deploy."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from community.content.models import Event, Post, Thread
from community.social.models import FeedEntry, Follow
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
migration = import_module("community.social.migrations.0004_delivered_meanwhile")
HOUR = timedelta(hours=1)


def deployed(ago: timedelta) -> None:
    """Say that the table of feeds was made so long ago."""
    row = MigrationRecorder(connection).migration_qs.filter(app="social", name="0002_feed_entries")
    assert row.update(applied=timezone.now() - ago) == 1


def deliver_again() -> None:
    migration.deliver_again(apps, SimpleNamespace(connection=connection))


def question(ago: timedelta) -> Thread:
    then = timezone.now() - ago
    thread = QuestionFactory(published_at=then)
    Post.objects.filter(thread=thread).update(created_at=then)
    return thread


@pytest.fixture
def reader():
    return PersonFactory()


def shown(reader) -> set[int]:
    return set(FeedEntry.objects.filter(reader=reader).values_list("thread", flat=True))


def test_what_old_workers_announced_during_the_deploy_is_in_feeds_and_nothing_older(reader):
    deployed(3 * HOUR)
    before, queued, during = (question(ago) for ago in (9 * HOUR, 3.5 * HOUR, HOUR))
    Follow.objects.bulk_create(Follow(follower=reader, thread=each) for each in (before, queued, during))
    deliver_again()
    deliver_again()
    assert shown(reader) == {queued.pk, during.pk}


def test_what_old_processes_hid_or_moved_is_right_too(reader, moderator):
    deployed(3 * HOUR)
    hidden_in, moved = question(9 * HOUR), question(9 * HOUR)
    answer = AnswerFactory(thread=hidden_in, created_at=timezone.now() - 8 * HOUR, hidden_at=timezone.now() - HOUR)
    Follow.objects.create(follower=reader, thread=hidden_in)
    FeedEntry.objects.create(reader=reader, thread=hidden_in, post=answer, created_at=answer.created_at)
    FeedEntry.objects.create(reader=reader, thread=moved, post=moved.opening_post, created_at=timezone.now())
    Event.objects.create(thread=moved, actor=moderator, action="move")
    deliver_again()
    assert list(FeedEntry.objects.filter(reader=reader).values_list("post", flat=True)) == [hidden_in.opening_post.pk]


def test_a_deploy_that_was_left_unfinished_for_long_reaches_back_two_days(reader):
    deployed(timedelta(days=30))
    old, recent = question(timedelta(days=3)), question(timedelta(days=1))
    Follow.objects.bulk_create(Follow(follower=reader, thread=each) for each in (old, recent))
    deliver_again()
    assert shown(reader) == {recent.pk}
