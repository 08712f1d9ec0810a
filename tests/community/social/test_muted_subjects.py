"""Threads with muted tags or in muted categories: which lists leave them out, count and show them, which keep them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.blogs.services import start_article
from community.content.models import Category, Tag
from community.content.services import add_post, start_thread
from community.content.services.reading import mark_read
from community.mutes.services import mute as mute_person
from community.social import roundup, services
from community.social.levels import Level
from community.social.models import Follow
from tests.factories import PersonFactory
from tests.html import html_of
from tests.statements import statements

pytestmark = pytest.mark.django_db
NAMED = "Unwanted subject"
HIDDEN = "1 thread with a muted tag or category is hidden."
LISTS = {
    "latest": ("question", "/latest/"),
    "new": ("question", "/latest/?order=new"),
    "top": ("question", "/latest/?order=top"),
    "questions": ("question", "/questions/"),
    "unanswered": ("question", "/questions/?order=unanswered"),
    "discussions": ("discussion", "/discussions/"),
    "category": ("question", "/c/training-troubles/"),
    "articles": ("article", "/articles/"),
    "notes": ("note", "/notes/"),
    "front page, latest": ("question", "/?order=latest"),
    "feed": ("question", "/"),
    "for you": ("question", "/?order=for-you"),
    "in own tags": ("question", "/questions/?order=your-tags"),
}


@pytest.fixture
def reader():
    return PersonFactory(handle="reader")


@pytest.fixture
def writer():
    return PersonFactory(handle="writer")


def thread(author, kind="question", title=NAMED, tags=("dull", "xor")):
    shelf = Category.objects.get(slug="training-troubles") if kind in ("question", "discussion") else None
    if kind == "article":
        return start_article(author=author, title=title, source="Some words.", tags=tags, publish=True).thread
    return start_thread(author=author, kind=kind, title=title, source="Some words.", tags=tags, category=shelf)


def mute(reader, slug="dull", level=Level.MUTED):
    services.follow(follower=reader, tag=Tag.objects.get(slug=slug), level=level)


def mute_category(reader, level=Level.MUTED, slug="training-troubles"):
    services.follow(follower=reader, category=Category.objects.get(slug=slug), level=level)


def main_of(page):
    return html_of(page).partition("<aside")[0]


@pytest.mark.parametrize("place", LISTS)
def test_a_list_leaves_them_out_says_how_many_and_shows_them_when_asked(reader, writer, as_user, place):
    kind, path = LISTS[place]
    services.follow(follower=reader, person=writer)
    found = thread(writer, kind)
    services.follow(follower=reader, tag=Tag.objects.get(slug="xor"))
    client = as_user(reader)
    assert NAMED in main_of(client.get(path)), "before the tag is muted"
    mute(reader)
    page = main_of(client.get(path))
    assert NAMED not in page and HIDDEN in page and "muted=1" in page
    assert "Nothing" not in page and "No articles" not in page and "No notes" not in page
    page = main_of(client.get(path + ("&" if "?" in path else "?") + "muted=1"))
    assert NAMED in page and "Threads with muted tags and categories are shown." in page and HIDDEN not in page
    mute(reader, level=Level.NORMAL)
    page = main_of(client.get(path))
    assert NAMED in page and "muted tags" not in page
    assert found.tags.filter(slug="dull").exists()


def test_the_unread_list_leaves_them_out(reader, writer, as_user):
    found = thread(writer)
    mark_read(reader=reader, thread_id=found.pk, number=1)
    add_post(thread=found, author=writer, source="More.", role="answer")
    assert NAMED in html_of(as_user(reader).get("/latest/?order=unread"))
    mute(reader)
    page = html_of(as_user(reader).get("/latest/?order=unread"))
    assert NAMED not in page and HIDDEN in page


def test_unanswered_questions_beside_a_list_are_without_them(reader, writer, as_user):
    thread(writer)
    assert NAMED in html_of(as_user(reader).get("/?order=top")).partition("<aside")[2]
    mute(reader)
    assert NAMED not in html_of(as_user(reader).get("/?order=top"))


def test_the_list_of_the_tag_and_of_a_person_keep_them(reader, writer, as_user):
    thread(writer)
    mute(reader)
    for path in ("/tags/dull/", "/tags/xor/", "/@writer/"):
        page = html_of(as_user(reader).get(path))
        assert NAMED in page and HIDDEN not in page, path


@pytest.mark.parametrize("level", [Level.NORMAL, Level.TRACKING, Level.WATCHING])
def test_the_level_of_a_thread_goes_before_that_of_its_tag(reader, writer, as_user, level):
    services.follow(follower=reader, thread=thread(writer), level=level)
    mute(reader)
    assert NAMED in html_of(as_user(reader).get("/questions/"))


def test_ones_own_threads_stay(reader, as_user):
    own = thread(reader)
    Follow.objects.filter(follower=reader, thread=own).delete()
    mute(reader)
    assert NAMED in html_of(as_user(reader).get("/questions/"))


def test_others_and_visitors_see_what_they_saw(reader, writer, as_user, client):
    thread(writer)
    mute(reader)
    for page in (client.get("/questions/?muted=1"), as_user(writer).get("/questions/?muted=1")):
        assert NAMED in html_of(page) and "muted tags" not in html_of(page)


def test_digests_are_without_them(reader, writer):
    services.follow(follower=reader, person=writer)
    thread(writer, "article")
    since = timezone.now() - timedelta(hours=1)
    assert [item.title for item in roundup.new_articles(reader, since)] == [NAMED]
    mute(reader)
    assert roundup.new_articles(reader, since) == []


def test_a_feed_that_is_hidden_as_a_whole_is_not_filled_anew(reader, writer, as_user, monkeypatch):
    services.follow(follower=reader, person=writer)
    thread(writer)
    mute(reader)
    monkeypatch.setattr("community.social.feeds.fill_anew", lambda reader: pytest.fail("filled anew"))
    assert HIDDEN in html_of(as_user(reader).get("/"))


def test_who_muted_no_tag_pays_no_query_and_others_one_a_page(reader, writer, as_user):
    for n in range(12):
        thread(writer, title=f"Question {n}")
    client = as_user(reader)
    counts = []
    for number in (0, 1, 2):
        if number:
            mute(reader, ("dull", "xor")[number - 1])
        client.get("/questions/")
        with statements() as made:
            client.get("/questions/")
        counts.append(len([each for each in made if "content_thread_tags" in each and "social_follow" in each]))
    assert counts == [0, 1, 1]


OF_CATEGORIES = [place for place in LISTS if LISTS[place][0] in ("question", "discussion") and place != "category"]


@pytest.mark.parametrize("place", OF_CATEGORIES)
def test_a_list_leaves_out_a_muted_category_says_how_many_and_shows_it_when_asked(reader, writer, as_user, place):
    kind, path = LISTS[place]
    services.follow(follower=reader, person=writer)
    thread(writer, kind)
    services.follow(follower=reader, tag=Tag.objects.get(slug="xor"))
    client = as_user(reader)
    mute_category(reader)
    page = main_of(client.get(path))
    assert NAMED not in page and HIDDEN in page and "muted=1" in page
    page = main_of(client.get(path + ("&" if "?" in path else "?") + "muted=1"))
    assert NAMED in page and HIDDEN not in page
    mute_category(reader, Level.NORMAL)
    assert NAMED in main_of(client.get(path))


def test_the_unread_list_and_what_is_beside_a_list_leave_out_a_muted_category(reader, writer, as_user):
    found = thread(writer)
    assert NAMED in html_of(as_user(reader).get("/?order=top")).partition("<aside")[2]
    mark_read(reader=reader, thread_id=found.pk, number=1)
    add_post(thread=found, author=writer, source="More.", role="comment")
    assert NAMED in html_of(as_user(reader).get("/latest/?order=unread"))
    mute_category(reader)
    assert NAMED not in html_of(as_user(reader).get("/?order=top"))
    page = html_of(as_user(reader).get("/latest/?order=unread"))
    assert NAMED not in page and HIDDEN in page


def test_the_page_of_a_muted_category_keeps_its_threads_but_not_those_of_muted_tags(reader, writer, as_user):
    thread(writer)
    mute_category(reader)
    for path in ("/c/training-troubles/", "/tags/xor/", "/@writer/"):
        page = html_of(as_user(reader).get(path))
        assert NAMED in page and HIDDEN not in page, path
    mute(reader)
    page = html_of(as_user(reader).get("/c/training-troubles/"))
    assert NAMED not in page and HIDDEN in page


def test_of_nested_categories_the_nearest_with_a_level_counts(reader, writer, as_user):
    inner = Category.objects.get(slug="training-troubles")
    outer = Category.objects.create(slug="outer", name="Outer")
    Category.objects.filter(pk=inner.pk).update(parent=outer)
    thread(writer)
    mute_category(reader, slug="outer")
    assert NAMED not in html_of(as_user(reader).get("/questions/"))
    mute_category(reader, Level.NORMAL)
    assert NAMED in html_of(as_user(reader).get("/questions/"))


def test_one_s_own_threads_and_followed_ones_stay_in_a_muted_category(reader, writer, as_user):
    mute_category(reader)
    own = thread(reader, title="My own")
    Follow.objects.filter(follower=reader, thread=own).delete()
    services.follow(follower=reader, thread=thread(writer), level=Level.TRACKING)
    page = html_of(as_user(reader).get("/questions/"))
    assert NAMED in page and "My own" in page


def test_digests_are_without_a_muted_category(reader, writer):
    services.follow(follower=reader, person=writer)
    asked = thread(writer)
    since = timezone.now() - timedelta(hours=1)
    add_post(thread=asked, author=writer, source="Solved.", role="answer")
    assert [item.title for item in roundup.answered_questions(reader, since)] == [NAMED]
    mute_category(reader)
    assert roundup.answered_questions(reader, since) == []


def test_who_muted_no_category_pays_no_query_of_it(reader, writer, as_user):
    thread(writer)
    client = as_user(reader)
    mute(reader)
    client.get("/questions/")
    with statements() as made:
        client.get("/questions/")
    before = len(made)
    mute_category(reader)
    client.get("/questions/")
    with statements() as made:
        client.get("/questions/")
    assert len(made) == before + 2


@pytest.mark.parametrize(("kind", "path"), [("question", "/latest/"), ("article", "/articles/")])
def test_of_unread_threads_only_those_are_counted_that_would_be_listed(reader, writer, as_user, kind, path):
    """In the first one somebody has written whom the reader does not meet: it is in no list of theirs."""
    unmet = PersonFactory()
    for person in (unmet, writer):
        found = thread(writer, kind, title=f"By {person.handle}")
        mark_read(reader=reader, thread_id=found.pk, number=1)
        add_post(thread=found, author=person, source="More.", role="comment")
    mute_person(person=reader, other=unmet)
    mute(reader)
    page = html_of(as_user(reader).get(f"{path}?order=unread"))
    assert HIDDEN in page and "2 threads" not in page
    page = html_of(as_user(reader).get(f"{path}?order=unread&muted=1"))
    assert "By writer" in page and f"By {unmet.handle}" not in page
