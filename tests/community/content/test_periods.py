"""The best threads of a day, a week, a month and a year."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from community.content import listings, services
from community.content.models import Category, Kind, TagListing, Thread, TopListing
from community.content.services.tags import replace as replace_tags
from community.forum.services import move_thread
from community.social.services import vote
from tests.factories import ModeratorFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]
SPAN = timedelta(days=1)
AGES = {"Today": 0.5, "This week": 3, "This month": 20, "This year": 200, "Long ago": 500}


def titles(client, path: str) -> list[str]:
    context = client.get(path).context
    return [thread.title for thread in context["page"].items]


def aged(title: str, days: float, **fields) -> Thread:
    moment = timezone.now() - timedelta(days=days)
    return ThreadFactory(title=title, published_at=moment, created_at=moment, **fields)


@pytest.fixture
def threads(db) -> dict[str, Thread]:
    """A thread of each age; the older, the better. All have a tag, and the newest one another."""
    found = {title: aged(title, days, score=number) for number, (title, days) in enumerate(AGES.items())}
    for title, thread in found.items():
        replace_tags(thread, {"xor": "xor"} | ({"adam": "adam"} if title == "Today" else {}))
    return found


@pytest.mark.parametrize("path", ["/latest/", "/tags/xor/"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&period=day", ["Today"]),
        ("&period=week", ["This week", "Today"]),
        ("&period=month", ["This month", "This week", "Today"]),
        ("&period=year", ["This year", "This month", "This week", "Today"]),
        ("", ["Long ago", "This year", "This month", "This week", "Today"]),
        ("&period=decade", ["Long ago", "This year", "This month", "This week", "Today"]),
    ],
)
def test_the_best_of_a_period_are_in_order_of_their_scores(threads, visitor, path, query, found):
    assert titles(visitor, f"{path}?order=top{query}") == found


@pytest.mark.parametrize("path", ["/latest/", "/tags/xor/"])
def test_pages_of_them_are_by_key(threads, visitor, monkeypatch, path):
    monkeypatch.setattr("community.forum.lists.ROWS_A_PAGE", 2)
    response = visitor.get(f"{path}?order=top&period=year")
    following = visitor.get(f"{path}{response.context['page'].next_query}").context["page"]
    assert [thread.title for thread in following.items] == ["This week", "Today"]
    assert titles(visitor, f"{path}{following.previous_query}") == ["This year", "This month"]


def test_each_kind_and_category_has_its_own(visitor):
    inner = Category.objects.get(slug="initialisation")
    QuestionFactory(title="Q", category=inner)
    for title, kind in (("D", Kind.DISCUSSION), ("A", Kind.ARTICLE), ("N", Kind.NOTE)):
        ThreadFactory(title=title, kind=kind)
    expected = {
        "/questions/": ["Q"],
        "/discussions/": ["D"],
        "/articles/": ["A"],
        "/notes/": ["N"],
        "/c/initialisation/": ["Q"],
        "/c/training-troubles/": ["Q"],
        "/c/meta/": [],
    }
    for path, found in expected.items():
        assert titles(visitor, f"{path}?order=top&period=week") == found, path


def test_a_vote_a_move_and_a_removal_are_seen_at_once(threads, visitor):
    week, meta = "/latest/?order=top&period=week", Category.objects.get(slug="meta")
    of_tag = "/tags/xor/?order=top&period=week"
    for _ in range(3):
        vote(user=PersonFactory(), post=threads["Today"].opening_post, value=1)
    assert titles(visitor, week) == titles(visitor, of_tag) == ["Today", "This week"]
    move_thread(thread=threads["Today"], by=ModeratorFactory(), category=meta)
    assert titles(visitor, "/c/meta/?order=top&period=week") == ["Today"]
    services.delete_post(post=threads["Today"].opening_post, by=threads["Today"].author)
    assert titles(visitor, week) == titles(visitor, of_tag) == ["This week"]
    assert listings.drifted() == set()


def test_a_thread_leaves_a_period_when_it_is_older(threads, visitor):
    TopListing.objects.filter(thread=threads["Today"], period="day").update(leaves_at=timezone.now())
    assert listings.sweep() == 1
    assert titles(visitor, "/latest/?order=top&period=day") == []
    assert titles(visitor, "/latest/?order=top&period=week") == ["This week", "Today"]


def test_in_the_list_of_a_tag_it_moves_on_to_the_next_period(threads, visitor, monkeypatch):
    for days, of_adam in ((0, "day"), (1, "week"), (10, "month"), (100, "year"), (400, "")):
        later = timezone.now() + timedelta(days=days)
        with monkeypatch.context() as patch:
            patch.setattr(timezone, "now", lambda later=later: later)
            assert (listings.move_on() > 0) == (days > 0)
            assert TagListing.objects.get(tag__slug="adam").period == of_adam
            assert listings.wrongly_tagged() == set()
    assert not TagListing.objects.filter(leaves_at__isnull=False).exists()


def test_a_draft_is_in_no_period_until_it_is_published(visitor):
    author = PersonFactory()
    draft = services.start_thread(author=author, kind="discussion", title="D", source="Words.", publish=False)
    assert not TopListing.objects.exists()
    services.publish_thread(thread=draft, by=author)
    assert titles(visitor, "/latest/?order=top&period=day") == ["D"]


def test_periods_are_offered_where_threads_are_sorted_by_score(threads, visitor):
    assert 'aria-label="Period"' not in html_of(visitor.get("/latest/"))
    page = html_of(visitor.get("/latest/?order=top&kind=note&period=week"))
    assert '<a href="?order=top&amp;kind=note&amp;period=week" aria-current="true">Week</a>' in page
    assert '<a href="?order=top&amp;kind=note">All time</a>' in page
    assert "<h2>Nothing in this period</h2>" in page
    assert "一周内" in html_of(visitor.get("/articles/?order=top", headers={"Accept-Language": "zh-CN"}))


def test_recount_mends_them(threads):
    TopListing.objects.filter(thread=threads["Today"], period="week").delete()
    TopListing.objects.filter(thread=threads["This month"]).update(score=99)
    TagListing.objects.filter(thread=threads["This week"]).update(period="month")
    TagListing.objects.filter(thread=threads["This year"]).update(period="", leaves_at=None)
    TagListing.objects.filter(thread=threads["Long ago"]).update(period="year", leaves_at=timezone.now() + SPAN)
    assert listings.drifted() == {thread.pk for thread in threads.values()}
    call_command("recount")
    assert listings.drifted() == set()


def test_migrations_list_what_there_is_and_what_was_written_meanwhile(threads):
    rows = TopListing.objects.order_by("thread", "period").values_list("thread", "period", "score", "leaves_at")
    as_they_are = list(rows)
    TopListing.objects.all().delete()
    for _ in range(2):
        import_module("community.content.migrations.0020_rank_threads").rank(apps, None)
        assert list(rows) == as_they_are
    TopListing.objects.filter(thread=threads["Today"]).delete()
    TopListing.objects.filter(thread=threads["This week"]).update(score=99)
    import_module("community.content.migrations.0021_ranked_meanwhile").rank_again(apps, None)
    assert list(rows) == as_they_are


def test_a_migration_gives_the_lists_of_tags_their_periods(threads):
    rows = TagListing.objects.order_by("thread", "tag").values_list("thread", "tag", "period", "leaves_at")
    as_they_are = list(rows)
    TagListing.objects.update(period="", leaves_at=None)
    import_module("community.content.migrations.0024_tags_of_rows").fill(apps, SimpleNamespace(connection=connection))
    assert list(rows) == as_they_are
