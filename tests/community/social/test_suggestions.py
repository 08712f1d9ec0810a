"""People suggested to somebody: with a reason, few, and nobody whom they do not want to meet."""

import pytest

from community.content import listings
from community.content.models import Tag, Thread
from community.mutes import services as mutes
from community.social.levels import Level
from community.social.models import Follow
from community.social.suggestions import MOST, MOST_FOLLOWED, suggested
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture
def lstm():
    return Tag.objects.create(slug="lstm", name="lstm", thread_count=1)


def follow(follower, *people, level=Level.WATCHING):
    for person in people:
        Follow.objects.create(follower=follower, person=person, level=level)


def solved(tag, author):
    question = QuestionFactory()
    answer = AnswerFactory(thread=question, author=author)
    question.tags.add(tag)
    Thread.objects.filter(pk=question.pk).update(solved_post=answer)
    listings.relist(Thread.objects.filter(pk=question.pk))


def people(reader) -> list:
    return [each.person for each in suggested(reader)]


def test_whom_those_one_follows_follow_comes_first_by_how_many(ada, bob):
    cy, one, two = PersonFactory(), PersonFactory(), PersonFactory()
    follow(ada, bob, cy)
    follow(bob, one, two)
    follow(cy, two, ada)
    first, second = suggested(ada)
    assert (first.person, first.others) == (two, 1) and first.followed_by in (bob, cy)
    assert (second.person, second.followed_by, second.others) == (one, bob, 0)


def test_who_solved_questions_in_followed_tags_is_suggested_with_the_tag(ada, bob, lstm):
    solved(lstm, bob)
    assert suggested(ada) == []
    Follow.objects.create(follower=ada, tag=lstm)
    [only] = suggested(ada)
    assert (only.person, only.tag) == (bob, lstm)


@pytest.mark.parametrize(
    "why", ["oneself", "followed", "unfollowed", "muted", "blocked", "blocking", "closed", "system"]
)
def test_some_people_are_never_suggested(ada, bob, lstm, why):
    other = PersonFactory()
    follow(ada, bob)
    follow(bob, other)
    solved(lstm, other)
    Follow.objects.create(follower=ada, tag=lstm)
    assert people(ada) == [other]
    match why:
        case "oneself":
            follow(bob, ada)
            assert people(ada) == [other]
            return
        case "followed":
            follow(ada, other)
        case "unfollowed":
            follow(ada, other, level=Level.NORMAL)
        case "muted":
            mutes.mute(person=ada, other=other)
        case "blocked":
            mutes.block(person=ada, other=other)
        case "blocking":
            mutes.block(person=other, other=ada)
        case "closed":
            type(other).objects.filter(pk=other.pk).update(is_active=False)
        case "system":
            type(other).objects.filter(pk=other.pk).update(is_system=True)
    assert people(type(ada).objects.get(pk=ada.pk)) == []


def test_a_moderator_is_not_suggested_whom_they_muted(bob):
    keeper, other = ModeratorFactory(), PersonFactory()
    follow(keeper, bob)
    follow(bob, other)
    mutes.mute(person=keeper, other=other)
    assert people(type(keeper).objects.get(pk=keeper.pk)) == []


def test_there_are_five_at_most_for_a_bounded_number_of_queries(ada, bob, django_assert_max_num_queries):
    follow(ada, bob)
    follow(bob, *(PersonFactory() for _ in range(9)))
    with django_assert_max_num_queries(8):
        assert len(suggested(ada)) == MOST


def test_the_page_of_followed_people_shows_them_once(as_user, ada, bob):
    other = PersonFactory(display_name="Grace <b>")
    follow(ada, bob)
    follow(bob, other)
    browser = as_user(ada)
    page = html_of(browser.get("/following/?kind=person"))
    assert "Grace &lt;b&gt;" in page and "Followed by bob, whom you follow" in page
    assert 'href="?kind=person#suggestions-title">People you might follow' in html_of(browser.get("/following/"))
    assert "People you might follow" not in html_of(browser.get("/following/?kind=tag"))
    form = {"kind": "person", "id": other.pk, "level": "3", "next": "/following/?kind=person"}
    assert browser.post("/follow/", form).url == "/following/?kind=person"
    assert "People you might follow" not in html_of(browser.get("/following/?kind=person"))


def test_whom_a_muted_person_follows_is_not_suggested_for_that(ada, bob):
    cy, one = PersonFactory(), PersonFactory()
    follow(ada, bob, cy)
    follow(bob, one)
    mutes.mute(person=ada, other=bob)
    assert suggested(ada) == []
    follow(cy, one)
    [only] = suggested(ada)
    assert (only.person, only.followed_by, only.others) == (one, cy, 0)


def test_that_others_follow_them_too_is_said_without_a_number_that_is_not_known(as_user, ada):
    other = PersonFactory()
    for _ in range(MOST_FOLLOWED + 1):
        between = PersonFactory()
        follow(ada, between)
        follow(between, other)
    page = html_of(as_user(ada).get("/following/?kind=person"))
    assert "and others you follow" in page and f"{MOST_FOLLOWED - 1} other" not in page
