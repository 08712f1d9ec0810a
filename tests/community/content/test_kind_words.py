"""Vocabulary of each kind of thread."""

import pytest
from django.utils.translation import override

from community.content.kind_words import KIND_WORDS
from community.content.models import Kind, Post, Role, Thread

A_REPLY, AN_ANSWER = ("Reply", "Your reply", "Post"), ("Answer", "Your answer", "Post answer")


def test_every_kind_has_its_words():
    assert set(KIND_WORDS) == set(Kind.values)


@pytest.mark.parametrize(
    ("kind", "button", "reply", "count"),
    [
        ("question", "Post question", AN_ANSWER, "2 answers"),
        ("discussion", "Start discussion", A_REPLY, "1,233 replies"),
        ("article", "Publish", A_REPLY, "1,233 comments"),
        ("note", "Post note", A_REPLY, "1,233 comments"),
    ],
)
def test_its_buttons_and_counts(kind, button, reply, count):
    thread = Thread(kind=kind, answer_count=2, post_count=1234)
    words = thread.words
    assert str(words.publish_button) == button
    assert (str(words.reply_button), str(words.your_reply), str(words.post_reply)) == reply
    assert thread.replies_in_words == count


def test_one_is_counted_as_one():
    assert Thread(kind="question", answer_count=1).replies_in_words == "1 answer"
    assert Thread(kind="discussion", post_count=2).replies_in_words == "1 reply"
    assert Thread(kind="note", post_count=2).reply_word == "comment"


def test_they_are_in_the_readers_language():
    with override("zh-hans"):
        assert str(Thread(kind="question").words.your_reply) == "你的回答"


@pytest.mark.parametrize(
    ("kind", "began", "answered", "commented"),
    [
        ("question", "asked", "answered", "commented"),
        ("discussion", "started a discussion", "replied", "replied"),
        ("article", "published", "replied", "commented"),
        ("note", "wrote a note", "replied", "commented"),
    ],
)
def test_what_somebody_did_is_a_verb_of_the_kind(kind, began, answered, commented):
    thread = Thread(pk=1, kind=kind)
    did = {Role.OPENING: began, Role.ANSWER: answered, Role.COMMENT: commented}
    assert {role: Post(pk=2, thread=thread, role=role).verb for role in did} == did


def test_the_accepted_answer_solved_it():
    thread = Thread(pk=1, kind="question", solved_post_id=7)
    assert Post(pk=7, thread=thread, role=Role.ANSWER).verb == "solved"
    with override("zh-hans"):
        assert Post(pk=7, thread=thread, role=Role.ANSWER).verb == "解决了问题"  # said of a person, not of the question
