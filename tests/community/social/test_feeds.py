"""The home feed: its posts, its order, what fills it, and pages without repeats or gaps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.accounts.models import User
from community.common.pagination import keyset_page
from community.content import delivery
from community.content.models import Category, Post, Tag
from community.mutes.services import mute
from community.notifications.models import Notification
from community.social import audience, feeds, services
from community.social.feeds import home_feed
from community.social.levels import Level
from community.social.models import FeedEntry, Follow
from tests.factories import AnswerFactory, CommentFactory, PersonFactory, QuestionFactory, ThreadFactory

pytestmark = [pytest.mark.both, pytest.mark.django_db]
ORDER = ("-created_at", "-pk")


@pytest.fixture
def reader():
    return PersonFactory()


def announced(post: Post) -> Post:
    """Deliver a post, as the job after its commit does."""
    delivery.announce(post.pk)
    return post


def test_a_feed_without_follows_holds_only_ones_own(reader):
    announced(ThreadFactory().opening_post)
    own = announced(ThreadFactory(author=reader).opening_post)
    assert list(home_feed(reader)) == [own]


def everything(author, tag, category, followed):
    by_person, by_category, by_tag = ThreadFactory(author=author), ThreadFactory(category=category), ThreadFactory()
    by_tag.tags.add(tag)
    answer = AnswerFactory(thread=followed)
    comment = CommentFactory(thread=followed)
    all_at_once = ThreadFactory(author=author, category=category)
    all_at_once.tags.add(tag)
    openings = [thread.opening_post for thread in (all_at_once, by_tag, by_category, by_person)]
    return sorted([answer, *openings], key=lambda p: (p.created_at, p.pk), reverse=True), comment


@pytest.mark.parametrize("brings", ["person", "tag", "category"])
@pytest.mark.parametrize("is_muted_before", [False, True])
def test_a_muted_thread_is_left_out_whatever_brings_it(reader, brings, is_muted_before):
    targets = {"category": Category.objects.create(slug="bench", name="Bench"), "person": PersonFactory()}
    targets["tag"] = Tag.objects.create(slug="xor", name="xor")
    thread, other = (ThreadFactory(author=targets["person"], category=targets["category"]) for _ in range(2))
    services.follow(follower=reader, **{brings: targets[brings]})
    for step in ("mute", "announce") if is_muted_before else ("announce", "mute"):
        if step == "mute":
            services.follow(follower=reader, thread=thread, level=Level.MUTED)
            continue
        for each in (thread, other):
            each.tags.add(targets["tag"])
            announced(each.opening_post)
    assert list(home_feed(reader)) == [other.opening_post]
    services.follow(follower=reader, thread=thread, level=Level.NORMAL)
    assert set(home_feed(reader)) == {thread.opening_post, other.opening_post}


@pytest.mark.parametrize("brings", ["person", "tag", "category", "thread", "around"])
def test_an_empty_feed_lacks_something_if_a_follow_brings_a_post_that_its_reader_sees(reader, brings):
    around, tag = Category.objects.create(slug="around", name="Around"), Tag.objects.create(slug="xor", name="xor")
    thread = ThreadFactory(category=Category.objects.create(slug="bench", name="Bench", parent=around))
    thread.tags.add(tag)
    targets = {"person": thread.author, "tag": tag, "category": thread.category, "thread": thread, "around": around}
    target = {"category" if brings == "around" else brings: targets[brings]}
    assert not feeds.lacks_anything(reader)
    row = Follow.objects.create(follower=reader, **target)
    assert feeds.lacks_anything(reader)
    row.level = Level.MUTED
    row.save()
    assert not feeds.lacks_anything(reader)
    Follow.objects.filter(pk=row.pk).update(level=Level.WATCHING)
    Post.objects.filter(thread=thread).update(deleted_at=timezone.now())
    assert not feeds.lacks_anything(reader)


@pytest.mark.parametrize("away", ["thread", "author"])
def test_an_empty_feed_lacks_nothing_that_its_reader_muted(reader, away):
    thread = ThreadFactory()
    Follow.objects.create(follower=reader, person=thread.author)
    if away == "thread":
        Follow.objects.create(follower=reader, thread=thread, level=Level.MUTED)
    else:
        mute(person=reader, other=thread.author)
    assert not feeds.lacks_anything(reader)


@pytest.mark.parametrize("follows_before", [False, True])
def test_each_kind_of_follow_brings_its_posts_once(reader, follows_before):
    author, tag = PersonFactory(), Tag.objects.create(slug="xor", name="xor")
    category, followed = Category.objects.create(slug="bench", name="Bench"), QuestionFactory()

    def follow_all() -> None:
        for target in ({"person": author}, {"tag": tag}, {"category": category}, {"thread": followed}):
            services.follow(follower=reader, **target)

    if follows_before:
        follow_all()
    expected, comment = everything(author, tag, category, followed)
    for post in (*reversed(expected), comment, *expected):
        announced(post)
    if not follows_before:
        follow_all()
    assert list(home_feed(reader)) == expected


def test_a_followed_category_brings_what_lies_in_it(reader):
    outer = Category.objects.create(slug="bench", name="Bench")
    inner = Category.objects.create(slug="vice", name="Vice", parent=outer)
    services.follow(follower=reader, category=outer)
    opening = announced(ThreadFactory(category=inner).opening_post)
    assert list(home_feed(reader)) == [opening]
    assert list(Notification.objects.values_list("recipient", "verb")) == [(reader.pk, "new_thread")]
    assert home_feed(PersonFactory()).count() == 0


def test_a_followed_discussion_brings_its_replies_and_not_the_remarks_under_them(reader):
    thread = ThreadFactory()
    services.follow(follower=reader, thread=thread)
    reply = announced(CommentFactory(thread=thread))
    announced(CommentFactory(thread=thread, parent=reply))
    assert list(home_feed(reader)) == [reply]


@pytest.mark.parametrize("state", ["draft", "hidden", "deleted"])
@pytest.mark.parametrize("was_delivered", [False, True])
def test_what_is_not_public_is_in_no_feed(reader, state, was_delivered):
    author = PersonFactory()
    services.follow(follower=reader, person=author)
    thread = ThreadFactory(author=author)
    if was_delivered:
        announced(thread.opening_post)
    column = {"draft": "published_at", "hidden": "hidden_at", "deleted": "deleted_at"}[state]
    type(thread).objects.filter(pk=thread.pk).update(**{column: None if state == "draft" else timezone.now()})
    announced(thread.opening_post)
    assert list(home_feed(reader)) == []
    assert FeedEntry.objects.count() == 2 * was_delivered


def test_what_one_no_longer_follows_is_gone_at_once_and_the_rest_stays(reader):
    left, kept, tag = PersonFactory(), PersonFactory(), Tag.objects.create(slug="xor", name="xor")
    for target in ({"person": left}, {"person": kept}, {"tag": tag}):
        services.follow(follower=reader, **target)
    gone, stays, tagged = ThreadFactory(author=left), ThreadFactory(author=kept), ThreadFactory(author=left)
    tagged.tags.add(tag)
    for thread in (gone, stays, tagged):
        announced(thread.opening_post)
    services.follow(follower=reader, level=Level.NORMAL, person=left)
    assert set(home_feed(reader)) == {stays.opening_post, tagged.opening_post}


def test_an_older_post_that_is_delivered_late_does_not_replace_a_newer_one(reader):
    question = QuestionFactory()
    services.follow(follower=reader, thread=question)
    older, newer = AnswerFactory(thread=question), AnswerFactory(thread=question)
    announced(newer)
    announced(older)
    assert list(home_feed(reader)) == [newer]


@contextmanager
def just_before(statement: str, act: Callable[[], None]) -> Iterator[None]:
    """Act once, right before a statement on feeds, as a job does at the same moment."""
    done: list[str] = []

    def execute(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not done and sql.lstrip().startswith(statement) and "social_feedentry" in sql:
            done.append(sql)
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield
    assert done


def test_a_post_that_comes_while_a_new_follow_fills_a_feed_is_not_lost(reader):
    question, came = QuestionFactory(), []

    def answered() -> None:
        came.append(AnswerFactory(thread=question))
        feeds.put(came[0], [reader.pk])

    with just_before("INSERT", answered):
        services.follow(follower=reader, thread=question)
    assert list(home_feed(reader)) == came


@pytest.mark.parametrize("is_tagged", [True, False])
def test_a_post_that_comes_while_one_unfollows_is_not_lost(reader, is_tagged):
    left, kept, tag = PersonFactory(), PersonFactory(), Tag.objects.create(slug="xor", name="xor")
    for target in ({"person": left}, {"person": kept}, {"tag": tag}):
        services.follow(follower=reader, **target)
    question, came = QuestionFactory(), []
    if is_tagged:
        question.tags.add(tag)
    announced(AnswerFactory(thread=question, author=left))

    def answered() -> None:
        came.append(AnswerFactory(thread=question, author=kept))
        feeds.put(came[0], [reader.pk])

    with just_before("INSERT" if is_tagged else "DELETE", answered):
        services.follow(follower=reader, level=Level.NORMAL, person=left)
    assert list(home_feed(reader)) == came


def test_pages_neither_repeat_nor_lose_while_new_posts_arrive(reader):
    author = PersonFactory()
    services.follow(follower=reader, person=author)
    now = timezone.now()
    old = [
        announced(ThreadFactory(author=author, published_at=now - timedelta(minutes=n // 3)).opening_post)
        for n in range(25)
    ]
    seen, cursor = [], None
    while True:
        parts = [feeds.entries_of(reader)]
        page = keyset_page(feeds.posts_of_feeds(), order=ORDER, size=4, after=cursor, parts=parts)
        seen += page.items
        announced(ThreadFactory(author=author, published_at=now + timedelta(minutes=len(seen))).opening_post)
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert sorted(post.pk for post in seen) == sorted(post.pk for post in old)


class TestManyFollowers:
    COUNT = 2_500

    @pytest.fixture
    def star(self):
        star = PersonFactory(handle="star")
        names = [f"fan{n}" for n in range(self.COUNT)]
        fans = User.objects.bulk_create(
            User(handle=n, handle_key=n, handle_skeleton=n, email=f"{n}@example.org") for n in names
        )
        Follow.objects.bulk_create(Follow(follower=fan, person=star) for fan in fans)
        return star

    def test_all_are_reached_in_batches_and_once(self, star):
        opening = ThreadFactory(author=star).opening_post
        with CaptureQueriesContext(connection) as queries:
            announced(opening)
        assert len(queries) < 60
        assert Notification.objects.filter(target_id=opening.pk, verb="new_thread").count() == self.COUNT
        assert FeedEntry.objects.filter(post=opening).count() == self.COUNT + 1

    def test_a_job_that_was_killed_between_batches_begins_anew_and_tells_nobody_twice(self, star, monkeypatch):
        opening = ThreadFactory(author=star).opening_post
        put, done = feeds.put, []

        def killed_in_the_second_batch(post, readers):
            done.append(len(list(readers)))
            if len(done) == 2:
                raise KeyboardInterrupt
            put(post, readers)

        monkeypatch.setattr(feeds, "put", killed_in_the_second_batch)
        with pytest.raises(KeyboardInterrupt):
            announced(opening)
        assert 0 < FeedEntry.objects.count() < self.COUNT
        monkeypatch.setattr(feeds, "put", put)
        announced(opening)
        assert Notification.objects.filter(target_id=opening.pk).count() == self.COUNT
        assert FeedEntry.objects.filter(post=opening).count() == self.COUNT + 1

    def test_who_follows_the_author_and_is_mentioned_is_told_of_the_mention_alone(self, star):
        fan = User.objects.get(handle="fan7")
        opening = ThreadFactory(author=star).opening_post
        opening.mentions.create(user=fan)
        announced(opening)
        assert list(Notification.objects.filter(recipient=fan).values_list("verb", flat=True)) == ["mention"]


def test_batches_go_by_key_and_leave_nobody_out(reader, monkeypatch):
    monkeypatch.setattr(audience, "BATCH", 2)
    author = PersonFactory()
    fans = [PersonFactory() for _ in range(5)]
    for fan in reversed(fans):
        services.follow(follower=fan, person=author)
    announced(ThreadFactory(author=author).opening_post)
    assert set(FeedEntry.objects.values_list("reader", flat=True)) == {author.pk, *(fan.pk for fan in fans)}


def test_feeds_of_an_older_version_are_filled_by_a_command_and_by_a_first_visit(reader, client):
    author, other = PersonFactory(), PersonFactory()
    Follow.objects.create(follower=reader, person=author)
    Follow.objects.create(follower=other, person=author)
    thread = ThreadFactory(author=author, title="From before")
    client.force_login(reader)
    assert "From before" in client.get("/").content.decode()
    assert list(home_feed(reader)) == [thread.opening_post] and list(home_feed(other)) == []
    call_command("fill_feeds")
    call_command("fill_feeds")
    assert list(home_feed(other)) == [thread.opening_post]
