"""Votes, follows, bookmarks: the actions, and their errors."""

import threading
import time

import pytest
from django.db import connection, transaction

from community.accounts.errors import EmailUnconfirmed
from community.common.ratelimit.store import limiter
from community.content import counters
from community.content.models import Post, Tag, Thread
from community.notifications.models import Notification
from community.social import services
from community.social.errors import NothingToFollow, OwnPost
from community.social.levels import Level
from community.social.models import Bookmark, Follow, Reaction
from community.social.views import VOTING
from tests.factories import AnswerFactory, NewcomerFactory, PersonFactory, QuestionFactory
from tests.html import html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def question():
    return QuestionFactory()


@pytest.fixture
def reader():
    return PersonFactory()


def in_thread(act):
    """Run the action and close its connection."""

    def run(**values):
        try:
            act(**values)
        finally:
            connection.close()

    return run


def until_blocked(thread: threading.Thread) -> None:
    """Wait until a thread waits for a lock of this connection; SQLite has one lock, which is taken by now."""
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    with connection.cursor() as cursor:
        while connection.vendor == "postgresql" and thread.is_alive():
            cursor.execute(waits)
            if cursor.fetchone():
                return
            time.sleep(0.01)


def scores(thread):
    thread.refresh_from_db()
    thread.opening_post.refresh_from_db()
    return thread.score, thread.opening_post.score


def test_a_vote_moves_the_post_and_its_thread(question, reader):
    assert services.vote(user=reader, post=question.opening_post, value=1) == (1, 1, 0)
    assert scores(question) == (1, 1)


@pytest.mark.parametrize(
    ("language", "refusal"),
    [
        ("en", "You can vote 60 times an hour and 200 times a day. Please wait 24 hours."),
        ("zh-Hans", "每小时最多投票 60 次，每天最多 200 次。请等待 24 小时。"),
    ],
)
def test_after_200_votes_of_a_day_the_next_is_refused_with_a_sentence(question, reader, as_user, language, refusal):
    of_day = VOTING.items[1]
    limiter().storage.incr(of_day.key_for("vote", f"user:{reader.pk}"), of_day.get_expiry(), amount=199)
    client, address = as_user(reader), f"/posts/{question.opening_post.pk}/vote/"
    answers = [client.post(address, {"value": value}, headers={"accept-language": language}) for value in ("1", "0")]
    assert [answer.status_code for answer in answers] == [302, 429] and refusal in html_of(answers[1])
    assert 0 < int(answers[1]["Retry-After"]) <= 86_400
    assert scores(question) == (1, 1), "what was counted stays"


def test_a_vote_can_be_turned_and_taken_back(question, reader):
    seen = [services.vote(user=reader, post=question.opening_post, value=value) for value in (1, -1, -1, 0, 0)]
    assert seen == [(1, 1, 0), (-1, 0, 1), (-1, 0, 1), (0, 0, 0), (0, 0, 0)]
    assert scores(question) == (0, 0) and not Reaction.objects.exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_a_vote_waits_for_the_thread_before_it_takes_the_post(question, reader):
    """Writing in a thread locks its row and then the post's: the opposite order would deadlock."""
    voter = threading.Thread(
        target=in_thread(services.vote), kwargs={"user": reader, "post": question.opening_post, "value": 1}
    )
    with transaction.atomic():
        Thread.objects.select_for_update().get(pk=question.pk)
        voter.start()
        until_blocked(voter)
        Post.objects.select_for_update().get(pk=question.opening_post.pk)
    voter.join()
    assert scores(question) == (1, 1)


def test_a_vote_on_an_answer_leaves_the_threads_score(question, reader):
    answer = AnswerFactory(thread=question)
    services.vote(user=reader, post=answer, value=-1)
    answer.refresh_from_db()
    assert (answer.score, scores(question)) == (-1, (0, 0))


def test_nobody_votes_on_their_own_post(question):
    with pytest.raises(OwnPost):
        services.vote(user=question.author, post=question.opening_post, value=1)
    assert not Reaction.objects.exists() and scores(question) == (0, 0)


def test_an_unconfirmed_address_does_not_vote(question):
    with pytest.raises(EmailUnconfirmed):
        services.vote(user=NewcomerFactory(), post=question.opening_post, value=1)
    assert not Reaction.objects.exists()


def test_a_person_hears_of_a_new_follower_once(reader):
    author = PersonFactory()
    for _ in range(2):
        services.follow(follower=reader, person=author)
        services.follow(follower=reader, level=Level.NORMAL, person=author)
    services.follow(follower=reader, person=author)
    told = Notification.objects.values_list("recipient", "verb", "actor")
    assert list(told) == [(author.pk, "follow", reader.pk)]


def test_following_again_changes_nothing(reader, question):
    first = services.follow(follower=reader, thread=question)
    assert services.follow(follower=reader, thread=question) == first and Follow.objects.count() == 1


@pytest.mark.parametrize("target", ["self", "nothing", "two"])
def test_a_follow_has_one_target_that_is_not_oneself(reader, question, target):
    targets = {"self": {"person": reader}, "nothing": {}, "two": {"person": PersonFactory(), "thread": question}}
    with pytest.raises(NothingToFollow):
        services.follow(follower=reader, **targets[target])
    assert not Follow.objects.exists()


def test_a_bookmark_is_kept_once_and_dropped(reader, question):
    services.add_bookmark(user=reader, post=question.opening_post)
    services.add_bookmark(user=reader, post=question.opening_post)
    assert Bookmark.objects.count() == 1
    assert services.remove_empty_bookmark(user=reader, post=question.opening_post)
    assert not services.remove_empty_bookmark(user=reader, post=question.opening_post)


def test_tags_are_followed_by_row(reader):
    tag = Tag.objects.create(slug="xor", name="xor")
    assert services.follow(follower=reader, tag=tag).target_kind == "tag"


def test_a_score_that_drifted_is_found_and_mended(db):
    post = QuestionFactory().posts.get()
    services.vote(user=PersonFactory(), post=post, value=1)
    assert list(counters.drifts()) == []
    Post.objects.filter(pk=post.pk).update(score=7)
    drifts = [drift for drift in counters.drifts() if drift.counter == "Post.score"]
    assert [(drift.pk, drift.kept, drift.counted) for drift in drifts] == [(post.pk, 7, 1)]
    counters.mend(drifts[0])
    post.refresh_from_db()
    assert post.score == 1
