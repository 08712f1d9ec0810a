"""The best answers first: by the share of useful votes, which every vote keeps up to date."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from community.content import counters
from community.content.discussion import discussion
from community.content.models import Post
from community.content.ranking import rank_of
from community.social.models import Reaction
from community.social.services import vote
from tests.at_once import at_once
from tests.factories import AnswerFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = [pytest.mark.both, pytest.mark.django_db]
migration = import_module("community.social.migrations.0014_counted_votes")


@pytest.fixture
def question():
    return QuestionFactory(title="Which rate?")


def voted(thread, up: int, down: int) -> Post:
    """Add an answer with these votes, each by the service."""
    post = AnswerFactory(thread=thread)
    for value in [1] * up + [-1] * down:
        vote(user=PersonFactory(), post=post, value=value)
    post.refresh_from_db()
    return post


def order_of(thread, reader) -> list[int]:
    return [branch.post.number for branch in discussion(thread, reader).branches]


@pytest.mark.parametrize(
    ("up", "down", "rank"), [(0, 0, 500_000), (1, 0, 600_000), (0, 1, 400_000), (9, 0, 846_153), (12, 3, 736_842)]
)
def test_the_formula(up, down, rank):
    assert rank_of(up, down) == rank


def test_the_rank_is_the_middle_of_wilsons_interval():
    z = 1.959964
    for up, down in ((1, 0), (12, 3), (0, 7), (100, 60), (40_000, 10_000)):
        n = up + down
        middle = (up + z * z / 2) / (n + z * z)
        assert rank_of(up, down) / 1_000_000 == pytest.approx(middle, abs=0.01)


def test_many_votes_fit_into_the_expression(question):
    post = AnswerFactory(thread=question)
    Post.objects.filter(pk=post.pk).update(up_count=5_000_000, score=5_000_000)
    vote(user=PersonFactory(), post=post, value=1)
    post.refresh_from_db()
    assert (post.up_count, post.rank) == (5_000_001, rank_of(5_000_001, 0))


def test_an_undisputed_answer_is_before_a_disputed_one_with_a_higher_score(question, member):
    disputed, clear, unvoted, bad = (voted(question, *votes) for votes in ((7, 4), (2, 0), (0, 0), (0, 1)))
    assert (disputed.score, clear.score) == (3, 2)
    question.refresh_from_db()
    assert order_of(question, member) == [each.number for each in (clear, disputed, unvoted, bad)]


def test_votes_that_turn_keep_counts_and_rank(question):
    post, person = AnswerFactory(thread=question), PersonFactory()
    for value, counted in ((1, (1, 0)), (-1, (0, 1)), (-1, (0, 1)), (0, (0, 0))):
        vote(user=person, post=post, value=value)
        post.refresh_from_db()
        assert (post.up_count, post.down_count, post.rank) == (*counted, rank_of(*counted))
    assert list(counters.drifts()) == []


@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted():
    post = AnswerFactory(thread=QuestionFactory())
    people = [PersonFactory() for _ in range(6)]
    at_once(6, lambda n: vote(user=people[n], post=post, value=1 if n % 3 else -1))
    post.refresh_from_db()
    assert (post.score, post.up_count, post.down_count, post.rank) == (2, 4, 2, rank_of(4, 2))


def test_drift_of_each_count_is_found_and_mended(question):
    post = voted(question, 2, 1)
    Post.objects.filter(pk=post.pk).update(up_count=7, down_count=0)
    for _ in range(2):  # the rank follows from both
        for drift in list(counters.drifts()):
            counters.mend(drift)
    post.refresh_from_db()
    assert (post.up_count, post.down_count, post.rank) == (2, 1, rank_of(2, 1))
    assert list(counters.drifts()) == []


def test_the_migration_counts_what_was_voted_before_and_meanwhile(question):
    post, other, withdrawn = voted(question, 3, 1), voted(question, 0, 0), voted(question, 1, 0)
    Post.objects.filter(pk=post.pk).update(up_count=0, down_count=0, rank=500_000)
    Reaction.objects.filter(post=withdrawn).delete()
    migration.count(apps, None)
    found = {row.pk: (row.up_count, row.down_count, row.rank) for row in Post.objects.filter(role="answer")}
    assert found == {
        post.pk: (3, 1, rank_of(3, 1)),
        other.pk: (0, 0, rank_of(0, 0)),
        withdrawn.pk: (0, 0, rank_of(0, 0)),
    }


def test_the_migration_writes_no_post_that_is_counted(question):
    voted(question, 2, 1)
    with CaptureQueriesContext(connection) as queries:
        migration.count(apps, None)
    assert not [query for query in queries.captured_queries if query["sql"].startswith("UPDATE")]


def test_a_vote_of_the_release_before_can_be_withdrawn_before_it_is_counted(question):
    post, person = AnswerFactory(thread=question), PersonFactory()
    vote(user=person, post=post, value=1)
    Post.objects.filter(pk=post.pk).update(up_count=0, rank=500_000)
    vote(user=person, post=post, value=0)
    migration.count(apps, None)
    post.refresh_from_db()
    assert (post.score, post.up_count, post.rank) == (0, 0, 500_000)


def test_a_disputed_post_shows_both_counts_and_an_undisputed_one_does_not(client, question):
    voted(question, 3, 1)
    voted(question, 2, 0)
    page = html_of(client.get(question.get_absolute_url()))
    assert page.count('<small class="split') == 1
    assert "3 useful, 1 not" in page and "+3 −1" in page


def test_the_answer_to_a_vote_shows_both_counts(signed_in, question):
    post = voted(question, 3, 0)
    answer = signed_in(PersonFactory()).post(
        f"/posts/{post.pk}/vote/", {"value": "-1"}, headers={"X-Requested-With": "fetch"}
    )
    assert "+3 −1" in html_of(answer) and ">2<" in html_of(answer)


def test_the_page_says_how_answers_are_ordered(client, question):
    voted(question, 1, 0)
    voted(question, 0, 0)
    page = html_of(client.get(question.get_absolute_url()))
    assert "How answers are ordered" in page and "Agresti and Coull" in page
    other = html_of(client.get(question.get_absolute_url() + "?order=newest"))
    assert "How answers are ordered" not in other


def test_an_address_with_the_former_name_of_the_order_still_opens(client, question):
    voted(question, 0, 0)
    assert client.get(question.get_absolute_url() + "?order=score").status_code == 200


def test_scores_are_sums_as_before(question):
    voted(question, 3, 2)
    assert Post.objects.aggregate(sum=Sum(F("up_count") - F("down_count") - F("score")))["sum"] == 0
