"""Read positions: what is unread, in lists and on a thread's page, and how it comes to be read."""

import re
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from community.content import delivery, discussion, services
from community.content.models import LONG_READ, TAG_COLUMNS, Category, Kind, ReadPosition, Tag, Thread
from community.content.services import events, reading
from community.content.services.tags import replace as replace_tags
from community.forum.services import move_thread
from community.mutes.services import mute
from community.notifications.models import Notification
from tests.at_once import at_once
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
MARK = re.compile(r'<a class="pill backward" href="([^"]+)"[^>]*>(\d+\+?) new</a>')
OFFER = re.compile(r'<p class="notice cluster"><span>(.+?)</span> <a href="([^"]+)">Go to the first</a>')


@pytest.fixture
def reader(db):
    return PersonFactory(handle="reader")


@pytest.fixture
def browser(reader, as_user):
    return as_user(reader)


def read(reader, thread: Thread, number: int) -> None:
    services.mark_read(reader=reader, thread_id=thread.pk, number=number)


def number_read(reader, thread: Thread) -> int | None:
    return ReadPosition.objects.filter(reader=reader, thread=thread).values_list("number", flat=True).first()


def commented(thread: Thread, count: int = 1, **fields) -> list:
    """Add posts, with what the jobs do after them."""
    posts = [CommentFactory(thread=thread, **fields) for _ in range(count)]
    reading.refresh(thread.pk)
    return posts


def tagged(thread: Thread, *names: str) -> Thread:
    replace_tags(thread, {name: name for name in names})
    return thread


def marks(response) -> list[tuple[str, str]]:
    """Return the address and the number of each mark in a list."""
    return MARK.findall(html_of(response))


def titles(response) -> list[str]:
    return [thread.title for thread in response.context["list"].rows]


def picture(response) -> str:
    """Return the address of the picture that says, without script, that all of a page was read."""
    [address] = re.findall(r'<noscript><img src="([^"]+)"', html_of(response))
    return address


