"""The calendar of contributions: what everybody sees, by day in UTC, counted in the background."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from community.content import audience, services
from community.content.models import Post
from community.profiles import counting
from community.profiles.drawing import WEEKS, year_until
from community.profiles.models import Calendar
from tests.factories import (
    AnswerFactory,
    CommentFactory,
    ModeratorFactory,
    PersonFactory,
    QuestionFactory,
    ThreadFactory,
)
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def today() -> date:
    return timezone.now().astimezone(UTC).date()


def counted(person) -> dict[str, list[int]]:
    while counting.count_some():
        pass
    return Calendar.objects.get(pk=person.pk).days


def written(*posts) -> None:
    for post in posts:
        counting.written(post)


def test_each_kind_is_counted_on_its_day(ada):
    article = ThreadFactory(author=ada, kind="article")
    answer = AnswerFactory(thread=QuestionFactory(), author=ada)
    comment = CommentFactory(thread=ThreadFactory(), author=ada)
    before = timezone.now() - timedelta(days=40)
    old = ThreadFactory(author=ada, published_at=before)
    written(article.opening_post, answer, comment, old.opening_post)
    assert counted(ada) == {today().isoformat(): [1, 1, 1, 0], before.date().isoformat(): [1, 0, 0, 0]}


def test_what_is_older_than_the_weeks_shown_is_left_out(ada):
    old = ThreadFactory(author=ada, published_at=timezone.now() - timedelta(days=400))
    written(old.opening_post)
    assert counted(ada) == {}


def test_only_what_everybody_sees_is_counted(ada):
    thread = QuestionFactory(author=ada)
    answer = AnswerFactory(thread=QuestionFactory(), author=ada)
    draft = ThreadFactory(author=ada, draft=True)
    written(thread.opening_post, answer, draft.opening_post)
    assert counted(ada) == {today().isoformat(): [1, 1, 0, 0]}
    staff = ModeratorFactory()
    for hidden in (thread.opening_post, answer):
        services.hide_post(post=Post.objects.select_related("thread").get(pk=hidden.pk), by=staff)
        audience.redeliver(hidden.thread_id)
    assert counted(ada) == {}
    services.unhide_post(post=Post.objects.select_related("thread").get(pk=answer.pk), by=staff)
    audience.redeliver(answer.thread_id)
    assert counted(ada) == {today().isoformat(): [0, 1, 0, 0]}


def test_what_others_wrote_in_a_hidden_thread_is_not_counted_either(ada, bob):
    thread = QuestionFactory(author=bob)
    written(AnswerFactory(thread=thread, author=ada))
    assert counted(ada)
    services.hide_post(post=Post.objects.select_related("thread").get(thread=thread, number=1), by=ModeratorFactory())
    audience.redeliver(thread.pk)
    assert counted(ada) == {}


def test_a_thread_that_is_hidden_and_shown_again_says_so_itself(ada):
    """By its job, which feeds do not need for a thread that nobody sees."""
    thread = QuestionFactory(author=ada)
    written(thread.opening_post)
    before = counted(ada)
    services.hide_post(post=Post.objects.select_related("thread").get(thread=thread, number=1), by=ModeratorFactory())
    assert counted(ada) == {}
    services.unhide_post(post=Post.objects.select_related("thread").get(thread=thread, number=1), by=ModeratorFactory())
    assert counted(ada) == before


def test_a_mark_that_comes_while_it_is_counted_is_not_lost(ada, monkeypatch):
    written(QuestionFactory(author=ada).opening_post)
    count = counting._counted

    def slowly(person, since):
        found = count(person, since)
        monkeypatch.setattr(counting, "_counted", count)
        written(QuestionFactory(author=ada).opening_post)
        return found

    monkeypatch.setattr(counting, "_counted", slowly)
    assert counted(ada) == {today().isoformat(): [2, 0, 0, 0]}


def test_only_days_from_the_mark_on_are_counted_again(ada):
    old = QuestionFactory(author=ada, published_at=timezone.now() - timedelta(days=30))
    written(old.opening_post)
    before = counted(ada)
    Post.objects.filter(pk=old.opening_post.pk).update(hidden_at=timezone.now())  # behind the site's back
    written(QuestionFactory(author=ada).opening_post)
    assert counted(ada) == before | {today().isoformat(): [1, 0, 0, 0]}


def test_marking_a_person_twice_keeps_the_earlier_day(ada):
    counting.mark([ada.pk], date(2026, 3, 2))
    counting.mark([ada.pk], date(2026, 5, 2))
    assert Calendar.objects.get(pk=ada.pk).stale_from == date(2026, 3, 2)


def test_a_profile_shows_it_to_everybody_as_a_drawing_and_as_a_table(client, ada):
    written(QuestionFactory(author=ada).opening_post, AnswerFactory(thread=QuestionFactory(), author=ada))
    counted(ada)
    page = html_of(client.get(ada.get_absolute_url()))
    assert "2 contributions in the last year. Days are in UTC." in page
    assert page.count('<rect class="shade-2"') == 1 and "<title>" in page
    assert "<td>1</td>" in page and "As a table" in page


def test_nothing_is_shown_of_nothing(client, ada):
    assert "Contributions" not in html_of(client.get(ada.get_absolute_url()))


def test_it_is_not_repeated_on_other_pages_of_the_profile(client, ada):
    written(QuestionFactory(author=ada).opening_post)
    counted(ada)
    assert "Contributions" not in html_of(client.get(ada.get_absolute_url(), {"show": "question"}))


def test_a_year_begins_on_a_monday_and_ends_today():
    last, first = date(2026, 11, 27), date(2025, 11, 24)
    days = {last.isoformat(): [1, 0, 0, 0], first.isoformat(): [0, 3, 0, 4], "2025-11-23": [9, 0, 0, 0]}
    days["2026-11-28"] = [5, 0, 0, 0]  # a clock that went wrong
    year = year_until(last, days)
    assert list(year.days) == [first, last] and year.total == 8
    assert (last - first).days // 7 + 1 == WEEKS
    assert [(month.counts, month.total) for month in year.months] == [((1, 0, 0, 0), 1), ((0, 3, 0, 4), 7)]
    drawn = year.svg
    assert drawn.count("<rect") == 2 and '<rect class="shade-4" x="38" y="20"' in drawn
    assert drawn.count("h11v11h-11z") == (last - first).days + 1 - 2


def test_days_are_those_of_utc(ada):
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    thread = QuestionFactory(author=ada, published_at=moment)
    written(thread.opening_post)
    assert counted(ada) == {"2026-11-20": [1, 0, 0, 0]}


@pytest.mark.parametrize("posts", [3, 60])
def test_a_profile_costs_the_same_for_whoever_wrote_more(client, ada, posts, django_assert_max_num_queries):
    for _number in range(posts):
        written(QuestionFactory(author=ada).opening_post)
    counted(ada)
    client.force_login(PersonFactory())
    client.get(ada.get_absolute_url())
    with django_assert_max_num_queries(12):
        client.get(ada.get_absolute_url())


def test_best_answers_are_those_with_votes_in_order(client, ada):
    titles = ["Third", "First", "Second", "Never", "Hidden", "Fourth"]
    for title, score in zip(titles, (2, 9, 5, 0, 50, 1), strict=True):
        thread = QuestionFactory(title=title, hidden_at=timezone.now() if title == "Hidden" else None)
        AnswerFactory(thread=thread, author=ada, score=score)
    page = client.get(ada.get_absolute_url())
    assert [post.thread.title for post in page.context["overview"].best_answers] == ["First", "Second", "Third"]
    assert "Best answers" in html_of(page)


def test_whoever_writes_now_does_not_wait_for_all_others(ada, monkeypatch):
    monkeypatch.setattr(counting, "COUNTED_AT_ONCE", 4)
    others = [PersonFactory() for _number in range(6)]
    counting.mark([each.pk for each in others], date(2000, 1, 1))
    counting.mark([ada.pk], timezone.now().date())
    assert counting.count_some() == 4
    assert Calendar.objects.get(person=ada).stale_from is None
    assert counting.count_some() == 3 and counting.count_some() == 0
