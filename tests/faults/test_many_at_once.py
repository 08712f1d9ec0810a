"""Concurrent requests for the same action."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from bench import sqlite_writers
from community.api.models import Scope, new_token
from community.common import invariants
from community.content import services
from community.content.errors import DraftConflict, EditConflict
from community.content.models import Draft, Post, Revision, Thread
from community.forum.services import accept_answer
from community.notifications.models import Notification
from community.review.services import give_to_community
from community.social.models import Reaction
from community.social.services import vote
from tests.at_once import at_once
from tests.factories import (
    AnswerFactory,
    ModeratorFactory,
    PersonFactory,
    PostFactory,
    QuestionFactory,
    ThreadFactory,
    VoterFactory,
)


def test_processes_that_write_one_sqlite_file(tmp_path) -> None:
    found = sqlite_writers.measure(tmp_path, processes=3, writes=40)
    assert (found["locked"], found["failed"], found["writes"]) == (0, 0, 120)
    assert found["sound"], found["said"]


@pytest.mark.django_db(transaction=True)
def test_fifty_people_vote_on_twenty_posts() -> None:
    thread = ThreadFactory()
    posts = [thread.opening_post, *(PostFactory(thread=thread) for _ in range(19))]
    people = [PersonFactory() for _ in range(50)]

    def votes_of(index: int) -> None:
        for turn, post in enumerate(posts):
            vote(user=people[index], post=post, value=1)
            vote(user=people[index], post=post, value=-1 if (index + turn) % 5 == 0 else 1)
            if (index + turn) % 7 == 0:
                vote(user=people[index], post=post, value=0)

    assert at_once(50, votes_of) == [None] * 50
    for turn, post in enumerate(posts):
        meant = sum(0 if (index + turn) % 7 == 0 else -1 if (index + turn) % 5 == 0 else 1 for index in range(50))
        post.refresh_from_db()
        assert post.score == meant
        assert Reaction.objects.filter(post=post).aggregate(total=Sum("value"))["total"] == meant
    thread.refresh_from_db()
    assert thread.score == posts[0].score


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_accepted_at_once_one_is() -> None:
    question, keeper = QuestionFactory(), ModeratorFactory()
    answers = [AnswerFactory(thread=question) for _ in range(2)]
    people = [question.author, keeper]

    def accept(index: int) -> None:
        accept_answer(answer=answers[index % 2], by=people[index % 2])

    assert at_once(8, accept) == [None] * 8
    question.refresh_from_db()
    assert question.solved_post in answers
    assert Notification.objects.filter(verb="accept").count() <= 2
    assert not [each for each in invariants.breaches() if each.invariant == "one accepted answer a question"]


@pytest.mark.django_db(transaction=True)
def test_of_two_members_who_edit_a_community_answer_at_once_the_second_keeps_their_text() -> None:
    thread = QuestionFactory()
    answer = services.add_post(thread=thread, author=PersonFactory(), source="Use 0.1.", role="answer")
    give_to_community(post=answer, by=answer.author)
    people = [VoterFactory(), VoterFactory()]

    def edit(index: int) -> Post:
        post = Post.objects.select_related("thread", "author").get(pk=answer.pk)
        return services.edit_post(post=post, editor=people[index], source=f"Use 0.{index + 2}.", base_version=1)

    found = at_once(2, edit)
    [conflict] = [each for each in found if isinstance(each, EditConflict)]
    answer.refresh_from_db()
    assert conflict.mine != answer.source == conflict.current and answer.version == 2
    assert Revision.objects.filter(post=answer).count() == 1


def submitted(person, form: dict[str, Any], path: str) -> int:
    client = Client()
    client.force_login(person)
    return client.post(path, form).status_code


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_eight_times_at_once_is_one_thread() -> None:
    ada = PersonFactory()
    form = {"title": "Why?", "source": "Words.", "submission": str(uuid.uuid4())}
    answers = at_once(8, lambda index: submitted(ada, form, "/notes/new/"))
    assert Counter(answers) == {302: 8}
    assert Thread.objects.count() == Post.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reply_sent_eight_times_at_once_is_one_post() -> None:
    thread, ada = QuestionFactory(), PersonFactory()
    form = {"source": "Because.", "submission": str(uuid.uuid4())}
    answers = at_once(8, lambda index: submitted(ada, form, f"/threads/{thread.pk}/reply/"))
    assert Counter(answers) == {302: 8}
    thread.refresh_from_db()
    assert (Post.objects.filter(thread=thread).count(), thread.post_count, thread.last_number) == (2, 2, 2)


@pytest.mark.django_db(transaction=True)
def test_a_submission_replayed_with_another_text_is_refused_with_the_text_kept() -> None:
    ada = PersonFactory()
    client = Client()
    client.force_login(ada)
    form = {"title": "Why?", "source": "Words.", "submission": str(uuid.uuid4())}
    assert client.post("/notes/new/", form).status_code == 302
    again = client.post("/notes/new/", form | {"source": "Other words."})
    assert again.status_code == 422
    assert "Other words." in again.content.decode()
    assert Thread.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_replies_at_once_have_twenty_numbers() -> None:
    thread = ThreadFactory()
    people = [PersonFactory() for _ in range(20)]
    made = at_once(20, lambda n: services.add_post(thread=thread, author=people[n], source=f"Word {n}.").number)
    assert sorted(made) == list(range(2, 22))
    thread.refresh_from_db()
    assert (thread.post_count, thread.last_number) == (21, 21)


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_of_one_version_the_second_keeps_their_text() -> None:
    post = ThreadFactory().opening_post
    editors = [post.author] * 6

    def edit(index: int) -> Any:
        mine = Post.objects.select_related("thread", "author").get(pk=post.pk)
        services.edit_post(post=mine, editor=editors[index], source=f"Version of {index}.\n", base_version=1)
        return index

    outcomes = at_once(6, edit)
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, int)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, EditConflict)]
    assert len(refused) == 5
    post.refresh_from_db()
    assert (post.source, post.version) == (f"Version of {winner}.\n", 2)
    assert Revision.objects.filter(post=post).count() == 1
    assert all(conflict.current_version == 2 for conflict in refused)


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_of_one_draft_the_second_is_told() -> None:
    ada = PersonFactory()
    services.save_draft(owner=ada, key="new:note", source="Begun.")

    def save(index: int) -> int:
        return services.save_draft(owner=ada, key="new:note", source=f"Tab {index}.", version=1).version

    outcomes = at_once(6, save)
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [2]
    assert sum(isinstance(outcome, DraftConflict) for outcome in outcomes) == 5
    assert Draft.objects.get().source in {f"Tab {index}." for index in range(6)}


@pytest.mark.django_db(transaction=True)
def test_a_hundred_posts_under_one_idempotency_key_are_one() -> None:
    ada = PersonFactory()
    _token, secret = new_token(owner=ada, name="loop", scope=Scope.WRITE, days=1)
    wish = {"kind": "note", "title": "", "source": "Once.", "publish": True}

    def post(index: int, **changed: Any) -> Any:
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "one"}
        return Client().post("/api/v1/threads", wish | changed, content_type="application/json", headers=headers)

    answers = [answer for _round in range(4) for answer in at_once(10, post)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Thread.objects.count() == 1
    other = post(0, source="Something else.")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert Thread.objects.count() == 1
