"""Bookmarks with a note and a reminder: nothing is lost, each reminder comes once, nobody else sees any of it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from community.common import drawn
from community.content.services import delete_post
from community.notifications.models import Notification
from community.social import services
from community.social.errors import HasNote, NoteConflict
from community.social.models import Bookmark
from community.social.reminders import remind
from tests.at_once import at_once
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
FETCHED = {"X-Requested-With": "fetch"}


@pytest.fixture
def reader():
    return PersonFactory(time_zone="Asia/Shanghai")


@pytest.fixture
def post():
    return AnswerFactory(thread=QuestionFactory(title="Why is it NaN?"))


@pytest.fixture
def browser(client, reader):
    client.force_login(reader)
    return client


def note_page(post) -> str:
    return f"/posts/{post.pk}/bookmark/note/"


def in_days(count: int) -> str:
    return (timezone.now().astimezone(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=count)).isoformat()


def due(bookmark) -> None:
    Bookmark.objects.filter(pk=bookmark.pk).update(remind_at=timezone.now() - timedelta(minutes=1))


def test_a_note_and_a_day_are_kept_with_a_bookmark_and_shown_in_the_list(browser, reader, post):
    answer = browser.post(
        note_page(post), {"note": "Try <b>this</b> rate", "remind_on": in_days(3), "next": "/bookmarks/"}
    )
    assert answer.url == "/bookmarks/"
    bookmark = Bookmark.objects.get(user=reader, post=post)
    morning = bookmark.remind_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert (morning.date().isoformat(), morning.hour) == (in_days(3), 8)
    page = html_of(browser.get("/bookmarks/"))
    assert "Try &lt;b&gt;this&lt;/b&gt; rate" in page and "reminder on" in page
    form = html_of(browser.get(note_page(post)))
    assert "Try &lt;b&gt;this&lt;/b&gt; rate</textarea>" in form and f'value="{in_days(3)}"' in form


@pytest.mark.parametrize(("choice", "days"), [("tomorrow", 1), ("week", 7)])
def test_a_new_bookmark_offers_a_reminder_where_it_stands(browser, reader, post, choice, days):
    address = f"/posts/{post.pk}/bookmark/"
    offered = html_of(browser.post(address, {"on": "1"}, headers=FETCHED))
    assert f'name="on" value="{choice}"' in offered
    chosen = html_of(browser.post(address, {"on": choice}, headers=FETCHED))
    assert "reminder on" in chosen and f'value="{choice}"' not in chosen
    morning = Bookmark.objects.get(user=reader, post=post).remind_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert (morning.date().isoformat(), morning.hour) == (in_days(days), 8)


def test_a_reminder_chosen_there_keeps_the_note(browser, reader, post):
    services.note_bookmark(user=reader, post=post, note="Mine", remind_at=None)
    browser.post(f"/posts/{post.pk}/bookmark/", {"on": "week"})
    assert Bookmark.objects.get(user=reader, post=post).note == "Mine"
    assert 'value="week"' not in html_of(browser.get(post.get_absolute_url()))


def test_a_choice_that_no_button_sends_changes_nothing(browser, reader, post):
    assert browser.post(f"/posts/{post.pk}/bookmark/", {"on": "year"}).status_code == 400
    assert not Bookmark.objects.filter(user=reader).exists()


def test_the_form_comes_back_from_where_it_was_opened_and_nowhere_else(browser, post):
    here = post.get_absolute_url()
    assert f'name="next" value="{here}"' in html_of(browser.get(note_page(post), {"next": here}))
    assert browser.post(note_page(post), {"note": "x", "next": "https://elsewhere.example/"}).url == here


@pytest.mark.parametrize("form", ["note", "list"])
def test_what_is_opened_in_a_thread_leads_back_to_the_post(browser, post, form):
    """The buttons of posts are drawn without their addresses, which no filter may see then."""
    browser.post(f"/posts/{post.pk}/bookmark/", {"on": "1"})
    page = html_of(browser.get(post.get_absolute_url()))
    address = f"/posts/{post.pk}/bookmark/{form}/"
    assert f'href="{address}"' in page
    assert drawn._MARK not in page
    assert f'name="next" value="{post.get_absolute_url()}"' in html_of(browser.get(address))
    assert f'href="{address}?next=/bookmarks/"' in html_of(browser.get("/bookmarks/"))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("0", "Choose tomorrow or a later day."),
        ("-30", "Choose tomorrow or a later day."),
        ("4000", "Choose a day within the next five years."),
        ("soon", "Write the day as year-month-day"),
    ],
)
def test_a_day_that_is_none_is_explained_and_the_note_stays(browser, reader, post, day, told):
    day = day if day == "soon" else in_days(int(day))
    answer = browser.post(note_page(post), {"note": "Half a thought", "remind_on": day})
    page = html_of(answer)
    assert answer.status_code == 422 and told in page and "Half a thought</textarea>" in page
    assert not Bookmark.objects.exists()


def test_a_note_that_is_too_long_is_refused_and_stays_in_the_form(browser, post):
    answer = browser.post(note_page(post), {"note": "n" * 501})
    assert answer.status_code == 422 and "n" * 501 in html_of(answer)


def test_an_end_of_a_line_is_one_character_of_a_note(browser, post):
    lines = ["x" * 49] * 10
    assert browser.post(note_page(post), {"note": "\r\n".join(lines)}).status_code == 302
    assert Bookmark.objects.get().note == "\n".join(lines)


def test_the_button_does_not_remove_a_bookmark_with_a_note(browser, reader, post):
    services.note_bookmark(user=reader, post=post, note="Keep me", remind_at=None)
    answer = browser.post(f"/posts/{post.pk}/bookmark/", {"on": "0"}, headers=FETCHED)
    assert answer.status_code == 409 and "has a note or a reminder" in answer.content.decode()
    with pytest.raises(HasNote):
        services.remove_empty_bookmark(user=reader, post=post)
    sent = {"remove": "1", "note": "typed", "remind_on": "junk", "base_version": Bookmark.objects.get().base_version}
    assert browser.post(note_page(post), sent).status_code == 302
    assert not Bookmark.objects.exists()


def test_the_button_does_not_remove_a_bookmark_with_a_reminder_alone(browser, reader, post):
    services.note_bookmark(user=reader, post=post, note="", remind_at=timezone.now() + timedelta(days=2))
    assert browser.post(f"/posts/{post.pk}/bookmark/", {"on": "0"}, headers=FETCHED).status_code == 409
    assert Bookmark.objects.filter(user=reader, post=post).exists()


def test_the_button_removes_a_bookmark_without_either(browser, reader, post):
    services.add_bookmark(user=reader, post=post)
    assert browser.post(f"/posts/{post.pk}/bookmark/", {"on": "0"}, headers=FETCHED).status_code == 200
    assert not Bookmark.objects.exists() and not services.remove_empty_bookmark(user=reader, post=post)


def test_a_note_can_be_changed_on_the_morning_of_its_reminder(browser, reader, post):
    soon = timezone.now() + timedelta(minutes=1)
    base = services.note_bookmark(user=reader, post=post, note="Typ", remind_at=soon).base_version
    answer = browser.post(note_page(post), {"note": "Type", "remind_on": in_days(0), "base_version": base})
    assert answer.status_code == 302 and Bookmark.objects.get().note == "Type"


def test_a_second_press_keeps_the_note(browser, reader, post):
    services.note_bookmark(user=reader, post=post, note="Keep me", remind_at=None)
    browser.post(f"/posts/{post.pk}/bookmark/", {"on": "1"}, headers=FETCHED)
    assert Bookmark.objects.get().note == "Keep me"


class TestTwoTabs:
    """A note that is open twice: the second one to be saved replaces nothing unseen."""

    def opened(self, browser, post) -> str:
        page = html_of(browser.get(note_page(post)))
        return page.partition('name="base_version" value="')[2].partition('"')[0]

    def test_the_second_save_shows_both_and_replaces_when_it_is_sent_again(self, browser, reader, post):
        base = self.opened(browser, post)
        browser.post(note_page(post), {"note": "First <b>tab</b>", "remind_on": in_days(3), "base_version": base})
        mine = {"note": "Second tab", "remind_on": in_days(5), "base_version": base}
        answer = browser.post(note_page(post), mine)
        page = html_of(answer)
        assert answer.status_code == 409 and "changed in another tab or on another device" in page
        assert "First &lt;b&gt;tab&lt;/b&gt;" in page and "reminder on" in page
        assert "Second tab</textarea>" in page and f'value="{in_days(5)}"' in page
        assert Bookmark.objects.get().note == "First <b>tab</b>"
        assert f'value="{Bookmark.objects.get().base_version}"' in page
        mine["base_version"] = Bookmark.objects.get().base_version
        assert browser.post(note_page(post), mine).status_code == 302
        assert Bookmark.objects.get().note == "Second tab"

    def test_a_note_that_is_changed_twice_is_told_from_its_first_version(self, browser, reader, post):
        services.note_bookmark(user=reader, post=post, note="One", remind_at=None)
        base = self.opened(browser, post)
        assert base == Bookmark.objects.get().base_version
        assert browser.post(note_page(post), {"note": "Two", "base_version": base}).status_code == 302
        assert browser.post(note_page(post), {"note": "Three", "base_version": base}).status_code == 409
        assert browser.post(note_page(post), {"note": "Three"}).status_code == 409
        assert Bookmark.objects.get().note == "Two"

    def test_a_save_that_is_sent_twice_is_one(self, browser, post):
        sent = {"note": "Twice", "base_version": self.opened(browser, post)}
        assert [browser.post(note_page(post), sent).status_code for _ in range(2)] == [302, 302]
        assert Bookmark.objects.get().version == 1

    def test_a_note_is_not_removed_with_a_bookmark_by_who_did_not_see_it(self, browser, reader, post):
        services.add_bookmark(user=reader, post=post)
        base = self.opened(browser, post)
        browser.post(note_page(post), {"note": "Keep me", "base_version": base})
        answer = browser.post(note_page(post), {"remove": "1", "note": "", "base_version": base})
        assert answer.status_code == 409 and "Keep me" in html_of(answer) and Bookmark.objects.exists()
        base = Bookmark.objects.get().base_version
        assert browser.post(note_page(post), {"remove": "1", "base_version": base}).status_code == 302
        assert not Bookmark.objects.exists()

    def test_a_note_of_a_bookmark_that_was_removed_and_made_again_is_another(self, browser, reader, post):
        row = services.note_bookmark(user=reader, post=post, note="Old", remind_at=None)
        services.remove_bookmark(user=reader, post=post, base_version=row.base_version)
        services.note_bookmark(user=reader, post=post, note="New", remind_at=None)
        with pytest.raises(NoteConflict):
            services.note_bookmark(user=reader, post=post, note="Mine", remind_at=None, base_version=row.base_version)
        assert Bookmark.objects.get().note == "New"

    def test_nothing_is_in_the_way_where_there_was_no_note(self, browser, reader, post):
        base = self.opened(browser, post)
        services.add_bookmark(user=reader, post=post)
        assert base == "" and browser.post(note_page(post), {"note": "First", "base_version": base}).status_code == 302


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told(reader, post):
    def save(n: int):
        return services.note_bookmark(user=reader, post=post, note=f"Tab {n}", remind_at=None)

    outcomes = at_once(4, save)
    assert sum(isinstance(each, NoteConflict) for each in outcomes) == 3
    [kept] = [each for each in outcomes if isinstance(each, Bookmark)]
    assert Bookmark.objects.get().note == kept.note


def test_a_reminder_comes_once_with_its_note(browser, reader, post):
    bookmark = services.note_bookmark(user=reader, post=post, note="Try a smaller rate", remind_at=timezone.now())
    assert remind() == 1 and remind() == 0
    page = html_of(browser.get("/notifications/"))
    assert page.count("You wanted to be reminded of") == 1
    assert "Why is it NaN?" in page and "Try a smaller rate" in page
    bookmark.refresh_from_db()
    assert bookmark.remind_at is None and bookmark.note == "Try a smaller rate"


def test_many_reminders_cost_as_many_queries_as_one(post, django_assert_max_num_queries):
    def write(count: int) -> None:
        for _ in range(count):
            services.note_bookmark(user=PersonFactory(), post=post, note="", remind_at=timezone.now())

    write(1)
    with django_assert_max_num_queries(10) as one:
        assert remind() == 1
    write(5)
    with django_assert_max_num_queries(len(one)):
        assert remind() == 5
    assert Notification.objects.filter(verb="reminder").count() == 6


def test_no_reminder_comes_early_or_without_its_bookmark(reader, post):
    tomorrow = timezone.now() + timedelta(days=1)
    row = services.note_bookmark(user=reader, post=post, note="", remind_at=tomorrow)
    assert remind() == 0
    services.remove_bookmark(user=reader, post=post, base_version=row.base_version)
    assert remind() == 0 and not Notification.objects.exists()


def test_a_reminder_of_a_deleted_post_shows_nothing_of_it(browser, reader, post):
    due(services.note_bookmark(user=reader, post=post, note="My own words", remind_at=None))
    delete_post(post=post, by=post.author)
    remind()
    assert "Why is it NaN?" not in html_of(browser.get("/notifications/"))


def test_a_reminder_can_come_again_for_another_day(reader, post):
    for day in (1, 2):
        moment = timezone.make_aware(datetime(2026, 1, day, 8))
        services.note_bookmark(user=reader, post=post, note="", remind_at=moment)
        assert remind() == 1
    assert Notification.objects.filter(recipient=reader, verb="reminder").count() == 2


def test_nobody_else_sees_or_changes_a_note(client, reader, post):
    services.note_bookmark(user=reader, post=post, note="Secret plan", remind_at=None)
    client.force_login(PersonFactory())
    for page in (note_page(post), "/bookmarks/", post.get_absolute_url(), f"/@{reader.handle}/"):
        assert "Secret plan" not in html_of(client.get(page))
    client.post(note_page(post), {"note": "mine"})
    assert Bookmark.objects.get(user=reader).note == "Secret plan"


def test_a_post_that_is_not_seen_has_no_page_for_a_note(browser, post):
    delete_post(post=post, by=post.author)
    assert browser.get(note_page(post)).status_code == 404


def test_bookmarks_of_several_posts_in_a_thread_have_their_numbers(browser, reader, post):
    other = AnswerFactory(thread=post.thread)
    for each in (post.thread.opening_post, post, other):
        Bookmark.objects.create(user=reader, post=each)
    rows = html_of(browser.get("/bookmarks/")).split('<div class="row">')[1:]
    numbers = [re.findall(r'<span class="tabular">#(\d+)</span>', row) for row in rows]
    assert numbers == [[str(other.number)], [str(post.number)], []]
