"""A feed keeps its newest threads, and says where it ends."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from community.content import delivery
from community.content.models import Post
from community.pages import home
from community.social import feeds, services
from community.social.feeds import home_feed
from community.social.models import FeedEntry
from tests.factories import PersonFactory, ThreadFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]
END = "This is the end of your feed, which keeps up to 30 threads."


@pytest.fixture
def author():
    return PersonFactory()


@pytest.fixture
def reader(author):
    reader = PersonFactory()
    services.follow(follower=reader, person=author)
    return reader


@pytest.fixture
def short(monkeypatch):
    """Feeds of thirty threads, in pages of ten, that are trimmed by every fifth post."""
    monkeypatch.setattr(feeds, "MOST_KEPT", 30)
    monkeypatch.setattr(feeds, "TRIMMED_EVERY", 5)
    monkeypatch.setattr(home, "FEED_ROWS", 10)
    home._feeds.cache_clear()  # the queries of whatever page was shown before
    yield
    home._feeds.cache_clear()


def written(author, count: int) -> list[Post]:
    """Return the opening posts of new threads, announced, newest first."""
    posts = [ThreadFactory(author=author).opening_post for _ in range(count)]
    for post in posts:
        delivery.announce(post.pk)
    return posts[::-1]


def opened(client: Client, path: str) -> tuple[str, list[Post], str]:
    """Return a page of the feed, its posts and the address of the next."""
    response = client.get(path)
    feed = response.context["home"].feed
    return html_of(response), list(feed), feed.next_query


def test_a_feed_keeps_its_newest_threads_and_others_keep_theirs(short, author, reader):
    other = PersonFactory()
    own = written(other, 3)
    posts = written(author, 41)
    kept = list(home_feed(reader))
    assert 30 <= len(kept) < 35
    assert kept == posts[: len(kept)]
    assert list(home_feed(other)) == own


def test_trimming_leaves_a_short_feed_alone_and_goes_on_with_a_long_one(short, author, reader, monkeypatch):
    monkeypatch.setattr(feeds, "TRIMMED_EVERY", 10**12)
    posts = written(author, 40)
    monkeypatch.setattr(feeds, "MOST_WRITTEN", 4)
    left = []
    for _ in range(4):
        feeds.trim([reader.pk])
        left.append(FeedEntry.objects.filter(reader=reader).count())
    assert left == [36, 32, 30, 30]
    assert list(home_feed(reader)) == posts[:30]


def test_most_posts_trim_nobody(author, reader, django_assert_num_queries):
    post = ThreadFactory(author=author).opening_post
    due = -post.pk % feeds.TRIMMED_EVERY
    locked_and_written = 2 + 2  # in a transaction
    with django_assert_num_queries(locked_and_written):
        feeds.put(post, [due + 1])
    with django_assert_num_queries(locked_and_written + 1):
        feeds.put(post, [due])


def test_its_last_page_says_that_it_ends(short, author, reader, client):
    posts, client_seen = written(author, 30), []
    client.force_login(reader)
    path = "/"
    for _ in range(3):
        page, items, after = opened(client, path)
        assert (END in page) == (after == "")
        client_seen += items
        path = f"/{after}"
    assert client_seen == posts
    assert 'rel="prev"' in page


def test_a_feed_of_one_page_says_nothing_of_its_end(short, author, reader, client):
    written(author, 3)
    client.force_login(reader)
    assert END not in opened(client, "/")[0]


def test_a_page_whose_threads_are_gone_by_now_says_so_and_leads_back(short, author, reader, client):
    written(author, 20)
    client.force_login(reader)
    after = opened(client, "/")[2]
    FeedEntry.objects.filter(reader=reader).exclude(
        pk__in=FeedEntry.objects.filter(reader=reader).order_by("-created_at").values("pk")[:10]
    ).delete()
    page, items, _after = opened(client, f"/{after}")
    assert items == []
    assert re.search(rf'{re.escape(END)}[^<]*<a href="/">Your feed</a>', page)
    assert "Nothing here yet" not in page


def test_a_thread_that_is_older_than_the_feed_is_trimmed_again(short, author, reader):
    posts = written(author, 31)
    tagged = ThreadFactory(published_at=posts[-1].created_at - timedelta(days=9))
    services.follow(follower=reader, thread=tagged)
    written(author, 5)
    assert tagged.opening_post not in home_feed(reader)