class TestRows:
    def test_a_thread_one_has_not_opened_is_not_tracked(self, browser):
        commented(ThreadFactory(), 3)
        assert marks(browser.get("/latest/")) == []

    def test_a_row_tells_the_number_of_unread_posts_and_leads_to_the_first(self, reader, browser):
        thread = ThreadFactory()
        read(reader, thread, 1)
        assert marks(browser.get("/latest/")) == []
        commented(thread, 3)
        page = browser.get("/latest/")
        assert marks(page) == [(f"{thread.get_absolute_url()}2/#post-2", "3")]
        assert re.findall(r'<h2 class="row-title".*?href="([^"]+)"', page.content.decode(), re.DOTALL) == [
            f"{thread.get_absolute_url()}2/#post-2"
        ]

    def test_from_the_first_unread_answer_on_they_are_in_order_of_time(self, reader, browser):
        question = QuestionFactory()
        read(reader, question, 1)
        AnswerFactory(thread=question)
        assert marks(browser.get("/questions/")) == [(f"{question.get_absolute_url()}2/?order=oldest#post-2", "1")]

    @pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.NOTE])
    def test_articles_and_notes_are_marked_in_their_lists(self, reader, browser, kind):
        thread = ThreadFactory(kind=kind)
        read(reader, thread, 1)
        commented(thread)
        assert marks(browser.get(f"/{kind}s/")) == [(f"{thread.get_absolute_url()}?post=2#post-2", "1")]

    def test_the_front_page_the_feed_and_profiles_are_marked_too(self, reader, browser):
        thread = services.start_thread(author=reader, kind="discussion", title="Mine", source="Words.")
        commented(thread)
        for path in ("/", "/?order=new", reader.get_absolute_url()):
            assert len(marks(browser.get(path))) == 1, path

    def test_threads_one_follows_and_bookmarks_are_marked_too(self, reader, browser):
        thread = ThreadFactory()
        browser.post("/follow/", {"kind": "thread", "id": thread.pk, "level": "3"})
        read(reader, thread, 1)
        [post] = commented(thread)
        browser.post(f"/posts/{thread.opening_post.pk}/bookmark/", {"on": "1"})
        browser.post(f"/posts/{post.pk}/bookmark/", {"on": "1"})
        assert marks(browser.get("/following/")) == [(post.get_absolute_url(), "1")]
        assert marks(browser.get("/bookmarks/")) == [(post.get_absolute_url(), "1")] * 2

    def test_many_are_not_counted_to_the_end(self, reader, browser):
        thread = ThreadFactory()
        read(reader, thread, 1)
        commented(thread, 100)
        assert [count for _url, count in marks(browser.get("/latest/"))] == ["99+"]

    def test_what_is_hidden_or_deleted_does_not_count_and_counts_again_when_it_is_restored(self, reader, browser):
        thread, moderator = ThreadFactory(), ModeratorFactory()
        read(reader, thread, 1)
        first, second, third = commented(thread, 3)
        services.hide_post(post=first, by=moderator)
        services.delete_post(post=third, by=third.author)
        assert marks(browser.get("/latest/")) == [(second.get_absolute_url(), "1")]
        services.hide_post(post=second, by=moderator)
        assert marks(browser.get("/latest/")) == []
        assert titles(browser.get("/latest/?order=unread")) == []
        services.unhide_post(post=second, by=moderator)
        services.restore_post(post=third, by=third.author)
        assert marks(browser.get("/latest/")) == [(second.get_absolute_url(), "2")]
        assert titles(browser.get("/latest/?order=unread")) == [thread.title]

    def test_what_one_wrote_is_read(self, reader, browser):
        thread = ThreadFactory()
        services.add_post(thread=thread, author=reader, source="Mine.")
        assert number_read(reader, thread) == 2
        assert marks(browser.get("/latest/")) == []
        services.add_post(thread=thread, author=PersonFactory(), source="Theirs.")
        assert [count for _url, count in marks(browser.get("/latest/"))] == ["1"]

    @pytest.mark.parametrize(("at", "answered", "left"), [(1, 2, 2), (2, 4, 2), (3, 4, 5), (3, None, 3), (4, None, 5)])
    def test_what_others_wrote_before_stays_unread(self, reader, at, answered, left):
        thread = ThreadFactory()
        posts = commented(thread, 3)
        read(reader, thread, at)
        parent = next((post for post in posts if post.number == answered), None)
        services.add_post(thread=thread, author=reader, source="Mine.", parent=parent)
        assert number_read(reader, thread) == left

    def test_a_reply_from_the_first_page_of_many_is_itself_not_unread(self, reader, browser):
        thread = ThreadFactory()
        read(reader, thread, 1)
        commented(thread, 2)
        own = services.add_post(thread=thread, author=reader, source="Mine.")
        assert marks(browser.get("/latest/")) == [(f"{thread.get_absolute_url()}2/#post-2", "2")]
        html = html_of(browser.get(thread.get_absolute_url()))
        assert OFFER.findall(html) == [("2 unread posts", f"{thread.get_absolute_url()}2/#post-2")]
        assert '<span class="pill backward">New</span>' not in html.partition(f'id="post-{own.number}"')[2]

    def test_what_one_wrote_oneself_is_not_unread_after_it(self, reader):
        thread = ThreadFactory()
        read(reader, thread, 1)
        commented(thread, 2, author=reader)
        commented(thread, hidden_at=timezone.now())
        services.add_post(thread=thread, author=reader, source="Mine.")
        assert number_read(reader, thread) == 5

    def test_a_mark_is_its_readers_alone(self, reader, browser, as_user, visitor):
        thread, other = ThreadFactory(), PersonFactory()
        read(reader, thread, 1)
        read(other, thread, 1)
        commented(thread, 2)
        read(other, thread, 2)
        for _ in range(2):
            assert [count for _url, count in marks(browser.get("/latest/"))] == ["2"]
            assert [count for _url, count in marks(as_user(other).get("/latest/"))] == ["1"]
            assert marks(visitor.get("/latest/")) == []


