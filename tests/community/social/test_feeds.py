"""The home feed: its posts, its order, and pages without repeats or gaps."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.common.pagination import keyset_page
from community.content.audience import listeners
from community.content.models import Category, Tag
from community.social import services
from community.social.feeds import home_feed
from tests.factories import AnswerFactory, CommentFactory, PersonFactory, QuestionFactory, ThreadFactory

pytestmark = pytest.mark.django_db
ORDER = ("-created_at", "-pk")


@pytest.fixture
def reader():
    return PersonFactory()


def test_a_feed_without_follows_holds_only_ones_own(reader):
    ThreadFactory()
    own = ThreadFactory(author=reader)
    assert list(home_feed(reader)) == [own.opening_post]


def test_each_kind_of_follow_brings_its_posts_once(reader):
    author, tag = PersonFactory(), Tag.objects.create(slug="xor", name="xor")
    category = Category.objects.create(slug="bench", name="Bench")
    by_person, by_category, by_tag = ThreadFactory(author=author), ThreadFactory(category=category), ThreadFactory()
    by_tag.tags.add(tag)
    followed = QuestionFactory()
    answer = AnswerFactory(thread=followed)
    CommentFactory(thread=followed)
    everything = ThreadFactory(author=author, category=category)
    everything.tags.add(tag)
    for target in ({"person": author}, {"tag": tag}, {"category": category}, {"thread": followed}):
        services.follow(follower=reader, **target)
    openings = [thread.opening_post for thread in (everything, by_tag, by_category, by_person)]
    assert list(home_feed(reader)) == sorted([answer, *openings], key=lambda p: (p.created_at, p.pk), reverse=True)


def test_a_followed_category_brings_what_lies_in_it(reader):
    outer = Category.objects.create(slug="bench", name="Bench")
    inner = Category.objects.create(slug="vice", name="Vice", parent=outer)
    thread = ThreadFactory(category=inner)
    services.follow(follower=reader, category=outer)
    assert list(home_feed(reader)) == [thread.opening_post]
    assert listeners(thread.opening_post) == {reader.pk: "new_thread"}
    assert home_feed(PersonFactory()).count() == 0


def test_a_followed_discussion_brings_its_replies_and_not_the_remarks_under_them(reader):
    thread = ThreadFactory()
    services.follow(follower=reader, thread=thread)
    reply = CommentFactory(thread=thread)
    CommentFactory(thread=thread, parent=reply)
    assert list(home_feed(reader)) == [reply]


@pytest.mark.parametrize("state", ["draft", "hidden", "deleted"])
def test_what_is_not_public_is_in_no_feed(reader, state):
    author = PersonFactory()
    services.follow(follower=reader, person=author)
    thread = ThreadFactory(author=author)
    column = {"draft": "published_at", "hidden": "hidden_at", "deleted": "deleted_at"}[state]
    type(thread).objects.filter(pk=thread.pk).update(**{column: None if state == "draft" else timezone.now()})
    assert list(home_feed(reader)) == []


def test_pages_neither_repeat_nor_lose_while_new_posts_arrive(reader):
    author = PersonFactory()
    services.follow(follower=reader, person=author)
    now = timezone.now()
    old = [ThreadFactory(author=author, published_at=now - timedelta(minutes=n // 3)).opening_post for n in range(25)]
    seen, cursor = [], None
    while True:
        page = keyset_page(home_feed(reader), order=ORDER, size=4, after=cursor)
        seen += page.items
        ThreadFactory(author=author, published_at=now + timedelta(minutes=len(seen)))
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert sorted(post.pk for post in seen) == sorted(post.pk for post in old)
