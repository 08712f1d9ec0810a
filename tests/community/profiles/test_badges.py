"""Badges: looked up among what everybody sees, with the moment and the place; hidden things earn none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from bpsandbox.models import Certificate, Run
from community.content import services
from community.content.models import Post, Thread
from community.forum.services import accept_answer, unaccept_answer
from community.profiles.badges import MANY, badges_of
from community.review import services as review
from community.social.models import Reaction
from tests.factories import AnswerFactory, ModeratorFactory, PersonFactory, QuestionFactory, ThreadFactory
from tests.html import html_of
from tests.kept_pages import kept_pages
from tests.training import XOR, train

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


def accepted(person, at=DAY, **thread) -> Post:
    answer = AnswerFactory(thread=QuestionFactory(**thread), author=person)
    Thread.objects.filter(pk=answer.thread_id).update(solved_post=answer, solved_at=at)
    return again(answer)


def again(post) -> Post:
    return Post.objects.select_related("thread", "author").get(pk=post.pk)


def found_useful(post, votes: int = MANY) -> None:
    for number in range(votes):
        at = DAY + timedelta(hours=number)
        Reaction.objects.create(user=PersonFactory(), post=post, value=1, created_at=at)
    Post.objects.filter(pk=post.pk).update(up_count=votes, score=votes)
    if post.role == "opening":
        Thread.objects.filter(pk=post.thread_id).update(score=votes)


def earned(person) -> dict[str, tuple[datetime, str]]:
    return {badge.key: (badge.at, badge.url) for badge in badges_of(person)}


def test_nothing_earns_nothing(client, ada):
    QuestionFactory(author=ada)
    AnswerFactory(thread=QuestionFactory(), author=ada)
    assert earned(ada) == {}
    assert "Badges" not in html_of(client.get(ada.get_absolute_url()))


def test_the_first_accepted_answer_is_the_one_that_was_accepted_first(ada):
    accepted(ada, DAY + timedelta(days=1))
    first = accepted(ada)
    assert earned(ada) == {"accepted": (DAY, first.get_absolute_url())}


def test_one_s_own_question_earns_nothing(ada):
    accepted(ada, author=ada)
    assert earned(ada) == {}


def test_the_tenth_accepted_answer_has_another(ada):
    answers = [accepted(ada, DAY + timedelta(days=number)) for number in range(MANY + 1)]
    tenth = answers[MANY - 1]
    assert earned(ada)["many_accepted"] == (DAY + timedelta(days=9), tenth.get_absolute_url())


def test_what_is_no_longer_accepted_earns_nothing(ada):
    answer = accepted(ada)
    Thread.objects.filter(pk=answer.thread_id).update(solved_post=None, solved_at=None)
    assert earned(ada) == {}


@pytest.mark.parametrize("column", ["hidden_at", "deleted_at"])
@pytest.mark.parametrize("model", [Post, Thread])
def test_what_is_not_everybody_s_to_see_earns_nothing(ada, model, column):
    answer = accepted(ada)
    found_useful(answer)
    article = ThreadFactory(author=ada, kind="article").opening_post
    found_useful(article)
    assert set(earned(ada)) == {"accepted", "useful_answer", "useful_article"}
    threads = [answer.thread_id, article.thread_id]
    gone = Post.objects.filter(thread__in=threads) if model is Post else Thread.objects.filter(pk__in=threads)
    gone.update(**{column: timezone.now()})
    assert earned(ada) == {}
    gone.update(**{column: None})
    assert set(earned(ada)) == {"accepted", "useful_answer", "useful_article"}


def test_a_draft_earns_nothing(ada):
    found_useful(ThreadFactory(author=ada, kind="article", draft=True).opening_post)
    assert earned(ada) == {}


def test_an_answer_and_an_article_that_ten_found_useful(ada):
    answer = AnswerFactory(thread=QuestionFactory(), author=ada)
    article = ThreadFactory(author=ada, kind="article")
    found_useful(answer, MANY - 1)
    found_useful(article.opening_post, MANY - 1)
    assert earned(ada) == {}
    for post in (answer, article.opening_post):
        Reaction.objects.filter(post=post).delete()
        found_useful(post)
    tenth = DAY + timedelta(hours=9)
    urls = {"useful_answer": again(answer).get_absolute_url(), "useful_article": article.get_absolute_url()}
    assert earned(ada) == {key: (tenth, url) for key, url in urls.items()}


def test_an_approved_edit(ada, bob):
    post = AnswerFactory(thread=QuestionFactory(), author=bob, source="Use a rate of 1.\n")
    made = review.suggest_edit(post=again(post), author=ada, source="Use 0.1.\n", reason="Diverges", base_version=1)
    assert earned(ada) == {}
    review.approve(suggestion=made, by=bob, seen=made.version, base_version=1)
    made.refresh_from_db()
    assert earned(ada) == {"edit": (made.decided_at, again(post).get_absolute_url())} and earned(bob) == {}
    services.hide_post(post=again(post), by=ModeratorFactory())
    assert earned(ada) == {}


def test_a_rejected_edit_earns_nothing(ada, bob):
    post = AnswerFactory(thread=QuestionFactory(), author=bob)
    made = review.suggest_edit(post=again(post), author=ada, source="No.\n", reason="Shorter", base_version=1)
    review.reject(suggestion=made, by=bob, seen=made.version, answer="It is not.")
    assert earned(ada) == {}


def certified(author, state: str, **wish) -> str:
    thread = services.start_thread(
        author=author, kind="question", title="Why?", source=f"Look:\n\n```bp\n{XOR}```\n", **wish
    )
    train()
    run = Run.objects.get()
    Certificate.objects.create(
        run=run, spec=run.spec, state=state, engine_version=run.engine_version, checked_at=DAY, lease_until=DAY
    )
    return thread.lead_embed


def test_a_run_that_was_repeated_bit_for_bit(ada):
    shown = certified(ada, "identical")
    assert earned(ada) == {"identical": (DAY, f"/runs/{shown}/")}
    services.hide_post(post=again(Post.objects.get()), by=ModeratorFactory())
    assert earned(ada) == {}


@pytest.mark.parametrize("wish", [{"state": "agrees"}, {"state": "differs"}, {"state": "identical", "publish": False}])
def test_no_other_run_earns_one(ada, wish):
    certified(ada, **wish)
    assert earned(ada) == {}


def test_a_profile_says_what_each_is_for_when_and_where(client, ada):
    answer = accepted(ada)
    page = html_of(client.get(ada.get_absolute_url()))
    part = page.split('id="badges-title"')[1].split("</section>")[0]
    assert f'<a href="{answer.get_absolute_url()}">First accepted answer</a>' in part
    assert "was accepted for the first time." in part and 'datetime="2026-03-04T12:00' in part
    assert "Badges" not in html_of(client.get(ada.get_absolute_url(), {"show": "question"}))


def test_they_are_two_queries_for_whoever_has_all(ada, bob, django_assert_num_queries):
    for number in range(MANY):
        found_useful(accepted(ada, DAY + timedelta(days=number)), MANY if number < 2 else 1)
    certified(ada, "identical")
    with django_assert_num_queries(2):
        assert set(earned(ada)) == {"accepted", "many_accepted", "useful_answer", "identical"}


def test_a_kept_profile_has_a_badge_when_it_is_earned_and_no_longer_when_it_is_taken_back(client, ada):
    answer = AnswerFactory(thread=QuestionFactory(), author=ada)
    asker = answer.thread.author

    def has_badge() -> bool:
        return "First accepted answer" in html_of(client.get(ada.get_absolute_url()))

    with kept_pages():
        assert not has_badge() and not has_badge()
        accept_answer(answer=answer, by=asker)
        assert has_badge() and has_badge()
        unaccept_answer(thread=again(answer).thread, by=asker)
        assert not has_badge()


def test_a_kept_profile_has_the_badge_of_an_edit(client, ada, bob):
    post = AnswerFactory(thread=QuestionFactory(), author=bob)
    made = review.suggest_edit(post=again(post), author=ada, source="Use 0.1.\n", reason="Diverges", base_version=1)
    with kept_pages():
        assert "First approved edit" not in html_of(client.get(ada.get_absolute_url()))
        review.approve(suggestion=made, by=bob, seen=made.version, base_version=1)
        assert "First approved edit" in html_of(client.get(ada.get_absolute_url()))
