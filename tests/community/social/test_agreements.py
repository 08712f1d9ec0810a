"""*I agree*: beside the vote, on what says something; it changes no order."""

import pytest

from community.accounts.errors import EmailUnconfirmed
from community.content import counters
from community.content.models import Post, Thread
from community.mutes import services as mutes
from community.mutes.errors import CannotAgree
from community.social import services
from community.social.errors import NothingToAgreeWith, OwnPost
from community.social.models import Agreement
from tests.factories import AnswerFactory, CommentFactory, NewcomerFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db
FETCHED = {"X-Requested-With": "fetch"}


@pytest.fixture
def question():
    return QuestionFactory(title="Why?")


@pytest.fixture
def answer(question):
    return AnswerFactory(thread=question)


def count_of(post) -> int:
    return Post.objects.values_list("agree_count", flat=True).get(pk=post.pk)


def test_agreeing_is_counted_once_and_taken_back_once(answer):
    person = PersonFactory()
    assert [services.agree(user=person, post=answer, on=on) for on in (True, True, False, False)] == [1, 1, 0, 0]
    assert count_of(answer) == 0 and not Agreement.objects.exists()


def test_it_changes_neither_score_nor_order(question, answer):
    services.agree(user=PersonFactory(), post=answer, on=True)
    before = (answer.score, answer.rank)
    answer.refresh_from_db()
    assert (answer.score, answer.rank) == before and Thread.objects.get(pk=question.pk).score == 0


@pytest.mark.parametrize(
    ("refused", "error"), [("own", OwnPost), ("question", NothingToAgreeWith), ("new", EmailUnconfirmed)]
)
def test_refusals_write_nothing(question, answer, refused, error):
    person = {"own": answer.author, "question": PersonFactory(), "new": NewcomerFactory()}[refused]
    post = question.opening_post if refused == "question" else answer
    with pytest.raises(error):
        services.agree(user=person, post=post, on=True)
    assert not Agreement.objects.exists() and count_of(post) == 0


def test_a_block_is_in_the_way_and_what_was_before_can_be_taken_back(answer):
    person = PersonFactory()
    services.agree(user=person, post=answer, on=True)
    mutes.block(person=answer.author, other=person)
    assert services.agree(user=person, post=answer, on=False) == 0
    with pytest.raises(CannotAgree):
        services.agree(user=person, post=answer, on=True)


def test_a_count_that_drifted_is_found(answer):
    services.agree(user=PersonFactory(), post=answer, on=True)
    assert list(counters.drifts()) == []
    Post.objects.filter(pk=answer.pk).update(agree_count=5)
    assert [drift.counter for drift in counters.drifts()] == ["Post.agree_count"]


def test_without_script_the_button_leads_back_to_the_post(signed_in, question, answer):
    browser = signed_in(PersonFactory())
    assert "I agree" in html_of(browser.get(question.get_absolute_url()))
    response = browser.post(f"/posts/{answer.pk}/agree/", {"on": "1", "next": answer.get_absolute_url()})
    assert response.url == answer.get_absolute_url()
    page = html_of(browser.get(question.get_absolute_url()))
    assert 'aria-pressed="true">I agree <span class="tabular">1</span>' in page


def test_with_script_the_answer_is_the_button_alone(signed_in, answer):
    response = signed_in(PersonFactory()).post(f"/posts/{answer.pk}/agree/", {"on": "1"}, headers=FETCHED)
    page = html_of(response).strip()
    assert page.startswith('<form class="agree"') and page.endswith("</form>") and 'aria-pressed="true"' in page


def test_others_see_the_count_and_a_visitor_no_button(client, signed_in, question, answer):
    for _ in range(2):
        services.agree(user=PersonFactory(), post=answer, on=True)
    for browser in (client, signed_in(answer.author)):
        page = html_of(browser.get(question.get_absolute_url()))
        assert '<span class="tabular">2 people agree</span>' in page and f"/posts/{answer.pk}/agree/" not in page
    assert 'aria-pressed="false">I agree <span class="tabular">2</span>' in html_of(
        signed_in(PersonFactory()).get(question.get_absolute_url())
    )


def test_comments_have_it_and_questions_do_not(signed_in, question, answer):
    comment = CommentFactory(thread=question, parent=answer)
    page = html_of(signed_in(PersonFactory()).get(question.get_absolute_url()))
    assert f"/posts/{comment.pk}/agree/" in page and f"/posts/{answer.pk}/agree/" in page
    assert f"/posts/{question.opening_post.pk}/agree/" not in page


@pytest.mark.parametrize("sent", [{}, {"on": "2"}, {"on": ["1", "x"]}])
def test_what_no_button_sends_is_refused(signed_in, answer, sent):
    assert signed_in(PersonFactory()).post(f"/posts/{answer.pk}/agree/", sent).status_code == 400
    assert count_of(answer) == 0


def test_a_hidden_post_is_not_there(signed_in, answer):
    Post.objects.filter(pk=answer.pk).update(hidden_at=answer.created_at)
    assert signed_in(PersonFactory()).post(f"/posts/{answer.pk}/agree/", {"on": "1"}).status_code == 404