class TestPositions:
    def test_they_move_forward_only_and_never_beyond_the_newest_post(self, reader):
        thread = ThreadFactory()
        commented(thread, 4)
        for number, at in ((3, 3), (2, 3), (4, 4), (99, 5)):
            read(reader, thread, number)
            assert number_read(reader, thread) == at

    def test_going_back_does_not_change_when_it_was_read(self, reader):
        thread = ThreadFactory()
        commented(thread, 2)
        read(reader, thread, 3)
        before = ReadPosition.objects.get(reader=reader)
        read(reader, thread, 2)
        assert ReadPosition.objects.get(reader=reader).read_at == before.read_at

    def test_a_script_says_which_posts_were_read(self, reader, browser):
        thread = ThreadFactory()
        commented(thread, 4)
        for numbers, at in (("1,2", 2), ("3", 3), ("", 3), ("4,5,999999999", 5)):
            assert browser.post(f"/threads/{thread.pk}/read/?posts={numbers}").status_code == 204
            assert number_read(reader, thread) == at

    def test_of_pages_of_the_release_before_only_the_post_that_they_name_counts(self, reader, browser):
        thread = ThreadFactory()
        commented(thread, 4)
        for number, at in ((1, 1), (3, 1), (2, 2)):
            assert browser.post(f"/threads/{thread.pk}/read/{number}/").status_code == 204
            assert number_read(reader, thread) == at

    def test_a_post_that_was_not_in_view_stays_unread_with_all_after_it(self, reader, browser):
        thread = ThreadFactory()
        commented(thread, 4)
        address = f"/threads/{thread.pk}/read/"
        for numbers, at in (("4,5", 0), ("1,2,4,5", 2), ("5", 2), ("3,5", 3), ("4,5", 5)):
            browser.post(f"{address}?posts={numbers}")
            assert number_read(reader, thread) == at

    def test_what_a_reader_does_not_see_is_no_gap(self, reader, browser):
        thread, muted = ThreadFactory(), PersonFactory()
        mute(person=reader, other=muted)
        commented(thread, hidden_at=timezone.now())
        commented(thread, deleted_at=timezone.now())
        commented(thread, author=muted)
        commented(thread, author=reader)
        commented(thread, 2)
        browser.post(f"/threads/{thread.pk}/read/?posts=1")
        assert number_read(reader, thread) == 5
        browser.post(f"/threads/{thread.pk}/read/?posts=6")
        assert number_read(reader, thread) == 6

    def test_a_post_that_came_after_the_page_is_unread(self, reader, browser):
        thread = ThreadFactory()
        url = picture(browser.get(thread.get_absolute_url()))
        commented(thread)
        browser.get(url, headers={"Sec-Fetch-Site": "same-origin"})
        assert number_read(reader, thread) == 1

    @pytest.mark.parametrize("posts", ["x", "1,", "-1", "1.5", "9999999999", ",".join(["123456789"] * 700)])
    def test_what_no_script_sends_is_refused(self, browser, posts):
        assert browser.post(f"/threads/{ThreadFactory().pk}/read/?posts={posts}").status_code == 400
        assert not ReadPosition.objects.exists()

    def test_a_notification_of_a_post_further_down_is_read_with_it(self, reader, browser):
        thread = ThreadFactory()
        for words in ("Let's ask.", "What do you say, @reader?"):
            services.add_post(thread=thread, author=PersonFactory(), source=words)
        unread = Notification.objects.filter(recipient=reader, read_at=None)
        for number, left in ((2, 1), (3, 0)):
            browser.post(f"/threads/{thread.pk}/read/?posts={number}")
            assert (number_read(reader, thread), unread.count()) == (0, left)

    def test_what_was_read_before_its_notice_was_written_is_not_unread_in_the_bell(self, reader):
        """A page that is open shows a post at once; the job that tells of it may come later."""
        thread = ThreadFactory(author=reader)
        read, unread = (services.add_post(thread=thread, author=PersonFactory(), source="Let's ask.") for _ in range(2))
        Notification.objects.all().delete()
        thread.refresh_from_db()
        reading.read_posts(reader=reader, thread=thread, numbers=[read.number])
        for post, left in ((read, 0), (unread, 1)):
            delivery.announce(post.pk)
            assert Notification.objects.filter(recipient=reader, read_at=None).count() == left

    def test_without_script_a_picture_says_that_the_page_was_read(self, reader, browser):
        thread = ThreadFactory()
        commented(thread, 4)
        address = picture(browser.get(thread.get_absolute_url()))
        assert address == f"/threads/{thread.pk}/read/?posts=1,2,3,4,5"
        assert number_read(reader, thread) is None
        assert browser.get(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert browser.get(address).status_code == 403
        assert number_read(reader, thread) is None
        assert browser.get(address, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 204
        assert number_read(reader, thread) == 5
        assert "<noscript><img" not in html_of(browser.get(thread.get_absolute_url()))

    def test_who_comes_by_a_link_to_the_end_begins_there(self, reader, browser, monkeypatch):
        thread = ThreadFactory()
        commented(thread, 7)
        monkeypatch.setattr(discussion, "BRANCHES_A_PAGE", 4)
        page = browser.get(f"/t/{thread.pk}/{thread.slug}/8/", follow=True)
        address = picture(page)
        assert address.endswith("&amp;first=5") and 'data-first="5"' in html_of(page)
        browser.get(address.replace("&amp;", "&"), headers={"Sec-Fetch-Site": "same-origin"})
        assert number_read(reader, thread) == 8

    def test_by_score_folded_comments_and_answers_of_other_pages_stay_unread(self, reader, browser, monkeypatch):
        question = QuestionFactory()
        low, *_others = [AnswerFactory(thread=question, rank=rank, score=rank) for rank in (0, 1, 2)]
        comments = commented(question, 7, parent=low)
        for branches, shown, at in ((2, [1, 3, 4], 1), (3, range(1, 10), comments[4].number)):
            monkeypatch.setattr(discussion, "BRANCHES_A_PAGE", branches)
            address = picture(browser.get(question.get_absolute_url()))
            assert address.partition("?posts=")[2] == ",".join(str(number) for number in shown if number > 1 or at == 1)
            browser.get(address, headers={"Sec-Fetch-Site": "same-origin"})
            assert number_read(reader, question) == at

    def test_the_page_of_all_comments_marks_no_answer(self, reader, browser):
        question = QuestionFactory()
        answers = [AnswerFactory(thread=question) for _ in range(2)]
        read(reader, question, 2)
        commented(question, parent=answers[0])
        page = browser.get(f"/t/{question.pk}/{question.slug}/2/comments/")
        browser.get(picture(page), headers={"Sec-Fetch-Site": "same-origin"})
        assert number_read(reader, question) == 2

    def test_jobs_copy_the_newest_post_to_all_readers_in_batches(self, monkeypatch):
        thread = ThreadFactory()
        people = [PersonFactory() for _ in range(5)]
        for person in people:
            read(person, thread, 1)
        monkeypatch.setattr(reading, "BATCH", 2)
        commented(thread)
        thread.refresh_from_db()
        copies = set(ReadPosition.objects.values_list("newest", "last_post_at"))
        assert copies == {(2, thread.last_post_at)}
        assert ReadPosition.objects.unread().count() == 5

    def test_recount_mends_what_jobs_copy(self, reader):
        thread = tagged(ThreadFactory(category=Category.objects.get(slug="meta")), "xor", "adam")
        read(reader, thread, 1)
        moved = {"tag_1": F("tag_2"), "tag_2": F("tag_1")}
        for wrong in ({"newest": 7}, {"last_post_at": timezone.now()}, {"category": None}, {"tag_2": None}, moved):
            ReadPosition.objects.update(**wrong)
            assert reading.drifted() == [thread.pk]
            call_command("recount")
            assert reading.drifted() == []
        position = ReadPosition.objects.get()
        assert (position.newest, position.category) == (1, thread.category)
        assert [position.tag_1, position.tag_2] == sorted(thread.tags.values_list("pk", flat=True))

    def test_who_wrote_in_a_thread_before_there_were_positions_has_read_it(self, reader):
        thread, draft = ThreadFactory(author=reader), ThreadFactory(author=reader, draft=True)
        commented(thread, 2, author=reader)
        [last] = commented(thread)
        ReadPosition.objects.filter(thread=thread).delete()
        migration = import_module("community.content.migrations.0018_written_before")
        for _ in range(2):
            migration.read_all(apps, SimpleNamespace(connection=connection))
        rows = ReadPosition.objects.order_by("reader").values_list("reader", "thread", "number", "newest")
        assert list(rows) == [(reader.pk, thread.pk, 4, 4), (last.author_id, thread.pk, 4, 4)]
        assert draft.pk not in {thread for _reader, thread, *_numbers in rows}


def test_a_migration_copies_tags_that_the_release_before_did_not(reader):
    thread, bare = tagged(ThreadFactory(), "xor", "adam", "sgd"), ThreadFactory()
    read(reader, thread, 1)
    read(reader, bare, 1)
    found = ReadPosition.objects.order_by("thread").values_list(*TAG_COLUMNS)
    as_they_are = list(found)
    ReadPosition.objects.update(tag_1=7, tag_3=None)
    import_module("community.content.migrations.0024_tags_of_rows").fill(apps, SimpleNamespace(connection=connection))
    assert list(found) == as_they_are


@pytest.mark.django_db(transaction=True)
def test_of_two_devices_that_read_at_once_the_one_further_on_counts():
    reader, thread = PersonFactory(), ThreadFactory()
    for _ in range(8):
        CommentFactory(thread=thread)
    outcomes = at_once(8, lambda index: read(reader, thread, index + 2))
    assert outcomes == [None] * 8
    assert number_read(reader, thread) == 9


@pytest.mark.django_db(transaction=True)
def test_reading_and_what_jobs_copy_do_not_undo_each_other():
    reader, thread = PersonFactory(), ThreadFactory()
    read(reader, thread, 1)
    for _ in range(8):
        CommentFactory(thread=thread)
    acts = [lambda: reading.refresh(thread.pk), lambda: services.mark_all_read(reader=reader)]
    acts += [lambda number=number: read(reader, thread, number) for number in range(2, 8)]
    outcomes = at_once(8, lambda index: acts[index]())
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    reading.refresh(thread.pk)
    position = ReadPosition.objects.get()
    assert position.number >= 7
    assert position.newest == 9


class TestUnreadLists:
    def test_they_are_in_order_of_the_last_post_whatever_was_read_first(self, reader, browser):
        first, second, third = (ThreadFactory(title=title) for title in ("One", "Two", "Three"))
        for thread in (third, first, second):
            read(reader, thread, 1)
        for thread in (second, first):
            commented(thread)
        assert titles(browser.get("/latest/?order=unread")) == ["One", "Two"]
        read(reader, first, 2)
        assert titles(browser.get("/latest/?order=unread")) == ["Two"]

    def test_pages_of_them_are_by_key(self, reader, browser, monkeypatch):
        monkeypatch.setattr("community.forum.lists.ROWS_A_PAGE", 2)
        for title in "ABCDE":
            thread = ThreadFactory(title=title)
            read(reader, thread, 1)
            commented(thread)
        found, query = [], "?order=unread"
        while query:
            response = browser.get(f"/latest/{query}")
            found.append(titles(response))
            query = response.context["page"].next_query
        assert found == [["E", "D"], ["C", "B"], ["A"]]

    def test_each_kind_category_and_tag_has_its_own(self, reader, browser):
        inner = Category.objects.get(slug="initialisation")
        threads = [
            QuestionFactory(title="Q", category=inner),
            ThreadFactory(title="D"),
            ThreadFactory(title="N", kind="note"),
        ]
        tagged(threads[0], "xor", "adam")
        tagged(threads[2], "adam")
        for thread in threads:
            read(reader, thread, 1)
            commented(thread)
        expected = {
            "/latest/": ["N", "D", "Q"],
            "/latest/?kind=note": ["N"],
            "/questions/": ["Q"],
            "/discussions/": ["D"],
            "/c/initialisation/": ["Q"],
            "/c/training-troubles/": ["Q"],
            "/c/meta/": [],
            "/tags/xor/": ["Q"],
            "/tags/adam/": ["N", "Q"],
        }
        for path, found in expected.items():
            assert titles(browser.get(f"{path}{'&' if '?' in path else '?'}order=unread")) == found, path
        assert [thread.title for thread in browser.get("/?order=unread").context["home"].rows] == ["N", "D", "Q"]

    def test_a_moved_thread_is_in_the_list_of_its_new_category(self, reader, browser):
        thread = ThreadFactory(category=Category.objects.get(slug="meta"))
        read(reader, thread, 1)
        commented(thread)
        move_thread(thread=thread, by=ModeratorFactory(), category=Category.objects.get(slug="training-troubles"))
        assert titles(browser.get("/c/training-troubles/?order=unread")) == [thread.title]
        assert titles(browser.get("/c/meta/?order=unread")) == []

    def test_a_thread_that_was_tagged_anew_is_in_the_lists_of_its_new_tags(self, reader, browser):
        thread = tagged(ThreadFactory(), "xor", "adam")
        tagged(ThreadFactory(), "sgd")
        commented(thread, 3)
        read(reader, thread, 2)
        assert titles(browser.get("/tags/xor/?order=unread")) == [thread.title]
        events.retag(thread=thread, by=ModeratorFactory(), names={"sgd": "sgd", "adam": "adam"})
        assert titles(browser.get("/tags/sgd/?order=unread")) == [thread.title]
        assert not ReadPosition.objects.filter(tag_1=Tag.objects.get(slug="xor").pk).exists()

    def test_a_thread_that_is_no_longer_public_is_in_none(self, reader, browser):
        thread = ThreadFactory()
        read(reader, thread, 1)
        commented(thread)
        Thread.objects.filter(pk=thread.pk).update(hidden_at=timezone.now())
        assert titles(browser.get("/latest/?order=unread")) == []

    def test_visitors_have_none(self, visitor, reader, browser):
        thread = ThreadFactory()
        for path in ("/latest/", "/?order=latest", "/articles/", "/notes/"):
            assert "order=unread" not in html_of(visitor.get(path))
            assert "order=unread" in html_of(browser.get(path))
        assert titles(visitor.get("/latest/?order=unread")) == [thread.title]

    def test_an_empty_one_says_what_will_be_there(self, browser):
        for path in ("/latest/?order=unread", "/?order=unread"):
            html = html_of(browser.get(path))
            assert "<h2>Nothing unread</h2>" in html
            assert "Mark all as read" not in html.partition("<main")[2]


class TestMarkingAsRead:
    @pytest.fixture
    def unread(self, reader) -> list[Thread]:
        inner = Category.objects.get(slug="initialisation")
        threads = [tagged(QuestionFactory(title="Q", category=inner), "xor"), ThreadFactory(title="D")]
        for thread in threads:
            read(reader, thread, 1)
            commented(thread)
        return threads

    def press(self, browser, path: str) -> None:
        """Send the form of the page with its fields as they are there."""
        html = html_of(browser.get(path))
        form = html.partition('<form method="post" action="/threads/read/">')[2].partition("</form>")[0]
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        fields["until"] = fields["until"].replace("&#x2B;", "+").replace("&#43;", "+")
        assert browser.post("/threads/read/", fields).status_code == 302

    @pytest.mark.parametrize(
        ("path", "left"),
        [
            ("/latest/?order=unread", []),
            ("/?order=unread", []),
            ("/questions/?order=unread", ["D"]),
            ("/c/training-troubles/?order=unread", ["D"]),
            ("/tags/xor/?order=unread", ["D"]),
        ],
    )
    def test_everything_or_what_the_list_is_about(self, unread, browser, path, left):
        self.press(browser, path)
        assert titles(browser.get("/latest/?order=unread")) == left
        assert len(marks(browser.get("/latest/"))) == len(left)

    @pytest.mark.parametrize("kind", [Kind.ARTICLE, Kind.NOTE])
    def test_those_of_its_kind_in_the_lists_of_articles_and_of_notes(self, unread, reader, browser, kind):
        threads = [ThreadFactory(kind=each, title=f"An {each}") for each in (Kind.ARTICLE, Kind.NOTE)]
        for thread in threads:
            read(reader, thread, 1)
            commented(thread)
        path = f"/{kind}s/?order=unread"
        assert [thread.kind for thread in browser.get(path).context["page"]] == [kind]
        self.press(browser, path)
        html = html_of(browser.get(path))
        assert "<h2>Nothing unread</h2>" in html and "Mark all as read" not in html.partition("<main")[2]
        left = {*titles(browser.get("/latest/?order=unread"))}
        assert left == {"Q", "D", *(thread.title for thread in threads if thread.kind != kind)}

    def test_nobody_elses(self, unread, browser, as_user):
        other = PersonFactory()
        for thread in unread:
            read(other, thread, 1)
        self.press(browser, "/latest/?order=unread")
        assert titles(as_user(other).get("/latest/?order=unread")) == ["D", "Q"]

    def test_what_was_written_after_the_page_was_made_stays_unread(self, unread, reader, browser):
        earlier = timezone.now() - timedelta(minutes=1)
        Thread.objects.filter(pk=unread[0].pk).update(last_post_at=earlier - timedelta(minutes=1))
        reading.refresh(unread[0].pk)
        services.mark_all_read(reader=reader, until=earlier)
        assert titles(browser.get("/latest/?order=unread")) == ["D"]

    @pytest.mark.parametrize("sent", [{"kind": "poem"}, {"category": "nowhere"}, {"until": "yesterday"}])
    def test_what_no_button_sends_is_refused(self, unread, browser, sent):
        assert browser.post("/threads/read/", sent).status_code == 400
        assert len(titles(browser.get("/latest/?order=unread"))) == 2


class TestThreadPage:
    def later(self, thread: Thread, reader) -> None:
        """Let the reader have been here an hour ago."""
        ReadPosition.objects.filter(reader=reader, thread=thread).update(read_at=timezone.now() - timedelta(hours=1))

    def test_who_has_been_here_is_led_to_the_first_unread_post(self, reader, browser):
        thread = ThreadFactory()
        read(reader, thread, 1)
        commented(thread, 2)
        url = thread.get_absolute_url()
        assert OFFER.findall(html_of(browser.get(url))) == [("2 unread posts", f"{url}2/#post-2")]
        assert OFFER.findall(html_of(browser.get(f"{url}2/"))) == []
        read(reader, thread, 3)
        assert OFFER.findall(html_of(browser.get(url))) == []

    def test_posts_since_the_last_visit_are_marked_and_a_line_is_before_the_first(self, reader, browser):
        thread = ThreadFactory()
        commented(thread, 2)
        read(reader, thread, 3)
        self.later(thread, reader)
        commented(thread, 2)
        html = html_of(browser.get(thread.get_absolute_url()))
        before, _line, after = html.partition("New since your last visit")
        assert re.findall(r'id="post-(\d+)"', before) == ["1", "2", "3"]
        assert re.findall(r'id="post-(\d+)"', after) == ["4", "5"]
        assert html.count('<span class="pill backward">New</span>') == 2
        landed = html_of(browser.get(f"{thread.get_absolute_url()}4/"))  # which is marked already
        assert landed.count('<span class="pill backward">New</span>') == 1

    def test_new_answers_by_score_are_named_before_all_answers(self, reader, browser):
        question = QuestionFactory()
        read(reader, question, 1)
        self.later(question, reader)
        answer = AnswerFactory(thread=question)
        CommentFactory(thread=question, parent=answer)
        html = html_of(browser.get(question.get_absolute_url()))
        assert html.count('<span class="pill backward">New</span>') == 2
        before, _line, after = html.partition("New since your last visit")
        assert 'id="post-2"' not in before and after.index('id="post-2"') > 0
        assert after.startswith(' <a href="#post-2">#2</a> <a href="#post-3">#3</a></span>')
        html = html_of(browser.get(f"{question.get_absolute_url()}?order=oldest"))
        assert html.index("New since your last visit") < html.index('id="post-2"')

    def test_a_page_by_score_without_anything_new_has_no_line(self, reader, browser):
        question = QuestionFactory()
        AnswerFactory(thread=question)
        read(reader, question, 2)
        self.later(question, reader)
        assert "New since your last visit" not in html_of(browser.get(question.get_absolute_url()))

    def test_of_many_new_answers_by_score_the_first_ten_are_linked(self, reader, browser):
        question = QuestionFactory()
        read(reader, question, 1)
        self.later(question, reader)
        for _number in range(11):
            AnswerFactory(thread=question)
        line = html_of(browser.get(question.get_absolute_url())).split("New since your last visit")[1].split("</p>")[0]
        assert re.findall(r">#(\d+)<", line) == [str(number) for number in range(2, 12)] and line.endswith("…</span>")

    def test_what_somebody_muted_wrote_is_not_named_as_new(self, reader, browser):
        question = QuestionFactory()
        read(reader, question, 1)
        self.later(question, reader)
        mute(person=reader, other=AnswerFactory(thread=question).author)
        assert "New since your last visit" not in html_of(browser.get(question.get_absolute_url()))

    def test_what_one_has_not_come_to_yet_is_unread_and_not_new(self, reader, browser):
        """The second page of a long thread was there at the last visit."""
        thread = ThreadFactory()
        commented(thread, 3)
        read(reader, thread, 2)
        html = html_of(browser.get(thread.get_absolute_url()))
        assert [words for words, _url in OFFER.findall(html)] == ["2 unread posts"]
        assert "New since your last visit" not in html
        assert '<span class="pill backward">New</span>' not in html

    def test_nothing_is_new_to_who_comes_for_the_first_time(self, browser, visitor):
        thread = ThreadFactory()
        commented(thread, 2)
        for client in (browser, visitor):
            html = html_of(client.get(thread.get_absolute_url()))
            assert "New since" not in html
            assert OFFER.findall(html) == []
            assert '<span class="pill backward">New</span>' not in html
        assert "data-read-up-to" not in html

    def test_time_is_counted_on_a_page_that_was_read_until_it_is_enough(self, reader, browser):
        thread = ThreadFactory()
        read(reader, thread, 1)
        html = html_of(browser.get(thread.get_absolute_url()))
        assert f'data-read-up-to="/threads/{thread.pk}/read/" data-read="1"' in html and "<noscript><img" not in html
        ReadPosition.objects.update(seconds=LONG_READ)
        assert "data-read-up-to" not in html_of(browser.get(thread.get_absolute_url()))
        commented(thread)
        assert "data-read-up-to" in html_of(browser.get(thread.get_absolute_url()))

    def test_drafts_and_hidden_threads_are_not_tracked(self, reader, browser):
        for fields in ({"draft": True}, {"hidden_at": timezone.now()}):
            thread = ThreadFactory(author=reader, **fields)
            assert "data-read-up-to" not in html_of(browser.get(thread.get_absolute_url()))

    def test_who_stopped_within_a_long_text_is_led_back_to_where_that_was(self, reader, browser):
        article = ThreadFactory(kind=Kind.ARTICLE)

        def seen(percent: object, posts: str = "") -> str:
            sent = browser.post(f"/threads/{article.pk}/read/?posts={posts}&text={percent}")
            assert sent.status_code in (204, 400)
            return html_of(browser.get(article.get_absolute_url()))

        assert "Continue reading" not in html_of(browser.get(article.get_absolute_url()))
        assert "You have read 40% of this." in seen(40)
        assert 'data-continue="40"' in seen(20) and 'data-text="40"' in seen(20)
        assert 'data-continue="40"' in seen(101)
        browser.post(f"/posts/{article.opening_post.pk}/bookmark/", {"on": "1"})
        assert "40% read" in html_of(browser.get("/bookmarks/"))
        assert 'data-continue="90"' in seen(90, "1")
        assert "90% read" in html_of(browser.get("/bookmarks/"))
        assert "Continue reading" not in seen(100)
        assert "% read" not in html_of(browser.get("/bookmarks/"))

    def test_an_author_is_not_told_how_much_of_the_own_text_was_read(self, reader, browser):
        article = ThreadFactory(kind=Kind.ARTICLE, author=reader)
        for posts in ("1", ""):
            assert browser.post(f"/threads/{article.pk}/read/?posts={posts}&text=40").status_code == 204
        assert "Continue reading" not in html_of(browser.get(article.get_absolute_url()))

    def test_in_chinese(self, reader, browser):
        type(reader).objects.filter(pk=reader.pk).update(language="zh-hans")
        thread = ThreadFactory()
        read(reader, thread, 1)
        self.later(thread, reader)
        commented(thread, 2)
        html = html_of(browser.get(thread.get_absolute_url()))
        assert "有 2 条未读" in html
        assert "以下是你上次来过之后的新内容" in html
        assert ">2 条新帖</a>" in html_of(browser.get("/latest/"))
