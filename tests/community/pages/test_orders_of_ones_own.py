"""*For you* and *unanswered in your tags*: chosen by a member, strictly by time, and each row says why it is there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from community.content import listings
from community.content.models import Category, ReadPosition, Tag, Thread
from community.content.services import hide_post
from community.mutes import services as mutes
from community.social import feeds
from community.social.levels import Level
from community.social.models import Follow
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]
FOR_YOU, YOUR_TAGS = "/?order=for-you", "/?order=your-tags"


@pytest.fixture
def browser(as_user, ada):
    return as_user(ada)


@pytest.fixture
def lstm():
    return Tag.objects.create(slug="lstm", name="lstm", thread_count=1)


def ago(**span):
    return timezone.now() - timedelta(**span)


def tagged(tag, title, factory=QuestionFactory, **more):
    thread = factory(title=title, **more)
    thread.tags.add(tag)
    listings.relist(Thread.objects.filter(pk=thread.pk))
    return thread


def rows(response) -> list[tuple[str, str]]:
    """Return the title of each row and why it is there."""
    found = []
    for row in re.findall(r'<article class="row.*?</article>', html_of(response), re.S):
        title = re.search(r'<h2 class="row-title.*?</h2>', row, re.S)
        reason = re.search(r'row-reason">(.*?)</p>', row, re.S)
        found.append(
            tuple(" ".join(re.sub(r"<[^>]+>", "", part[0]).split()) if part else "" for part in (title, reason))
        )
    return [(title, reason.removeprefix('row-reason">')) for title, reason in found]


# === for you ===


def test_each_row_says_what_one_follows_that_brings_it_newest_first(browser, ada, bob, lstm):
    shelf = Category.objects.get(slug="training-troubles")
    begun = {"author": PersonFactory()}
    ThreadFactory(title="By Bob", author=bob, published_at=ago(hours=1))
    tagged(lstm, "Tagged", published_at=ago(hours=2), **begun)
    ThreadFactory(title="Filed", category=shelf, published_at=ago(hours=3), **begun)
    followed = ThreadFactory(title="Followed", published_at=ago(hours=4), **begun)
    ThreadFactory(title="Of nobody", **begun)
    for target in ({"person": bob}, {"tag": lstm}, {"category": shelf}, {"thread": followed}):
        Follow.objects.create(follower=ada, **target)
    feeds.fill_anew(ada)
    assert rows(browser.get(FOR_YOU)) == [
        ("By Bob", "You follow bob"),
        ("Tagged", "You follow #lstm"),
        ("Filed", f"You follow {shelf.name}"),
        ("Followed", "You follow this thread"),
    ]


def test_what_was_opened_and_ones_own_are_left_out(browser, ada, bob):
    opened = ThreadFactory(title="Opened", author=bob)
    ThreadFactory(title="New", author=bob)
    ThreadFactory(title="Own", author=ada)
    columns = {"number": 1, "read_at": ago(), "newest": 1, "last_post_at": ago(), "kind": "discussion"}
    ReadPosition.objects.create(reader=ada, thread=opened, **columns)
    Follow.objects.create(follower=ada, person=bob)
    feeds.fill_anew(ada)
    assert [title for title, _why in rows(browser.get(FOR_YOU))] == ["New"]
    assert [title for title, _why in rows(browser.get("/"))] == ["Own", "New", "Opened"]


def test_the_feed_gives_no_reasons_and_offers_the_choice(browser, ada, bob):
    ThreadFactory(title="New", author=bob)
    Follow.objects.create(follower=ada, person=bob)
    feeds.fill_anew(ada)
    page = browser.get("/")
    assert rows(page) == [("New", "")] and "/?order=for-you#list" in html_of(page)


def test_its_pages_go_on_by_key_and_keep_the_order(browser, ada, bob):
    for number in range(25):
        ThreadFactory(title=f"Thread {number:02}", author=bob, published_at=ago(minutes=60 - number))
    Follow.objects.create(follower=ada, person=bob)
    feeds.fill_anew(ada)
    first = browser.get(FOR_YOU)
    older = re.search(r'rel="next" href="([^"]+)"', html_of(first))[1].replace("&amp;", "&")
    assert "order=for-you" in older
    titles = [title for page in (first, browser.get(f"/{older}")) for title, _why in rows(page)]
    assert titles == [f"Thread {number:02}" for number in reversed(range(25))]


def test_a_muted_person_is_in_neither(browser, ada, bob, lstm):
    Follow.objects.create(follower=ada, person=bob)
    Follow.objects.create(follower=ada, tag=lstm)
    tagged(lstm, "Muted", author=bob)
    feeds.fill_anew(ada)
    assert [title for title, _why in rows(browser.get(YOUR_TAGS))] == ["Muted"]
    mutes.mute(person=ada, other=bob)
    assert rows(browser.get(FOR_YOU)) == rows(browser.get(YOUR_TAGS)) == []


def test_nothing_new_is_said(browser):
    assert "Nothing new for you" in html_of(browser.get(FOR_YOU))


def test_a_visitor_has_neither(client, lstm):
    tagged(lstm, "Why?")
    for order in (FOR_YOU, YOUR_TAGS):
        page = html_of(client.get(order))
        assert "Why?" in page and "order=for-you#list" not in page and "order=your-tags#list" not in page


BEYOND = "Among the best of this week; nothing you follow brings it"


def voted(title, score=1, **more):
    thread = ThreadFactory(title=title, score=score, **more)
    listings.relist(Thread.objects.filter(pk=thread.pk))
    return thread


def test_below_it_are_the_best_of_the_week_that_nothing_brings(browser, ada, bob):
    voted("Of the feed", 9, author=bob)
    Follow.objects.create(follower=ada, person=bob)
    feeds.fill_anew(ada)
    voted("Own", 8, author=ada)
    opened = voted("Opened", 7)
    columns = {"number": 1, "read_at": ago(), "newest": 1, "last_post_at": ago(), "kind": "discussion"}
    ReadPosition.objects.create(reader=ada, thread=opened, **columns)
    voted("Nobody's", 0)
    voted("Of last month", 6, published_at=ago(days=40))
    of_muted = voted("Muted", 5)
    mutes.mute(person=ada, other=of_muted.author)
    voted("Good", 1)
    voted("Best", 2)
    assert rows(browser.get(FOR_YOU)) == [("Of the feed", "You follow bob"), ("Best", BEYOND), ("Good", BEYOND)]


def test_a_best_one_that_is_hidden_is_there_no_more(browser):
    thread = voted("Good")
    assert rows(browser.get(FOR_YOU)) == [("Good", BEYOND)]
    hide_post(post=thread.posts.get(number=1), by=ModeratorFactory())
    assert rows(browser.get(FOR_YOU)) == []


# === unanswered in your tags ===


@pytest.mark.parametrize("address", ["/", "/questions/", "/latest/"])
def test_unanswered_questions_of_others_with_followed_tags_newest_first(browser, ada, lstm, address):
    other = Tag.objects.create(slug="adam", name="adam", thread_count=1)
    unfollowed = Tag.objects.create(slug="xor", name="xor", thread_count=1)
    tagged(lstm, "Older", published_at=ago(hours=2))
    both = tagged(other, "Newer", published_at=ago(hours=1))
    both.tags.add(lstm)
    tagged(lstm, "Own", author=ada)
    tagged(lstm, "Discussion", factory=ThreadFactory)
    tagged(unfollowed, "Elsewhere")
    AnswerFactory(thread=tagged(lstm, "Answered"))
    Follow.objects.create(follower=ada, tag=lstm)
    Follow.objects.create(follower=ada, tag=other, level=Level.TRACKING)
    Follow.objects.create(follower=ada, tag=unfollowed, level=Level.NORMAL)
    found = rows(browser.get(f"{address}?order=your-tags"))
    assert [title for title, _why in found] == ["Newer", "Older"]
    assert found[1][1] == "You follow #lstm" and found[0][1] in ("You follow #adam", "You follow #lstm")
    assert "order=your-tags" in html_of(browser.get(f"{address}?order=unanswered"))


def test_who_follows_no_tag_is_shown_how(browser):
    page = html_of(browser.get("/questions/?order=your-tags"))
    assert "Nothing to answer in your tags" in page and 'href="/tags/"' in page


def test_lists_of_a_category_or_a_tag_have_no_such_order(browser, ada, lstm):
    tagged(lstm, "Why?")
    Follow.objects.create(follower=ada, tag=lstm)
    page = browser.get(f"{lstm.get_absolute_url()}?order=your-tags")
    assert rows(page) == [("Why?", "")] and "In your tags" not in html_of(page)
