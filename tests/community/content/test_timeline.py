"""The timeline of a long thread, and jumps by number."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from community.content import discussion
from community.content.models import Kind, Post, Thread
from tests.factories import AnswerFactory, CommentFactory, ModeratorFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
START = timezone.now() - timedelta(days=400)


@pytest.fixture(autouse=True)
def _pages_of_two(monkeypatch):
    monkeypatch.setattr(discussion, "BRANCHES_A_PAGE", 2)
    monkeypatch.setattr(discussion, "LEAD_IN", 0)
    monkeypatch.setattr(discussion, "LONG", 4)


@pytest.fixture
def long(db) -> Thread:
    """A discussion of twelve posts, one in each month."""
    thread = ThreadFactory()
    for month in range(11):
        CommentFactory(thread=thread, created_at=START + timedelta(days=30 * month))
    return thread


def marks(page) -> list[int]:
    return [mark.number for mark in page.context["timeline"].marks]


def jumped(client, thread: Thread, number: object, query: str = "") -> str:
    response = client.get(f"/threads/{thread.pk}/jump/?number={number}{query}")
    assert response.status_code == 302
    return response["Location"].removeprefix(thread.get_absolute_url())


def test_a_thread_of_two_pages_has_none(visitor):
    thread = ThreadFactory()
    for _ in range(4):
        CommentFactory(thread=thread)
    page = visitor.get(thread.get_absolute_url())
    assert page.context["discussion"].next_query
    assert page.context["timeline"] is None
    assert "timeline" not in html_of(page).partition("<main")[2]


@pytest.mark.parametrize(
    ("factory", "branch_factory"), [(ThreadFactory, CommentFactory), (QuestionFactory, AnswerFactory)]
)
def test_a_thread_with_many_comments_on_one_page_has_it(visitor, factory, branch_factory):
    thread = factory()
    branch = branch_factory(thread=thread)
    for _ in range(6):
        CommentFactory(thread=thread, parent=branch)
    page = visitor.get(thread.get_absolute_url())
    assert marks(page) == [2, 3, 4, 5, 6, 7, 8]
    assert "?view=best#replies" in html_of(page)
    assert visitor.get(f"{thread.get_absolute_url()}?view=best").context["timeline"] is None


def test_it_has_a_few_posts_with_their_dates_from_the_first_to_the_last(long, visitor):
    page = visitor.get(long.get_absolute_url())
    assert marks(page) == [2, 3, 4, 5, 7, 8, 9, 10, 12]
    assert page.context["timeline"].here == 1
    day = date_format(START + timedelta(days=30), "DATE_FORMAT")
    html = html_of(page)
    assert re.search(rf'<a href="{long.get_absolute_url()}3/#post-3"[^>]*><time[^>]*>{day}</time>', html)
    assert '<input type="range" min="1" max="12" value="1" autocomplete="off" data-scripted' in html


def test_it_says_where_the_page_is(long, visitor):
    timeline = visitor.get(f"{long.get_absolute_url()}6/").context["timeline"]
    assert (timeline.here, [mark.number for mark in timeline.marks if mark.is_here]) == (6, [5])
    page = visitor.get(
        f"{long.get_absolute_url()}{visitor.get(long.get_absolute_url()).context['discussion'].next_query}"
    )
    assert page.context["timeline"].here == 4


def test_hidden_and_deleted_posts_are_no_marks_for_anyone(long, visitor, as_user):
    Post.objects.filter(thread=long, number__in=(3, 12)).update(hidden_at=timezone.now())
    Post.objects.filter(thread=long, number=4).update(deleted_at=timezone.now())
    for client in (visitor, as_user(ModeratorFactory())):
        assert marks(client.get(long.get_absolute_url())) == [2, 5, 7, 8, 9, 10, 11]


def test_it_costs_one_query_however_long_the_thread_is(long, visitor):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            visitor.get(long.get_absolute_url())
        return len(found)

    before = queries()
    for _ in range(10):
        CommentFactory(thread=long)
    assert queries() == before
    discussion.LONG = 100
    assert queries() == before - 1


def test_questions_are_followed_in_order_of_time(visitor):
    question = QuestionFactory()
    for _ in range(6):
        AnswerFactory(thread=question)
    page = visitor.get(question.get_absolute_url())
    assert page.context["timeline"].marks[-1].url == f"{question.get_absolute_url()}7/?order=oldest#post-7"
    assert 'data-timeline=""' in html_of(page)
    assert 'data-timeline="follows"' in html_of(visitor.get(f"{question.get_absolute_url()}?order=oldest"))
    assert jumped(visitor, question, 3) == "3/?order=oldest#post-3"


@pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.NOTE])
def test_articles_and_notes_have_it(visitor, kind):
    thread = ThreadFactory(kind=kind)
    for _ in range(6):
        CommentFactory(thread=thread)
    assert f'<a href="{thread.get_absolute_url()}?post=7#post-7"' in html_of(visitor.get(thread.get_absolute_url()))
    assert jumped(visitor, thread, 7) == "?post=7#post-7"


class TestJumps:
    @pytest.mark.parametrize(
        ("number", "place"),
        [("5", "5/#post-5"), (" 5 ", "5/#post-5"), ("1", ""), ("0", ""), ("999999999", "12/#post-12")],
    )
    def test_one_comes_to_the_post_or_the_nearest(self, long, visitor, number, place):
        assert jumped(visitor, long, number) == place

    def test_over_posts_that_were_removed(self, long, visitor, as_user):
        Post.objects.filter(thread=long, number__in=(5, 6, 11, 12)).update(hidden_at=timezone.now())
        assert jumped(visitor, long, 5) == "7/#post-7"
        assert jumped(visitor, long, 11) == "10/#post-10"
        assert jumped(as_user(ModeratorFactory()), long, 11) == "11/#post-11"

    def test_in_the_flat_view(self, long, visitor):
        page = html_of(visitor.get(f"{long.get_absolute_url()}?view=flat"))
        assert '<input type="hidden" name="view" value="flat">' in page
        assert jumped(visitor, long, 5, "&view=flat") == "5/?view=flat#post-5"
        assert jumped(visitor, long, 1, "&view=flat") == "?view=flat"
        assert jumped(visitor, long, 5, "&view=best") == "5/#post-5"

    def test_to_a_date(self, long, visitor):
        def on(day: object, query: str = "") -> str:
            response = visitor.get(f"/threads/{long.pk}/jump/?date={day}{query}")
            assert response.status_code == 302
            return response["Location"].removeprefix(long.get_absolute_url())

        Post.objects.filter(thread=long, number=1).update(created_at=START - timedelta(days=1))
        third = timezone.localdate(START + timedelta(days=60))
        assert on(third) == "4/#post-4"
        assert on(third + timedelta(days=1)) == "5/#post-5"
        assert on(third, "&view=flat") == "4/?view=flat#post-4"
        assert on("0001-01-01") == ""
        assert on("9999-12-31") == "12/#post-12"
        Post.objects.filter(thread=long, number=4).update(hidden_at=timezone.now())
        assert on(third) == "5/#post-5"
        assert 'name="date" type="date"' in html_of(visitor.get(long.get_absolute_url()))

    @pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "14.3.2026", "2026-3-4", "٢٠٢٦-٠٣-١٤", "9" * 40])
    def test_what_is_no_date_is_refused_with_a_sentence(self, long, visitor, text):
        response = visitor.get(f"/threads/{long.pk}/jump/", {"date": text})
        assert response.status_code == 400
        assert "Please enter a date, such as 2026-03-14." in html_of(response)

    @pytest.mark.parametrize("number", ["", "five", "-3", "5.5", "9" * 40, "٥"])
    def test_what_is_no_number_is_refused_with_a_sentence(self, long, visitor, number):
        response = visitor.get(f"/threads/{long.pk}/jump/", {"number": number})
        assert response.status_code == 400
        assert "Please enter the number of a post, such as 20." in html_of(response)

    def test_a_thread_that_one_does_not_see_has_none(self, long, visitor, as_user):
        Thread.objects.filter(pk=long.pk).update(hidden_at=timezone.now())
        assert visitor.get(f"/threads/{long.pk}/jump/?number=5").status_code == 404
        assert jumped(as_user(ModeratorFactory()), long, 5) == "5/#post-5"
