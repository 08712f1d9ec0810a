"""Who posts for the first time is welcomed: others are told so beside the post, and where they reply to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.content.delivery import announce
from community.content.models import Post
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
BESIDE, IN_THE_FORM = "This is the first post by", "You are replying to the first post by"


@pytest.fixture
def newcomer():
    return PersonFactory(display_name="小雷")


def asked(author, **more):
    thread = QuestionFactory(author=author, **more)
    announce(thread.opening_post.pk)
    return thread


def is_first(post) -> bool:
    return Post.objects.get(pk=post.pk).is_first


def test_a_first_post_is_marked_and_no_other(newcomer):
    first, second = asked(newcomer), asked(newcomer)
    announce(first.opening_post.pk)  # the job begins anew
    assert is_first(first.opening_post) and not is_first(second.opening_post)
    answer = AnswerFactory(thread=QuestionFactory(), author=newcomer)
    announce(answer.pk)
    assert not is_first(answer)


def test_a_draft_is_no_post_and_a_removed_post_was_one(newcomer, ada):
    QuestionFactory(author=newcomer, draft=True)
    assert is_first(asked(newcomer).opening_post)
    asked(ada, hidden_at=timezone.now())
    assert not is_first(asked(ada).opening_post)


@pytest.mark.parametrize("kind", ["is_demo", "is_system"])
def test_accounts_of_the_site_need_no_welcome(kind):
    assert not is_first(asked(PersonFactory(**{kind: True})).opening_post)


def test_others_who_can_reply_are_told(client, as_user, newcomer, ada):
    address = asked(newcomer).get_absolute_url()
    page = html_of(as_user(ada).get(address))
    assert page.count(f"{BESIDE} 小雷") == 1 and page.count(f"{IN_THE_FORM} 小雷") == 1
    for reader in (client, as_user(newcomer)):
        page = html_of(reader.get(address))
        assert BESIDE not in page and IN_THE_FORM not in page


def test_a_first_answer_is_told_beside_it_and_where_one_comments_on_it(as_user, newcomer, ada):
    answer = AnswerFactory(thread=QuestionFactory(), author=newcomer)
    announce(answer.pk)
    browser = as_user(ada)
    page = html_of(browser.get(answer.thread.get_absolute_url()))
    assert BESIDE in page and IN_THE_FORM not in page
    assert IN_THE_FORM in html_of(browser.get(f"/posts/{answer.pk}/reply/"))


def test_after_two_weeks_nobody_is_new(as_user, newcomer, ada):
    thread = asked(newcomer)
    Post.objects.update(created_at=timezone.now() - timedelta(days=15))
    page = html_of(as_user(ada).get(thread.get_absolute_url()))
    assert BESIDE not in page and IN_THE_FORM not in page
