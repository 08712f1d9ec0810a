"""A row of a list is what is stored now, in the reader's language and time, whatever row was drawn before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from community.accounts.models import User
from community.common import drawn
from community.common.templatetags.ui import ago
from community.content.models import Category, Kind, Tag, Thread
from community.content.services import add_post, mark_read
from community.content.shown import RowCount, ShownCategory, ShownPerson, ShownThread
from community.pages.feed_rows import ShownFeedPost
from community.social import services
from community.social.models import Follow
from tests.community.content.begun import Begun, beginning
from tests.factories import CommentFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


class Lists:
    """A thread in a category with a tag, a note without a title, and a reader who follows their author."""

    def __init__(self) -> None:
        self.author, self.reader = PersonFactory(handle="ada"), PersonFactory(handle="reader")
        self.category = Category.objects.get(slug="training-troubles")
        self.thread = QuestionFactory(author=self.author, category=self.category, title="Why?")
        self.note = ThreadFactory(author=self.author, kind=Kind.NOTE, title="", title_html="")
        self.tag = Tag.objects.create(slug="xor", name="xor", thread_count=1)
        self.thread.tags.add(self.tag)
        Follow.objects.create(follower=self.reader, person=self.author)
        self.client = Client()
        self.client.force_login(self.reader)

    def pages(self) -> dict[str, str]:
        profile = User.objects.get(pk=self.author.pk).get_absolute_url()
        paths = ("/", "/latest/", "/latest/?order=new", self.category.get_absolute_url(), profile)
        return {path: self.rows(path) for path in paths}

    def words(self, path: str, client: Client | None = None) -> str:
        row = html_of((client or self.client).get(path)).partition("Why?")[2].partition("</article>")[0]
        return " ".join(re.sub(r"<[^>]*>", " ", row).split())

    def rows(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200
        return html_of(response).partition("<main")[2]


@pytest.fixture(scope="module")
def begun(django_db_setup, django_db_blocker) -> Iterator[Begun[Lists]]:
    with django_db_blocker.unblock(), beginning(Lists) as begun:
        yield begun


@pytest.fixture
def lists(begun, db) -> Lists:
    lists = begun.world
    return begun.again(lists.author, lists.reader, lists.category, lists.thread, lists.note, lists.tag)


def set_thread(lists: Lists, **columns) -> None:
    Thread.objects.filter(pk=lists.thread.pk).update(**columns)


def set_user(person: User, **columns) -> None:
    User.objects.filter(pk=person.pk).update(**columns)


def rename(person: User, handle: str) -> None:
    person.handle = handle
    person.save()


CHANGES = {
    "a title": lambda w: set_thread(w, title="Why not?", title_html="Why <i>not</i>?"),
    "an address": lambda w: set_thread(w, slug="another"),
    "a language": lambda w: set_thread(w, language="zh-hans"),
    "solved": lambda w: set_thread(w, solved_post=w.thread.opening_post),
    "closed": lambda w: set_thread(w, locked_at=timezone.now()),
    "on hold": lambda w: set_thread(w, held_at=timezone.now()),
    "pinned": lambda w: set_thread(w, pinned_at=timezone.now()),
    "an answer": lambda w: set_thread(w, answer_count=3),
    "a reply": lambda w: CommentFactory(thread=w.thread, author=w.reader),
    "a name": lambda w: set_user(w.author, display_name="Augusta"),
    "a handle": lambda w: rename(w.author, "augusta"),
    "no category": lambda w: set_thread(w, category=None),
    "a category's name": lambda w: Category.objects.filter(pk=w.category.pk).update(name="Other troubles"),
    "a category's colour": lambda w: Category.objects.filter(pk=w.category.pk).update(tone=6),
    "hidden": lambda w: set_thread(w, hidden_at=timezone.now()),
    "the first words of a note": lambda w: w.note.posts.update(excerpt="Other words."),
    "the text": lambda w: w.thread.posts.update(html="<p>Another beginning.</p>"),
    "the reader's language": lambda w: set_user(w.reader, language="zh-hans"),
    "the reader's time zone": lambda w: set_user(w.reader, time_zone="Asia/Shanghai"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_list_shows_a_change_at_once(lists, begun, change):
    change(lists)
    kept = lists.pages()
    for path, page in kept.items():
        drawn.fragments.clear()
        assert lists.rows(path) == page, path
    assert kept != begun.pages


def test_titles_and_names_are_escaped(lists):
    set_thread(lists, title="<b>bold</b>", title_html="")
    set_user(lists.author, display_name="<script>")
    for page in lists.pages().values():
        assert "<b>bold" not in page
        assert "<script>" not in page.split("</main")[0]
        assert "&lt;script&gt;" in page


def test_a_row_says_what_the_page_does_not_say_already(lists):
    def line(path: str) -> str:
        row = lists.rows(path).partition("Why?")[2].partition("</article>")[0]
        return " ".join(re.sub(r"<[^>]*>", " ", row.partition('class="row-line">')[2]).split())

    lists.category.refresh_from_db()
    assert line("/latest/") == line("/") == "Training troubles ada asked just now xor"
    assert line(lists.category.get_absolute_url()) == "Question ada asked just now xor"
    assert line(User.objects.get(pk=lists.author.pk).get_absolute_url()) == "Training troubles asked just now"
    lists.thread.tags.clear()
    assert line("/latest/") == "Training troubles ada asked just now"


@pytest.mark.parametrize("path", ["/latest/", "/questions/", "/?order=latest"])
def test_a_row_tells_the_last_who_wrote_from_the_one_who_asked(lists, path):
    helper = PersonFactory(handle="helper")
    add_post(thread=lists.thread, author=helper, source="Because of the sum.")
    assert "helper answered just now" in lists.words(path)
    opening, late = lists.thread.opening_post, PersonFactory(handle="late")
    add_post(thread=lists.thread, author=late, source="Which sum?", role="comment", parent=opening)
    assert "late commented just now" in lists.words(path)


@pytest.mark.parametrize("path", ["/", "/latest/", "/questions/", "/latest/?order=new"])
def test_a_vote_on_a_question_is_in_its_row_at_once(lists, path):
    assert "vote" not in lists.words(path)
    services.vote(user=PersonFactory(), post=lists.thread.opening_post, value=1)
    assert "just now 1 vote xor" in lists.words(path)
    assert "just now 1 vote xor" in lists.words(path, Client())


@pytest.mark.parametrize("order", ["latest", "top", "unanswered", "unread"])
def test_a_list_names_tags_in_every_order(lists, order):
    lists.category.refresh_from_db()
    mark_read(reader=lists.reader, thread_id=lists.thread.pk, number=1)
    opening = lists.thread.opening_post
    add_post(thread=lists.thread, author=lists.author, source="Also this.", role="comment", parent=opening)
    row = lists.rows(f"{lists.category.get_absolute_url()}?order={order}").partition("Why?")[2]
    assert '<a class="tag" href="/tags/xor/">xor</a>' in row.partition("</article>")[0]


def test_words_of_a_note_look_like_text_in_every_list(lists):
    Thread.objects.filter(pk=lists.note.pk).update(title_html="Ten <i>steps</i>")
    for path in ("/", "/latest/"):
        [note] = [row for row in lists.rows(path).split("<article")[1:] if "Ten <i>steps</i>" in row]
        assert '<h2 class="row-title note-title"' in note, path


TRICKY = 'a"b <i>&amp; 5%(name)s 艾达'
SOMEBODY = ShownPerson(3, TRICKY, "ada", "/@ada/", "/avatars/1.svg?<&")
COUNT = RowCount(12, "answers", "solved")
ROW = ShownThread(
    "question", "en", "/t/7/why/?a&b", SafeString("<i>Why</i> &lt;b&gt;?"), TRICKY, True, True, True, COUNT,
    ShownCategory("Troubles", "/c/troubles/", 3), SOMEBODY, "answered", ago(timezone.now()), "4 votes", True,
)  # fmt: skip
FEED_ROW = ShownFeedPost(
    SOMEBODY, "asked", ago(timezone.now()), "en", "en", "question", "/t/7/why/?a&b", True, SafeString("<i>Why</i>"),
    TRICKY, True, COUNT, None, "1 vote", True,
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("template", "name", "row"),
    [
        ("content/list_row.html", "thread", ROW),
        ("content/list_row.html", "thread", ROW._replace(title_html=SafeString(""))),
        ("content/list_row.html", "thread", ROW._replace(title_html=SafeString(""), first_words="")),
        ("content/list_row.html", "thread", ROW._replace(person=None, category=None)),
        ("content/list_row.html", "thread", ROW._replace(votes="")),
        ("content/list_row.html", "thread", ROW._replace(is_titled=False)),
        ("pages/feed_row.html", "post", FEED_ROW),
        ("pages/feed_row.html", "post", FEED_ROW._replace(row_count=COUNT._replace(state=""))),
        ("pages/feed_row.html", "post", FEED_ROW._replace(is_titled=False, title_html=SafeString(""))),
    ],
)
def test_an_outline_with_its_holes_filled_is_the_row(template, name, row, language):
    """Names, titles, tags and times go into a fragment that was drawn without them."""
    with translation.override(language):
        holes = {"lead": "L", "spark": "S", "unread": "U", "reason": "R", "tags": "T"}
        whole = drawn.draw(template, {name: row}, **holes)
        assert drawn.draw_outlined(template, name, row, {}, **holes) == whole
